import MySQLWire
import Testing

@testable import BinlogSource

@Suite struct ServerPropertiesTests {
    /// A GTID set of this number of servers.
    private static func gtids(_ serverCount: Int, last: Int) -> String {
        (1...serverCount).map { "00000000-0000-0000-0000-\(100_000_000_000 + $0):1-\(last)" }.joined(separator: ",\n")
    }

    private static func connect(_ server: FakeMySQLServer) throws -> MySQLConnection {
        try MySQLConnection.connect(MySQLConfiguration(address: server.address, user: "u"))
    }

    /// SHOW VARIABLES returns the first 1024 characters of a value.
    @Test func gtidSetsThatShowCutsOffAreReadWhole() throws {
        let (executed, purged) = (Self.gtids(30, last: 123_456), Self.gtids(25, last: 1234))
        var script = FakeMySQLServer.Script()
        script.answers = [
            ("SHOW GLOBAL VARIABLES", .rows(["Variable_name", "Value"], [
                ["gtid_executed", String(executed.prefix(1024))], ["gtid_purged", String(purged.prefix(1024))],
                ["sql_mode", "ANSI"],
            ])),
            ("SELECT @@GLOBAL.gtid_executed, @@GLOBAL.gtid_purged", .rows(["a", "b"], [[executed, purged]])),
        ]
        let server = try FakeMySQLServer(script)
        let connection = try Self.connect(server)
        defer { connection.close() }
        let properties = try ServerProperties(reading: connection)
        #expect(try properties.gtids("gtid_executed") == GTIDSet(executed))
        #expect(try properties.gtids("gtid_purged") == GTIDSet(purged))
        #expect(properties["sql_mode"] == "ANSI")
        #expect(server.observations.unknown.isEmpty)
    }

    @Test func ownedGTIDsThatShowCutsOffAreReadWhole() throws {
        let owned = (1...100).map { "00000000-0000-0000-0000-000000000001:\($0)#\($0)" }.joined(separator: ",")
        var script = FakeMySQLServer.Script()
        script.answers = [
            ("SHOW GLOBAL VARIABLES", .rows(["Variable_name", "Value"], [["gtid_owned", String(owned.prefix(1024))]])),
            ("SELECT @@GLOBAL.gtid_owned", .rows(["a"], [[owned]])),
        ]
        let server = try FakeMySQLServer(script)
        let connection = try Self.connect(server)
        defer { connection.close() }
        #expect(try ServerProperties.ownedGTIDs(connection) == GTIDSet("00000000-0000-0000-0000-000000000001:1-100"))
    }
}
