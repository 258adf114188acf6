import WireCore

/// Decodes the events of a binlog. Keeps the state that later events depend on: the checksum algorithm and the table
/// maps. One for each stream; no I/O.
///
/// `feed` takes the bytes of one event; then `next` returns its events until it returns nil: one event, except for
/// TRANSACTION_PAYLOAD_EVENT, which contains those of a transaction.
///
/// ```swift
/// try decoder.feed(bytes)
/// while let event = try decoder.next() { … }
/// ```
package struct BinlogDecoder {
    /// The maximum size of an accepted event in bytes; MySQL's own limit is `max_allowed_packet`, 1 GiB.
    package static let eventBytesMax = (1 << 30) + (1 << 20)

    /// The maximum number of table maps that are kept: a server that reopens a table assigns it a new id. One statement
    /// uses far fewer.
    static let tableMapCountMax = 10_000

    private var hasChecksums: Bool
    private var isMariaDB = false
    /// Whether the last event was a table map: the maps of one statement follow each other.
    private var isAfterTableMap = false
    private var tableMaps: [UInt64: (body: [UInt8], map: TableMap)] = [:]
    private var pending = Pending.none

    /// Bytes that were fed and that `next` has not returned yet.
    private enum Pending {
        case none
        /// An event without its checksum.
        case event(EventHeader, body: UnsafeRawBufferPointer)
        /// The rest of an uncompressed transaction payload.
        case payload(UnsafeRawBufferPointer)
    }

    /// - Parameter hasChecksums: whether events before the first format description end with a checksum.
    package init(hasChecksums: Bool) { self.hasChecksums = hasChecksums }

    /// The layout that was last announced for a table id.
    package func tableMap(_ tableID: UInt64) -> TableMap? { tableMaps[tableID]?.map }

    /// Takes the bytes of one event, header and checksum included, and verifies length and checksum.
    ///
    /// Row events are views of these bytes, which must stay valid until `next` has returned nil. Precondition: `next`
    /// has returned nil, or has thrown, since the previous call.
    package mutating func feed(_ event: UnsafeRawBufferPointer) throws(MySQLProtocolError) {
        guard case .none = pending else { preconditionFailure("events that were fed before have not been read") }
        var type: EventType?
        do throws(WireError) {
            var reader = ByteReader(event)
            let header = try EventHeader(from: &reader)
            type = header.type
            guard Int(header.eventBytes) == event.count, event.count <= Self.eventBytesMax else {
                throw WireError(.badLength(Int(header.eventBytes)), at: 9)
            }
            let body = UnsafeRawBufferPointer(rebasing: event[EventHeader.bytes...])
            if header.type == .formatDescription {
                // Its last five bytes are present with and without checksums; the first of them says whether checksums
                // are used.
                if try FormatDescriptionEvent(body: body).hasChecksums { try verifyChecksum(event) }
                pending = .event(header, body: body)
            } else if hasChecksums {
                try verifyChecksum(event)
                pending = .event(header, body: UnsafeRawBufferPointer(rebasing: body.dropLast(4)))
            } else {
                pending = .event(header, body: body)
            }
        } catch {
            throw Self.failure(error, type, in: event)
        }
    }

    /// Returns the next event of the bytes that were fed; nil if there are no more.
    ///
    /// Throws if the content is malformed. An unknown event is never skipped: it is returned as `.unsupported`, unless
    /// the server marks it as ignorable.
    @inline(__always)
    package mutating func next() throws(MySQLProtocolError) -> BinlogEvent? {
        switch pending {
        case .none: return nil
        case .event(let header, let body):
            pending = .none
            do throws(WireError) {
                return BinlogEvent(header: header, body: try decode(header, body))
            } catch {
                throw Self.failure(error, header.type, in: Self.whole(body))
            }
        case .payload(let rest): return try nextEmbedded(rest)
        }
    }

    /// The bytes of the event whose body this is.
    private static func whole(_ body: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let start = body.baseAddress else { return body }
        return UnsafeRawBufferPointer(start: start - EventHeader.bytes, count: EventHeader.bytes + body.count)
    }

    private static func failure(
        _ error: WireError, _ type: EventType?, in event: UnsafeRawBufferPointer
    ) -> MySQLProtocolError {
        MySQLProtocolError(
            type.map { "binlog \($0)" } ?? "binlog event header", error,
            nearby: HexWindow(RawSpan(_unsafeBytes: event), around: error.offset))
    }

    /// An event of a transaction payload: header and body, without a checksum.
    private mutating func nextEmbedded(_ rest: UnsafeRawBufferPointer) throws(MySQLProtocolError) -> BinlogEvent? {
        pending = .none
        if rest.isEmpty { return nil }
        var type: EventType?
        do throws(WireError) {
            var reader = ByteReader(rest)
            let header = try EventHeader(from: &reader)
            type = header.type
            let eventBytes = Int(header.eventBytes)
            guard eventBytes >= EventHeader.bytes, eventBytes <= rest.count else {
                throw WireError(.badLength(eventBytes), at: 9)
            }
            let body = UnsafeRawBufferPointer(rebasing: rest[EventHeader.bytes..<eventBytes])
            guard header.type != .transactionPayload, header.type != .formatDescription else {
                throw WireError(.invalidValue("\(header.type) within a transaction payload"), at: 4)
            }
            let event = BinlogEvent(header: header, body: try decode(header, body), isEmbedded: true)
            pending = .payload(UnsafeRawBufferPointer(rebasing: rest[eventBytes...]))
            return event
        } catch {
            throw Self.failure(error, type, in: rest)
        }
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

    private mutating func decode(
        _ header: EventHeader, _ body: UnsafeRawBufferPointer
    ) throws(WireError) -> BinlogEvent.Body {
        defer { isAfterTableMap = header.type == .tableMap }
        switch header.type {
        case .writeRows, .updateRows, .deleteRows, .writeRowsV1, .updateRowsV1, .deleteRowsV1:
            return .rows(try RowsEvent(type: header.type, body: body))
        case .tableMap: return .tableMap(try tableMap(body))
        case .formatDescription: return .formatDescription(try formatDescription(header, body))
        case .transactionPayload: return try payload(body)
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
            // The length byte before the text is truncated at 255 and not used.
            return .rowsQuery(String(decoding: body.dropFirst(), as: UTF8.self))
        case .mariaDBAnnotateRows: return .rowsQuery(String(decoding: body, as: UTF8.self))
        case .heartbeat, .heartbeatV2: return .heartbeat
        case .stop: return .stop
        case .xaPrepare: return .xaPrepare(try XAPrepareEvent(body: body))
        // The context of a statement, views of the group replication, checkpoints of the log: no row data.
        case .previousGTIDs, .intvar, .rand, .userVar, .transactionContext, .viewChange, .ignorable,
            .mariaDBBinlogCheckpoint, .mariaDBGTIDList:
            return .informational
        // Parts of the file of a LOAD DATA; EXECUTE_LOAD_QUERY_EVENT is its statement.
        case .beginLoadQuery, .appendBlock, .deleteFile: return .informational
        default: return header.isIgnorable ? .informational : .unsupported
        }
    }

    private mutating func formatDescription(
        _ header: EventHeader, _ body: UnsafeRawBufferPointer
    ) throws(WireError) -> FormatDescriptionEvent {
        let format = try FormatDescriptionEvent(body: body)
        hasChecksums = format.hasChecksums
        isMariaDB = format.serverVersion.contains("MariaDB")
        // A new file: table ids are assigned again.
        if !header.isArtificial { tableMaps.removeAll(keepingCapacity: true) }
        return format
    }

    /// The events of an uncompressed payload follow. Compressed ones are not supported.
    private mutating func payload(_ body: UnsafeRawBufferPointer) throws(WireError) -> BinlogEvent.Body {
        let payload = try TransactionPayload(body: body)
        guard payload.compression == .none else { return .unsupported }
        pending = .payload(payload.bytes)
        return .transactionPayload
    }

    /// The same map is sent again before every statement; it is decoded only when its bytes change.
    private mutating func tableMap(_ body: UnsafeRawBufferPointer) throws(WireError) -> TableMap {
        var reader = ByteReader(body, base: EventHeader.bytes)
        let id = try reader.littleEndian(byteCount: 6)
        if let known = tableMaps[id], known.body.withUnsafeBytes({ $0.hasSameBytes(as: body) }) { return known.map }
        let map = try TableMap(body: body, isMariaDB: isMariaDB)
        // The maps of the current statement are needed; all others are sent again before their rows.
        if tableMaps.count >= Self.tableMapCountMax, !isAfterTableMap { tableMaps.removeAll(keepingCapacity: true) }
        tableMaps[id] = (Array(body), map)
        return map
    }
}
