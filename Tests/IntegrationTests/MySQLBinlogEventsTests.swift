import MySQLWire
import Testing
import WireTestSupport

/// Decoded events of a real server.
@Suite(
    .serialized, .ownThreads, .enabled(if: RealServers.mysql != nil, "CDCD_TEST_MYSQL names no MySQL server"),
    .timeLimit(.minutes(1)))
struct MySQLBinlogEventsTests {
    @Test func rowsOfAllKindsOfColumnsAreDecoded() async throws {
        let configuration = MySQLConfiguration(address: try #require(RealServers.mysql), user: "root")
        let client = try await MySQLClient.connect(configuration)
        for sql in [
            "DROP DATABASE IF EXISTS wire_events", "CREATE DATABASE wire_events", "SET SESSION sql_mode = ''",
            """
            CREATE TABLE wire_events.t (id BIGINT UNSIGNED PRIMARY KEY, i TINYINT, d DECIMAL(10,3), f DOUBLE, \
            c VARCHAR(20) CHARACTER SET latin1, b VARBINARY(8), day DATE, at DATETIME(3), ts TIMESTAMP(6), t TIME(1), \
            j JSON, y YEAR, bits BIT(9), n INT)
            """,
            "SET time_zone = '+00:00'",
        ] { try await client.execute(sql) }
        let events = try await MySQLBinlogEvents.connect(configuration, serverID: 77_321)
        let inserted = try await client.execute(
            "INSERT INTO wire_events.t VALUES (18446744073709551615, -5, -1.5, 0.25, 'ü', X'00FF', '2020-02-29', "
                + "'2020-02-29 12:34:56.789', '2020-01-01 00:00:00.000001', '-12:30:00.5', "
                + "'{\"a\": [1, 2.5, \"x\\\\n\"], \"b\": null}', 2020, 258, NULL)")
        #expect(inserted.affectedRows == 1)
        try await client.execute("UPDATE wire_events.t SET n = 1")
        try await client.execute("DELETE FROM wire_events.t")
        var kinds: [MySQLBinlogEvent.Rows.Kind] = []
        for try await event in events {
            guard case .rows(let rows) = event.content, rows.table.database == "wire_events" else { continue }
            kinds.append(rows.kind)
            #expect(event.end != nil)
            let change = try #require(rows.changes.first)
            switch rows.kind {
            case .insert:
                let fromTable = try #require(change.after)
                #expect(fromTable == Self.expected(nil))
                #expect(change.before == nil)
            case .update: #expect(change.before == Self.expected(nil) && change.after == Self.expected(1))
            case .delete: #expect(change.before == Self.expected(1) && change.after == nil)
            }
            if rows.kind == .delete { break }
        }
        #expect(kinds == [.insert, .update, .delete])
        events.close()
        await client.close()
    }

    private static func expected(_ n: Int64?) -> [MySQLValue] {
        let day = MySQLDate(year: 2020, month: 2, day: 29)
        return [
            .uint(.max), .int(-5), .decimal("-1.500"), .double(0.25), .text("ü"), .bytes([0, 255]), .date(day),
            .dateTime(MySQLDateTime(date: day, hour: 12, minute: 34, second: 56, microsecond: 789_000)),
            .timestamp(microseconds: 1_577_836_800_000_001), .time(MySQLTime(microseconds: -45_000_500_000)),
            .json("{\"a\": [1, 2.5, \"x\\n\"], \"b\": null}"), .int(2020), .uint(258), n.map { .int($0) } ?? .null,
        ]
    }
}
