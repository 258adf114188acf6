import MySQLTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import MySQLWire

@Suite struct BinlogDecoderTests {
    private static func dump(_ name: String) throws -> ConversationDump {
        try ConversationDump(try Conversation(name), feeding: .whole)
    }

    /// Decodes events and iterates over their contents.
    private static func walk(_ decoder: inout BinlogDecoder, _ event: UnsafeRawBufferPointer) throws {
        let body = try decoder.decodeOne(event).body
        if case .tableMap(let map) = body { _ = try map.metadata() }
        guard case .rows(let rows) = body else { return }
        guard let map = decoder.tableMap(rows.tableID), map.unreadableColumn == nil else { return }
        var images = rows.makeRows()
        var image = RowImage()
        while !images.isAtEnd {
            try images.next(into: &image, columns: map.columns)
            for (index, column) in map.columns.enumerated() { _ = try CellText.render(image[index], column) }
        }
    }

    /// The decoder's state before the event with that index.
    private static func decoder(before index: Int, of events: [[UInt8]], hasChecksums: Bool) throws -> BinlogDecoder {
        var decoder = BinlogDecoder(hasChecksums: hasChecksums)
        for event in events[..<index] { try event.withUnsafeBytes { try walk(&decoder, $0) } }
        return decoder
    }

    static let logs = ConversationTests.names.filter { $0.contains("/binlog/") }

    /// Without checksums, all damage reaches the body's decoder.
    @Test(arguments: logs)
    func damagedEventsNeverTrap(name: String) throws {
        let events = try Self.dump(name).events
        let hasChecksums = !name.hasSuffix("no-checksum") && !name.hasSuffix("checksum-stripped")
        let unchecked = hasChecksums ? events.map { Self.withoutChecksum($0) } : events
        var seen: Set<[UInt8]> = []
        for index in unchecked.indices {
            // One event of each layout (type, database, table, rows) is enough.
            let event = unchecked[index]
            guard seen.insert([event[4]] + event.dropFirst(EventHeader.bytes + 8).prefix(40)).inserted else { continue }
            let decoder = try Self.decoder(before: index, of: unchecked, hasChecksums: false)
            func attempt(_ bytes: UnsafeRawBufferPointer) throws {
                var copy = decoder
                var sized = Array(bytes)
                Self.setSize(&sized)
                try sized.withUnsafeBytes { try Self.walk(&copy, $0) }
            }
            if event.count <= 700 { survivesDamage(to: event, decode: attempt) }
            survivesMutation(of: event, rounds: event.count < 5000 ? 60 : 4, seed: UInt64(index), decode: attempt)
        }
    }

    /// Removes the checksum, and sets the algorithm to none if this is the format description.
    private static func withoutChecksum(_ event: [UInt8]) -> [UInt8] {
        var event = event
        if event[4] == EventType.formatDescription.rawValue {
            event[event.count - 5] = 0
            return event
        }
        event.removeLast(4)
        setSize(&event)
        return event
    }

    private static func setSize(_ event: inout [UInt8]) {
        guard event.count >= 13 else { return }
        for index in 0..<4 { event[9 + index] = UInt8(truncatingIfNeeded: event.count >> (index * 8)) }
    }

    @Test func wrongChecksumIsRefused() throws {
        var events = try Self.dump("mysql/9.7.4/binlog/changes").events
        let index = try #require(events.firstIndex { $0[4] == EventType.writeRows.rawValue })
        var decoder = try Self.decoder(before: index, of: events, hasChecksums: true)
        events[index][30] ^= 1
        #expect(throws: MySQLProtocolError.self) { try events[index].withUnsafeBytes { try decoder.decodeOne($0) } }
    }

    @Test(arguments: [
        ("partial-json", EventType.partialUpdateRows),
        ("compressed-transaction", .transactionPayload),
        ("tagged-gtid", .taggedGTID),
    ])
    func unsupportedEventsAreReturnedAndNamed(name: String, type: EventType) throws {
        let events = try Self.dump("mysql/9.7.4/binlog/\(name)").events
        let index = try #require(events.firstIndex { $0[4] == type.rawValue })
        var decoder = try Self.decoder(before: index, of: events, hasChecksums: true)
        let event = try events[index].withUnsafeBytes { try decoder.decodeOne($0) }
        guard case .unsupported = event.body else {
            Issue.record("the event was ignored")
            return
        }
        #expect(event.header.type.unsupportedReason.contains("\(type)"))
        #expect(event.header.position > 0)
    }

    /// TRANSACTION_PAYLOAD_EVENT with the fields of the manual's layout, around events without checksums.
    private static func payload(_ events: [[UInt8]], compression: [UInt8] = [0xFC, 0xFF, 0x00]) -> [UInt8] {
        let bytes = events.flatMap { $0 }
        let fields = [2, UInt8(compression.count)] + compression + [1, 1, UInt8(bytes.count), 9, 2, 7, 7, 0]
        return event(.transactionPayload, fields + bytes)
    }

