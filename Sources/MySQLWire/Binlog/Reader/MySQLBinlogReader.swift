import WireCore
import WireStreams

/// Reads the binlog of a server as decoded events, blocking. `MySQLBinlogEvents` is the asynchronous equivalent.
public final class MySQLBinlogReader {
    /// The position at which reading starts.
    public enum Start: Equatable, Sendable {
        /// The server's current position.
        case now
        case position(MySQLBinlogPosition)
        /// After all transactions of this position, which the client already has.
        case gtids(GTIDPosition)
    }

    /// Interrupts `next` from another thread; it throws `.stream(.cancelled)`.
    public let canceller: SocketCanceller
    private let stream: ReplicationStream
    private var decoder: BinlogDecoder
    private var image = RowImage()
    /// The file that is being read; empty until the server has sent its name.
    private var file = ""
    private var tables: [UInt64: MySQLBinlogTable] = [:]
    /// The error that ended the stream.
    private var failure: MySQLError?

    /// The maximum number of tables that are kept.
    private static let tableCountMax = 10_000
    /// The limits of a batch.
    private static let batchEventsMax = 256
    private static let batchBytesMax = 1 << 20

    /// Requests the binlog. The reader takes ownership of the connection, whose account needs the privilege REPLICATION
    /// SLAVE, and REPLICATION CLIENT for `.now`.
    ///
    /// - Parameters:
    ///   - serverID: a number that no other replica of the server uses.
    ///   - heartbeatMilliseconds: the interval of heartbeats while there are no events.
    ///   - silenceMilliseconds: the time without any bytes after which `next` throws `.stream(.timedOut)`.
    public init(
        _ connection: sending MySQLConnection, serverID: UInt32, start: Start = .now,
        heartbeatMilliseconds: Int = 1000, silenceMilliseconds: Int = 10_000
    ) throws(MySQLError) {
        canceller = connection.canceller
        let streamStart: ReplicationStream.Start
        switch start {
        case .now:
            let position = try Self.currentPosition(connection)
            streamStart = .position(file: position.file, position: position.offset)
        case .position(let position): streamStart = .position(file: position.file, position: position.offset)
        case .gtids(let position): streamStart = .gtids(position)
        }
        stream = try ReplicationStream(
            connection, serverID: serverID, start: streamStart, heartbeatMilliseconds: heartbeatMilliseconds,
            silenceMilliseconds: silenceMilliseconds)
        decoder = BinlogDecoder(hasChecksums: stream.hasChecksums)
    }

    private static func currentPosition(_ connection: MySQLConnection) throws(MySQLError) -> MySQLBinlogPosition {
        let status: TextResult
        do throws(MySQLError) {
            status = try connection.queryText("SHOW BINARY LOG STATUS")
        } catch {
            // Before MySQL 8.2, and MariaDB.
            guard error.code == 1064 else { throw error }
            status = try connection.queryText("SHOW MASTER STATUS")
        }
        guard let file = status.column("File").first ?? nil,
            let offset = (status.column("Position").first ?? nil).flatMap({ UInt64($0) })
        else { throw .unsupported(.binlogDisabled) }
        return MySQLBinlogPosition(file: file, offset: offset)
    }

    /// Waits for the next event and returns it.
    ///
    /// - Throws: `.server` if the server ends the stream (1236: the position is not available), `.stream(.closed)` if
    ///   it closes the connection, `.unsupported` for an event that concerns data and cannot be decoded. After
    ///   `.stream(.timedOut)` it may be called again, after other errors it throws the same error.
    public func next() throws(MySQLError) -> MySQLBinlogEvent {
        if let failure { throw failure }
        do throws(MySQLError) {
            return try decodeNext()
        } catch {
            if case .stream(.timedOut) = error { throw error }
            failure = error
            throw error
        }
    }

    /// Waits for an event, and returns it with those that have been received already.
    func nextBatch() throws(MySQLError) -> [MySQLBinlogEvent] {
        let start = stream.receivedBytes
        var events = [try next()]
        while events.count < Self.batchEventsMax, stream.receivedBytes - start < Self.batchBytesMax,
            stream.hasBufferedEvent {
            // The error is thrown by the next call.
            do throws(MySQLError) { events.append(try next()) } catch { break }
        }
        return events
    }

    /// Closes the connection.
    public func close() { stream.close() }

    private func decodeNext() throws(MySQLError) -> MySQLBinlogEvent {
        while true {
            let event: BinlogEvent?
            do throws(MySQLProtocolError) { event = try decoder.next() } catch { throw .malformed(error) }
            if let event { return try decoded(event) }
            let bytes = try stream.next()
            do throws(MySQLProtocolError) { try decoder.feed(bytes) } catch { throw .malformed(error) }
        }
    }

