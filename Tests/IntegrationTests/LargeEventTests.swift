import MySQLTestSupport
import MySQLWire
import Testing
import WireStreams

/// Events that span several packets; too large for a fixture.
@Suite(.serialized, .enabled(if: RealServers.mysql != nil, "CDCD_TEST_MYSQL names no MySQL server"))
struct LargeEventTests {
    /// A packet holds 0xFFFFFF bytes; the event is a little larger than its row.
    @Test(arguments: [0xFF_FF00, 0xFF_FFFF, 40 << 20])
    func rowsBeyondSixteenMebibytesAreComplete(bytes: Int) throws {
        var options = MySQLConfiguration(address: try #require(RealServers.mysql), user: "root")
        options.readTimeoutMilliseconds = 60_000
        let setting = try MySQLConnection.connect(options)
        try setting.execute("SET GLOBAL max_allowed_packet = 134217728")
        setting.close()
        let connection = try MySQLConnection.connect(options)
        try connection.execute("CREATE DATABASE IF NOT EXISTS wire_large")
        try connection.execute("DROP TABLE IF EXISTS wire_large.cells")
        try connection.execute("CREATE TABLE wire_large.cells (id int, content longblob)")
        let status = try connection.queryText("SHOW BINARY LOG STATUS")
        let file = try #require(status.column("File").first ?? nil)
        let position = try #require(UInt64(status.column("Position").first.flatMap { $0 } ?? ""))
        try connection.execute("INSERT INTO wire_large.cells VALUES (1, REPEAT('x', \(bytes)))")
        let stream = try ReplicationStream(
            connection, serverID: 77_021, start: .position(file: file, position: position), heartbeatMilliseconds: 1000,
            silenceMilliseconds: 30_000)
        var decoder = BinlogDecoder(hasChecksums: stream.hasChecksums)
        while true {
            guard case .rows(let rows) = try decoder.decodeOne(try stream.next()).body else { continue }
            let map = try #require(decoder.tableMap(rows.tableID))
            guard map.database == "wire_large" else { continue }
            var (images, image) = (rows.makeRows(), RowImage())
            try images.next(into: &image, columns: map.columns)
            let content = try #require(image[1])
            #expect(content.count == bytes && content.first == 0x78 && content.last == 0x78)
            break
        }
        stream.canceller.cancel()
        let cleaner = try MySQLConnection.connect(options)
        try cleaner.execute("DROP DATABASE wire_large")
        cleaner.close()
    }
}
