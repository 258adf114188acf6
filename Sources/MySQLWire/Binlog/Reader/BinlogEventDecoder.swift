import WireCore

/// Decodes the bytes of a binlog to events with values. One for each stream; no I/O.
///
/// `feed` takes the bytes of one event; then `next` returns its events until it returns nil. After an error the decoder
/// must not be used.
package struct BinlogEventDecoder {
    private var decoder: BinlogDecoder
    private var image = RowImage()
    /// The file that is being read; empty until the server has sent its name.
    private var file = ""
    private var tables: [UInt64: MySQLBinlogTable] = [:]

    /// The maximum number of tables that are kept.
    private static let tableCountMax = 10_000

    /// - Parameter hasChecksums: whether events before the first format description end with a checksum.
    package init(hasChecksums: Bool) { decoder = BinlogDecoder(hasChecksums: hasChecksums) }

    /// Takes the bytes of one event, header and checksum included, which must stay valid until `next` has returned nil.
    package mutating func feed(_ event: UnsafeRawBufferPointer) throws(MySQLError) {
        do throws(MySQLProtocolError) { try decoder.feed(event) } catch { throw .malformed(error) }
    }

    /// Returns the next event of the bytes that were fed; nil if there are no more.
    ///
    /// Throws `.unsupported` for an event that concerns data and cannot be decoded.
    package mutating func next() throws(MySQLError) -> MySQLBinlogEvent? {
        let event: BinlogEvent?
        do throws(MySQLProtocolError) { event = try decoder.next() } catch { throw .malformed(error) }
        guard let event else { return nil }
        let header = event.header
        if case .rotate(let rotate) = event.body { file = rotate.file }
        let content = try self.content(event)
        let hasPosition = header.nextPosition > 0 && !header.isArtificial && !event.isEmbedded && !file.isEmpty
        return MySQLBinlogEvent(
            end: hasPosition ? MySQLBinlogPosition(file: file, offset: UInt64(header.nextPosition)) : nil,
            timestampSeconds: header.timestampSeconds, serverID: header.serverID, content: content)
    }

    private mutating func content(_ event: BinlogEvent) throws(MySQLError) -> MySQLBinlogEvent.Content {
        let type = event.header.type
        switch event.body {
        case .formatDescription(let format): return .formatDescription(serverVersion: format.serverVersion)
        case .rotate(let rotate): return .rotate(MySQLBinlogPosition(file: rotate.file, offset: rotate.position))
        case .query(let query): return .query(Self.statement(query))
        case .loadData(let query): return .loadData(Self.statement(query))
        case .gtid(let event): return .gtid(event.gtid)
        case .mariaDBGTID(let event):
            return .mariaDBGTID(event.gtid, isStandalone: event.isStandalone)
        case .tableMap(let map): return .tableMap(try table(map, type))
        case .rows(let rows): return try self.rows(rows, type)
        case .xid(let number): return .xid(number)
        case .xaPrepare(let event): return .xaPrepare(isOnePhase: event.isOnePhase)
        case .rowsQuery(let sql): return .rowsQuery(sql)
        case .heartbeat: return .heartbeat
        case .stop: return .stop
        case .transactionPayload, .informational: return .informational(type: type.description)
        case .unsupported: throw .unsupported(.binlogEvent(reason: type.unsupportedReason))
        }
    }

    private static func statement(_ query: QueryEvent) -> MySQLBinlogEvent.Statement {
        MySQLBinlogEvent.Statement(
            database: query.database, sql: query.statement, threadID: query.threadID, errorCode: query.errorCode)
    }

    private static func malformed(_ type: EventType, _ error: WireError) -> MySQLError {
        .malformed(MySQLProtocolError("binlog \(type)", error))
    }

    /// The same map is sent before every statement; it is processed once.
    private mutating func table(_ map: TableMap, _ type: EventType) throws(MySQLError) -> MySQLBinlogTable {
        if let known = tables[map.tableID], known.map === map { return known }
        if tables.count >= Self.tableCountMax { tables.removeAll(keepingCapacity: true) }
        let table: MySQLBinlogTable
        do throws(WireError) { table = try MySQLBinlogTable(map) } catch { throw Self.malformed(type, error) }
        tables[map.tableID] = table
        return table
    }

    private mutating func rows(
        _ event: RowsEvent, _ type: EventType
    ) throws(MySQLError) -> MySQLBinlogEvent.Content {
        if event.isDummy { return .informational(type: type.description) }
        guard let map = decoder.tableMap(event.tableID) else {
            let reason = "no table map for the table id \(event.tableID)"
            throw Self.malformed(type, WireError(.invalidValue(reason), at: EventHeader.bytes))
        }
        let table = try table(map, type)
        if let column = map.unreadableColumn {
            throw .unsupported(.columnType(table: table.fullName, reason: column.description))
        }
        guard event.hasFullImages else { throw .unsupported(.partialRowImages(table: table.fullName)) }
        let changes: [MySQLBinlogEvent.Change]
        do throws(WireError) {
            changes = try self.changes(event, table)
        } catch { throw Self.malformed(type, error) }
        let kind: MySQLBinlogEvent.Rows.Kind =
            switch event.kind {
            case .insert: .insert
            case .update: .update
            case .delete: .delete
            }
        return .rows(MySQLBinlogEvent.Rows(kind: kind, table: table, changes: changes))
    }

    private mutating func changes(
        _ event: RowsEvent, _ table: MySQLBinlogTable
    ) throws(WireError) -> [MySQLBinlogEvent.Change] {
        var changes: [MySQLBinlogEvent.Change] = []
        var images = event.makeRows()
        while !images.isAtEnd {
            let first = try values(&images, table)
            switch event.kind {
            case .insert: changes.append(MySQLBinlogEvent.Change(before: nil, after: first))
            case .delete: changes.append(MySQLBinlogEvent.Change(before: first, after: nil))
            case .update: changes.append(MySQLBinlogEvent.Change(before: first, after: try values(&images, table)))
            }
        }
        return changes
    }

    private mutating func values(
        _ images: inout RowImages, _ table: borrowing MySQLBinlogTable
    ) throws(WireError) -> [MySQLValue] {
        try images.next(into: &image, columns: table.map.columns)
        return try table.decoder.values(image)
    }
}