    private func decoded(_ event: BinlogEvent) throws(MySQLError) -> MySQLBinlogEvent {
        let header = event.header
        if case .rotate(let rotate) = event.body { file = rotate.file }
        let content: MySQLBinlogEvent.Content
        do throws(WireError) {
            content = try self.content(event)
        } catch {
            if let failure { throw failure }
            throw .malformed(MySQLProtocolError("binlog \(header.type)", error))
        }
        if let failure { throw failure }
        let hasPosition = header.nextPosition > 0 && !header.isArtificial && !event.isEmbedded && !file.isEmpty
        return MySQLBinlogEvent(
            end: hasPosition ? MySQLBinlogPosition(file: file, offset: UInt64(header.nextPosition)) : nil,
            timestampSeconds: header.timestampSeconds, serverID: header.serverID, content: content)
    }

    private func content(_ event: BinlogEvent) throws(WireError) -> MySQLBinlogEvent.Content {
        switch event.body {
        case .formatDescription(let format): return .formatDescription(serverVersion: format.serverVersion)
        case .rotate(let rotate): return .rotate(MySQLBinlogPosition(file: rotate.file, offset: rotate.position))
        case .query(let query): return .query(Self.statement(query))
        case .loadData(let query): return .loadData(Self.statement(query))
        case .gtid(let event): return .gtid(event.gtid)
        case .mariaDBGTID(let event):
            return .mariaDBGTID(event.gtid, isStandalone: event.isStandalone)
        case .tableMap(let map): return .tableMap(try table(map))
        case .rows(let rows): return try self.rows(rows, event.header)
        case .xid(let number): return .xid(number)
        case .xaPrepare(let event): return .xaPrepare(isOnePhase: event.isOnePhase)
        case .rowsQuery(let sql): return .rowsQuery(sql)
        case .heartbeat: return .heartbeat
        case .stop: return .stop
        case .transactionPayload, .informational: return .informational(type: event.header.type.description)
        case .unsupported:
            failure = .unsupported(.binlogEvent(reason: event.header.type.unsupportedReason))
            return .informational(type: event.header.type.description)
        }
    }

    private static func statement(_ query: QueryEvent) -> MySQLBinlogEvent.Statement {
        MySQLBinlogEvent.Statement(
            database: query.database, sql: query.statement, threadID: query.threadID, errorCode: query.errorCode)
    }

    /// The same map is sent before every statement; it is processed once.
    private func table(_ map: TableMap) throws(WireError) -> MySQLBinlogTable {
        if let known = tables[map.tableID], known.map === map { return known }
        if tables.count >= Self.tableCountMax { tables.removeAll(keepingCapacity: true) }
        let table = try MySQLBinlogTable(map)
        tables[map.tableID] = table
        return table
    }

    private func rows(_ event: RowsEvent, _ header: EventHeader) throws(WireError) -> MySQLBinlogEvent.Content {
        if event.isDummy { return .informational(type: header.type.description) }
        guard let map = decoder.tableMap(event.tableID) else {
            throw WireError(.invalidValue("no table map for the table id \(event.tableID)"), at: EventHeader.bytes)
        }
        let table = try table(map)
        let name = "\(table.database).\(table.name)"
        if let column = map.unreadableColumn {
            failure = .unsupported(.columnType(table: name, reason: column.description))
        } else if !event.hasFullImages {
            failure = .unsupported(.partialRowImages(table: name))
        }
        var changes: [MySQLBinlogEvent.Change] = []
        var images = event.makeRows()
        while failure == nil, !images.isAtEnd {
            let first = try values(&images, table)
            switch event.kind {
            case .insert: changes.append(MySQLBinlogEvent.Change(before: nil, after: first))
            case .delete: changes.append(MySQLBinlogEvent.Change(before: first, after: nil))
            case .update: changes.append(MySQLBinlogEvent.Change(before: first, after: try values(&images, table)))
            }
        }
        let kind: MySQLBinlogEvent.Rows.Kind =
            switch event.kind {
            case .insert: .insert
            case .update: .update
            case .delete: .delete
            }
        return .rows(MySQLBinlogEvent.Rows(kind: kind, table: table, changes: changes))
    }

    private func values(_ images: inout RowImages, _ table: MySQLBinlogTable) throws(WireError) -> [MySQLValue] {
        try images.next(into: &image, columns: table.map.columns)
        var values: [MySQLValue] = []
        values.reserveCapacity(table.decoders.count)
        for index in table.decoders.indices { values.append(try table.decoders[index].decode(image[index])) }
        return values
    }
}
