import WireCore

/// Turns the bytes of events into events. Remembers what later events depend on: the checksum algorithm and the
/// table maps. One for each stream; no I/O.
public struct BinlogDecoder {
    /// The largest event that is believed; MySQL's own limit is `max_allowed_packet`, 1 GiB.
    public static let eventBytesMax = (1 << 30) + (1 << 20)

    private var hasChecksums: Bool
    private var isMariaDB = false
    /// The table maps that are kept: a server that opens tables again and again numbers them again each time. One
    /// statement has far fewer.
    static let tableMapCountMax = 10_000

    /// Whether the last event was a table map: the maps of one statement stand side by side.
    private var isAfterTableMap = false
    private var tableMaps: [UInt64: (body: [UInt8], map: TableMap)] = [:]

    /// - Parameter hasChecksums: whether events before the first format description end with a checksum.
    public init(hasChecksums: Bool) { self.hasChecksums = hasChecksums }

    /// The layout that was last announced for a table number.
    public func tableMap(_ tableID: UInt64) -> TableMap? { tableMaps[tableID]?.map }

    /// Decodes one event, header and checksum included.
    ///
    /// Throws where the length, the checksum or the content is wrong; never skips what it does not know: such
    /// events come out as `.unsupported`, unless the server itself marks them as ignorable.
    public mutating func decode(_ event: UnsafeRawBufferPointer) throws(MySQLProtocolError) -> BinlogEvent {
        var type: EventType?
        do throws(WireError) {
            var reader = ByteReader(event)
            let header = try EventHeader(from: &reader)
            type = header.type
            guard Int(header.eventBytes) == event.count, event.count <= Self.eventBytesMax else {
                throw WireError(.badLength(Int(header.eventBytes)), at: 9)
            }
            return BinlogEvent(header: header, body: try body(of: event, header))
        } catch {
            let name = type.map { "binlog \($0)" } ?? "binlog event header"
            throw MySQLProtocolError(name, error, nearby: HexWindow(RawSpan(_unsafeBytes: event), around: error.offset))
        }
    }

    private mutating func body(
        of event: UnsafeRawBufferPointer, _ header: EventHeader
    ) throws(WireError) -> BinlogEvent.Body {
        let whole = UnsafeRawBufferPointer(rebasing: event[EventHeader.bytes...])
        if header.type == .formatDescription {
            let format = try FormatDescriptionEvent(body: whole)
            hasChecksums = format.hasChecksums
            isMariaDB = format.serverVersion.contains("MariaDB")
            // A new file: table numbers start anew.
            if !header.isArtificial { tableMaps.removeAll(keepingCapacity: true) }
            if format.hasChecksums { try verifyChecksum(event) }
            return .formatDescription(format)
        }
        guard hasChecksums else { return try body(header, whole) }
        try verifyChecksum(event)
        return try body(header, UnsafeRawBufferPointer(rebasing: whole.dropLast(4)))
    }

    /// The last four bytes are the CRC-32 of everything before.
    private func verifyChecksum(_ event: UnsafeRawBufferPointer) throws(WireError) {
        guard event.count >= EventHeader.bytes + 4 else { throw WireError(.badLength(event.count), at: 9) }
        let end = event.count - 4
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: event[end...]), base: end)
        let expected = try reader.littleEndian(UInt32.self)
        guard CRC32.checksum(UnsafeRawBufferPointer(rebasing: event[..<end])) == expected else {
            throw WireError(.invalidValue("wrong checksum"), at: end)
        }
    }

    private mutating func body(
        _ header: EventHeader, _ body: UnsafeRawBufferPointer
    ) throws(WireError) -> BinlogEvent.Body {
        defer { isAfterTableMap = header.type == .tableMap }
        switch header.type {
        case .writeRows, .updateRows, .deleteRows, .writeRowsV1, .updateRowsV1, .deleteRowsV1:
            return .rows(try RowsEvent(type: header.type, body: body))
        case .tableMap: return .tableMap(try tableMap(body))
        case .query: return .query(try QueryEvent(body: body))
        case .executeLoadQuery: return .loadData(try QueryEvent(loadDataBody: body))
        case .xid:
            var reader = ByteReader(body, base: EventHeader.bytes)
            return .xid(try reader.littleEndian(UInt64.self))
        case .gtid: return .gtid(try GTIDEvent(body: body, isAnonymous: false))
        case .anonymousGTID: return .gtid(try GTIDEvent(body: body, isAnonymous: true))
        case .mariaDBGTID: return .mariaDBGTID(try MariaDBGTIDEvent(body: body, serverID: header.serverID))
        case .rotate: return .rotate(try RotateEvent(body: body))
        case .rowsQuery:
            // The length byte before the text is cut at 255 and means nothing.
            return .rowsQuery(String(decoding: body.dropFirst(), as: UTF8.self))
        case .mariaDBAnnotateRows: return .rowsQuery(String(decoding: body, as: UTF8.self))
        case .heartbeat, .heartbeatV2: return .heartbeat
        case .stop: return .stop
        case .xaPrepare: return .xaPrepare(try XAPrepareEvent(body: body))
        // What precedes a statement, what the group replication says, which file is safe: nothing about rows.
        case .previousGTIDs, .intvar, .rand, .userVar, .transactionContext, .viewChange, .ignorable,
            .mariaDBBinlogCheckpoint, .mariaDBGTIDList:
            return .informational
        // Pieces of the file of a LOAD DATA; EXECUTE_LOAD_QUERY_EVENT is its statement.
        case .beginLoadQuery, .appendBlock, .deleteFile: return .informational
        default: return header.isIgnorable ? .informational : .unsupported
        }
    }

    /// The same map is sent again before every statement; it is decoded only when its bytes change.
    private mutating func tableMap(_ body: UnsafeRawBufferPointer) throws(WireError) -> TableMap {
        var reader = ByteReader(body, base: EventHeader.bytes)
        let id = try reader.littleEndian(byteCount: 6)
        if let known = tableMaps[id], known.body.elementsEqual(body) { return known.map }
        let map = try TableMap(body: body, isMariaDB: isMariaDB)
        // The maps of the statement at hand are needed; all others come again before their rows.
        if tableMaps.count >= Self.tableMapCountMax, !isAfterTableMap { tableMaps.removeAll(keepingCapacity: true) }
        tableMaps[id] = (Array(body), map)
        return map
    }
}
