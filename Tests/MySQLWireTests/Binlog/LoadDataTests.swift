import MySQLTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import MySQLWire

/// LOAD DATA that is logged as a statement.
@Suite struct LoadDataTests {
    private static func events(_ type: EventType) throws -> [[UInt8]] {
        try ConversationDump(try Conversation("mysql/9.7.4/binlog/load-data"), feeding: .whole).events
            .filter { $0[4] == type.rawValue }
    }

    private static func body(_ event: [UInt8]) throws -> BinlogEvent.Body {
        var decoder = BinlogDecoder(hasChecksums: true)
        return try event.withUnsafeBytes { try decoder.decodeOne($0).body }
    }

    /// The statement without the file name, which may contain quotes in any SQL mode.
    @Test func statementIsReconstructedWithoutTheFileName() throws {
        let queries = try Self.events(.executeLoadQuery).map { event -> QueryEvent in
            guard case .loadData(let query) = try Self.body(event) else { throw WireError(.badLength(0), at: 0) }
            return query
        }
        let fields = #"FIELDS TERMINATED BY '\t' ENCLOSED BY '' ESCAPED BY '\\' LINES TERMINATED BY '\n'"#
        #expect(
            queries.map(\.statement) == [
                "LOAD DATA INFILE '' INTO TABLE `loaded` \(fields) (`id`, `v`)",
                #"LOAD DATA INFILE '' REPLACE INTO TABLE `loaded` CHARACTER SET latin1 FIELDS TERMINATED BY '\t'"#
                    + #" ENCLOSED BY '\'' ESCAPED BY '\\' LINES TERMINATED BY '\n' (`id`, @`v`) "#
                    + "SET `v`= concat(@v, (SELECT count(*) FROM counted))",
                "LOAD DATA INFILE '' IGNORE INTO TABLE `loaded` \(fields) (`id`, `v`)",
                // Names are in UTF-8 for every client character set.
                "LOAD DATA INFILE '' INTO TABLE `loaded가` \(fields) (`id나`, `v`)",
            ])
        #expect(queries.map(\.session.clientCollation) == [45, 45, 45, 19])
        for query in queries {
            #expect(query.database == "wire" && query.errorCode == 0 && query.session.updatedDatabases == ["wire"])
        }
    }

    @Test(arguments: [(EventType.beginLoadQuery, 5), (.deleteFile, 1)])
    func fileBlockEventsAreIgnored(type: EventType, count: Int) throws {
        let events = try Self.events(type)
        #expect(events.count == count)
        for event in events {
            guard case .informational = try Self.body(event) else { throw WireError(.badLength(0), at: 0) }
        }
    }

    /// The body of a LOAD DATA event with this range of the file clause.
    private static func body(
        _ begin: UInt32, _ end: UInt32, duplicates: UInt8 = 0,
        _ text: [UInt8] = Array("LOAD DATA INFILE 'x' INTO TABLE t".utf8)
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes([7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 7, 0])
        writer.littleEndian(UInt32(1))
        writer.littleEndian(begin)
        writer.littleEndian(end)
        writer.littleEndian(duplicates)
        writer.bytes([4, 19, 0, 19, 0, 255, 0])
        writer.bytes(Array("d".utf8) + [0] + text)
        return writer.array()
    }

    private static func query(_ body: [UInt8]) throws -> QueryEvent {
        try body.withUnsafeBytes { try QueryEvent(loadDataBody: $0) }
    }

    @Test func expressionsAreDecodedWithTheClientsCharacterSet() throws {
        let text = Array("LOAD DATA INFILE 'x' INTO TABLE t SET a = ".utf8) + [0xB0, 0xA1]
        #expect(try Self.query(Self.body(9, 25, text)).statement == "LOAD DATA INFILE '' INTO TABLE t SET a = 가")
    }

    @Test func rangeOutsideOfTheStatementIsRefused() throws {
        #expect(try Self.query(Self.body(9, 25, duplicates: 2)).statement == "LOAD DATA INFILE '' REPLACE INTO TABLE t")
        #expect(try Self.query(Self.body(33, 33)).statement == "LOAD DATA INFILE 'x' INTO TABLE t INFILE '' INTO")
        for (begin, end) in [(9, 34), (34, 34), (0, UInt32.max), (25, 9), (UInt32.max, 0)] as [(UInt32, UInt32)] {
            #expect(throws: WireError.self, "\(begin) to \(end)") { try Self.query(Self.body(begin, end)) }
        }
        #expect(throws: WireError.self) { try Self.query(Self.body(9, 25, duplicates: 3)) }
    }

    @Test func truncatedEventIsRefused() {
        // Without the last eight bytes (` TABLE t`) the statement ends with the clause.
        let whole = Self.body(9, 25)
        for count in 0..<(whole.count - 8) {
            #expect(throws: WireError.self, "\(count) bytes") { try Self.query(Array(whole[..<count])) }
        }
    }
}