    @Test func uncompressedPayloadGivesTheEventsOfATransaction() throws {
        let map: [UInt8] = [7, 0, 0, 0, 0, 0, 1, 0, 1, 0x64, 0, 1, 0x74, 0, 1, 3, 0, 0]
        let rows: [UInt8] = [7, 0, 0, 0, 0, 0, 1, 0, 2, 0, 1, 0xFF, 0, 5, 0, 0, 0]
        let bytes = Self.payload([
            Self.event(.tableMap, map), Self.event(.writeRows, rows), Self.event(.xid, [1, 0, 0, 0, 0, 0, 0, 0]),
        ])
        var decoder = BinlogDecoder(hasChecksums: false)
        var found: [(type: EventType, isEmbedded: Bool)] = []
        try bytes.withUnsafeBytes { bytes in
            try decoder.feed(bytes)
            while let event = try decoder.next() {
                found.append((event.header.type, event.isEmbedded))
                guard case .rows(let rows) = event.body else { continue }
                let map = try #require(decoder.tableMap(rows.tableID))
                var (images, image) = (rows.makeRows(), RowImage())
                try images.next(into: &image, columns: map.columns)
                #expect(image[0].map(Array.init) == [5, 0, 0, 0])
            }
        }
        #expect(found.map(\.type) == [.transactionPayload, .tableMap, .writeRows, .xid])
        #expect(found.map(\.isEmbedded) == [false, true, true, true])
        // The next event is decoded normally.
        let next = try Self.event(.stop, []).withUnsafeBytes { try decoder.decodeOne($0) }
        #expect(next.header.type == .stop && !next.isEmbedded)
    }

