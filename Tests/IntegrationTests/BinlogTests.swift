import MySQLTestSupport
import MySQLWire
import Testing
import WireStreams

@testable import BinlogSource

@Suite(.serialized, .enabled(if: RealServers.mysql != nil, "CDCD_TEST_MYSQL names no MySQL server"))
struct BinlogTests {
    /// Runs statements and returns the events that they wrote to the binlog.
    private func events(_ statements: [String], _ body: (inout BinlogDecoder, BinlogEvent) throws -> Void) throws {
        let options = MySQLConfiguration(address: try #require(RealServers.mysql), user: "root")
        let connection = try MySQLConnection.connect(options)
        try connection.execute("CREATE DATABASE IF NOT EXISTS wire_binlog")
        try connection.execute("USE wire_binlog")
        let status = try connection.queryText("SHOW BINARY LOG STATUS")
        let file = try #require(status.column("File").first ?? nil)
        let position = try #require(UInt64(status.column("Position").first.flatMap { $0 } ?? ""))
        for statement in statements { try connection.execute(statement) }
        try connection.execute("DROP TABLE IF EXISTS wire_binlog.the_end")
        let stream = try ReplicationStream(
            try MySQLConnection.connect(options), serverID: 77010, start: .position(file: file, position: position),
            heartbeatMilliseconds: 100, silenceMilliseconds: 5000)
        var decoder = BinlogDecoder(hasChecksums: stream.hasChecksums)
        while true {
            let event = try decoder.decodeOne(try stream.next())
            if case .query(let query) = event.body, query.statement.contains("the_end") { return }
            try body(&decoder, event)
        }
    }

    @Test func cellsOfEveryTypeAreDecoded() throws {
        var found: [[String]] = []
        try events([
            "DROP TABLE IF EXISTS cells",
            """
            CREATE TABLE cells (i int, u bigint unsigned, d decimal(20,5), dt datetime(3), t time(6), ts timestamp(2) NULL,
              j json, c char(100) CHARACTER SET utf8mb4, v varchar(300), b bit(10), e enum('x','y'), s set('p','q','r'), y year)
            """,
            """
            INSERT INTO cells VALUES (-5, 18446744073709551615, -12345.6789, '2020-02-29 12:34:56.789', '-12:00:00.000001',
              '2020-02-29 12:34:56.78', '{"k": [1, 2.5, "ü", null, true, {"deep": -1e-7}]}', 'char', 'var', b'1010101010',
              'y', 'p,r', 2024)
            """,
        ]) { decoder, event in
            guard case .rows(let rows) = event.body else { return }
            let map = try #require(decoder.tableMap(rows.tableID))
            guard map.database == "wire_binlog" else { return }
            var images = rows.makeRows()
            var image = RowImage()
            while !images.isAtEnd {
                try images.next(into: &image, columns: map.columns)
                let cell = { (index: Int) in image[index] ?? UnsafeRawBufferPointer(start: nil, count: 0) }
                let (isNegative, digits) = PackedDecimal.digits(cell(2), precision: 20, scale: 5)
                found.append([
                    DecimalText.plain(isNegative: isNegative, digits: digits, scale: 5),
                    "\(StoredTemporal.dateTime2(cell(3)).epochMicroseconds)", "\(StoredTemporal.time2(cell(4)))",
                    try StreamedJSON.text(of: cell(6)) ?? "", String(decoding: cell(7), as: UTF8.self),
                    String(decoding: cell(8), as: UTF8.self), "\(StoredTemporal.year(cell(12)))",
                ])
            }
        }
        #expect(found.count == 1)
        #expect(found.first == [
            "-12345.67890", "1582979696789000", "-43200000001",
            #"{"k":[1,2.5,"ü",null,true,{"deep":-0.0000000999999999999999954748111825886258685613938723690807819366455078125}]}"#,
            "char", "var", "2024",
        ])
    }

    @Test func transactionsBeginWithTheirGTIDAndEndWithTheirXID() throws {
        // Other tests write to the same binlog, but not within a transaction of this one.
        var transactions: [[String]] = []
        func append(_ type: String) { transactions.indices.last.map { transactions[$0].append(type) } }
        try events(["CREATE TABLE IF NOT EXISTS trx (i int)", "BEGIN", "INSERT INTO trx VALUES (1),(2)", "COMMIT"]) {
            _, event in
            switch event.body {
            case .gtid(let gtid):
                transactions.append(["gtid"])
                #expect(gtid.originalCommitMicroseconds ?? 0 > 1_600_000_000_000_000)
            case .query(let query): append(query.statement)
            case .tableMap(let map): append("map of \(map.database).\(map.table)")
            case .rows: append("rows")
            case .xid: append("xid")
            default: break
            }
        }
        let own = transactions.filter { $0.contains("map of wire_binlog.trx") }
        #expect(own == [["gtid", "BEGIN", "map of wire_binlog.trx", "rows", "xid"]])
    }
}