    @Test func damagedPayloadsAreRefused() throws {
        let xid = Self.event(.xid, [1, 0, 0, 0, 0, 0, 0, 0])
        let nested = Self.payload([xid])
        let cut = Self.payload([Array(xid.dropLast())])
        for bytes in [Self.payload([nested]), cut, Self.event(.transactionPayload, [1, 1, 9, 0])] {
            var decoder = BinlogDecoder(hasChecksums: false)
            #expect(throws: MySQLProtocolError.self) {
                try bytes.withUnsafeBytes { bytes in
                    try decoder.feed(bytes)
                    while try decoder.next() != nil {}
                }
            }
        }
        survivesDamage(to: Self.payload([xid, xid])) { bytes in
            var decoder = BinlogDecoder(hasChecksums: false)
            try decoder.feed(bytes)
            while try decoder.next() != nil {}
        }
    }

    @Test(arguments: ["image-minimal", "image-noblob"])
    func partialRowImagesAreRefused(name: String) throws {
        let events = try Self.dump("mysql/9.7.4/binlog/\(name)").events
        var decoder = BinlogDecoder(hasChecksums: true)
        var partial = 0
        for bytes in events {
            try bytes.withUnsafeBytes { bytes in
                guard case .rows(let rows) = try decoder.decodeOne(bytes).body, !rows.hasFullImages else { return }
                partial += 1
                let map = try #require(decoder.tableMap(rows.tableID))
                var (images, image) = (rows.makeRows(), RowImage())
                #expect(throws: WireError.self) { try images.next(into: &image, columns: map.columns) }
            }
        }
        #expect(partial > 0)
    }

    @Test func rowsThatContradictTheirTableMapAreRefused() throws {
        let events = try Self.dump("mysql/9.7.4/binlog/changes").events
        let index = try #require(events.firstIndex { $0[4] == EventType.writeRows.rawValue })
        var decoder = try Self.decoder(before: index, of: events, hasChecksums: true)
        try events[index].withUnsafeBytes { bytes in
            guard case .rows(let rows) = try decoder.decodeOne(bytes).body else {
                Issue.record("no rows")
                return
            }
            let columns = try #require(decoder.tableMap(rows.tableID)).columns
            var (images, image) = (rows.makeRows(), RowImage())
            #expect(throws: WireError.self) { try images.next(into: &image, columns: Array(columns.dropLast())) }
            #expect(throws: WireError.self) { try images.next(into: &image, columns: []) }
        }
    }

    @Test func undecodableColumnTypeConcernsOnlyItsTable() throws {
        let events = try Self.dump("mariadb/11.8.9/binlog/compressed-columns").events
        let index = try #require(events.firstIndex { $0[4] == EventType.tableMap.rawValue })
        let decoder = try Self.decoder(before: index + 1, of: events, hasChecksums: true)
        var copy = decoder
        try events[index + 1].withUnsafeBytes { bytes in
            guard case .rows(let rows) = try copy.decodeOne(bytes).body else {
                Issue.record("no rows")
                return
            }
            let map = try #require(decoder.tableMap(rows.tableID))
            #expect(map.table == "packed" && map.columnCount == 3)
            #expect(map.unreadableColumn == .compressed)
        }
    }

    @Test func tableMapsAreDiscardedAtTheEndOfTheFile() throws {
        let events = try Self.dump("mysql/9.7.4/binlog/rotate").events
        let first = try #require(events.firstIndex { $0[4] == EventType.tableMap.rawValue })
        let format = try #require(events.lastIndex { $0[4] == EventType.formatDescription.rawValue })
        let id = events[first].withUnsafeBytes { bytes in
            (0..<6).reduce(UInt64(0)) { $0 | UInt64(bytes[EventHeader.bytes + $1]) << UInt64($1 * 8) }
        }
        #expect(try Self.decoder(before: format, of: events, hasChecksums: true).tableMap(id) != nil)
        #expect(try Self.decoder(before: format + 1, of: events, hasChecksums: true).tableMap(id) == nil)
    }

    private static func event(_ type: EventType, _ body: [UInt8]) -> [UInt8] {
        EventBytes.make(type, body, flags: 0x80)
    }

    @Test func tableMapsAreBoundedButThoseOfOneStatementAreKept() throws {
        var decoder = BinlogDecoder(hasChecksums: false)
        func feed(_ type: EventType, _ body: [UInt8]) throws {
            _ = try Self.event(type, body).withUnsafeBytes { try decoder.decodeOne($0) }
        }
        func map(_ id: Int) -> [UInt8] {
            [UInt8(id & 0xFF), UInt8(id >> 8), 0, 0, 0, 0, 1, 0, 1, 0x64, 0, 1, 0x74, 0, 1, 3, 0, 0]
        }
        for id in 1...BinlogDecoder.tableMapCountMax {
            try feed(.rowsQuery, [0])
            try feed(.tableMap, map(id))
        }
        // Together with the last one.
        try feed(.tableMap, map(20_000))
        #expect(decoder.tableMap(1) != nil)
        try feed(.rowsQuery, [0])
        try feed(.tableMap, map(20_001))
        try feed(.tableMap, map(20_002))
        #expect(decoder.tableMap(1) == nil)
        #expect(decoder.tableMap(20_001) != nil && decoder.tableMap(20_002) != nil)
    }

    @Test func numbersThatWouldOverflowAreRefused() {
        var decoder = BinlogDecoder(hasChecksums: false)
        let rotation = [UInt8](repeating: 0xFF, count: 7) + [0x7F] + Array("b.000001".utf8)
        let gtid = { (number: [UInt8]) in [1] + [UInt8](repeating: 7, count: 16) + number }
        let events = [
            Self.event(.rotate, rotation), Self.event(.gtid, gtid([UInt8](repeating: 0xFF, count: 8))),
            Self.event(.gtid, gtid([UInt8](repeating: 0, count: 8))),
        ]
        for event in events {
            #expect(throws: MySQLProtocolError.self) { try event.withUnsafeBytes { try decoder.decodeOne($0) } }
        }
    }

    @Test func unknownEventsAreSkippedOnlyIfFlaggedIgnorable() throws {
        var decoder = BinlogDecoder(hasChecksums: false)
        func event(type: UInt8, flags: UInt8) -> [UInt8] {
            [0, 0, 0, 0, type, 1, 0, 0, 0, 19, 0, 0, 0, 0, 0, 0, 0, flags, 0]
        }
        let known = try event(type: 100, flags: 0x80).withUnsafeBytes { try decoder.decodeOne($0) }
        guard case .informational = known.body else {
            Issue.record("an ignorable event was refused")
            return
        }
        for type: UInt8 in [26, 100, 255] {
            let event = try event(type: type, flags: 0).withUnsafeBytes { try decoder.decodeOne($0) }
            guard case .unsupported = event.body else {
                Issue.record("event type \(type) was ignored")
                continue
            }
        }
    }

    @Test func statementIsDecodedWithTheClientsCharacterSet() throws {
        // Thread, seconds, database length, error, status length; Q_CHARSET_CODE with euckr_korean_ci (19).
        var body: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 7, 0, 4, 19, 0, 19, 0, 255, 0]
        body += Array("d".utf8) + [0] + Array("ALTER TABLE ".utf8) + [0xB0, 0xA1]
        let query = try body.withUnsafeBytes { try QueryEvent(body: $0) }
        #expect(query.statement == "ALTER TABLE 가")
        #expect(query.session.clientCollation == 19 && query.session.serverCollation == 255)
    }

    @Test func unknownStatusVariableEndsOnlyTheStatusBlock() throws {
        var body: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 18, 255, 0, 77, 99]
        body += [0] + Array("BEGIN".utf8)
        let query = try body.withUnsafeBytes { try QueryEvent(body: $0) }
        #expect(query.statement == "BEGIN" && query.session.utf8mb4Collation == 255)
    }
}
