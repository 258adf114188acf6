import ConnectData
import MySQLWire
import Testing
import WireCore
import WireStreams

@testable import MySQLSource

extension ConnectorTests {
    /// Behind the connector's address there is another server than before, or there are several.
    @Suite(.enabled(if: RealServers.otherMySQL != nil, "CDCD_TEST_MYSQL_OTHER names no second MySQL server"))
    struct FailoverTests {
        /// A connector whose connections lead to these servers in turn (`a` and `b`), the last for all that follow.
        private func world(_ name: String, connections: String = "a") throws -> (ConnectorWorld, Relay) {
            let servers = ["a": try #require(RealServers.mysql), "b": try #require(RealServers.otherMySQL)]
            let world = try ConnectorWorld(name, server: try #require(servers["a"]))
            let relay = try Relay(to: connections.map { try #require(servers[String($0)]) })
            world.configuration["database.hostname"] = relay.address.host
            world.configuration["database.port"] = "\(relay.address.port)"
            world.configuration["database.ssl.mode"] = "disabled"
            world.configuration["database.allowPublicKeyRetrieval"] = "true"
            try world.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)")
            return (world, relay)
        }

        private func interruptions(_ world: ConnectorWorld) -> [String] {
            world.recording.read { state in
                state.conditions.compactMap { if case .interrupted(let reason) = $0 { reason } else { nil } }
            }
        }

        /// Facts, snapshot, locks of tables: three connections, one server.
        @Test(arguments: ["aba", "aaba"])
        func aSnapshotFromTwoServersStartsAgain(connections: String) throws {
            let (world, relay) = try world("v_snapshot", connections: connections)
            // Without RELOAD a second connection locks the tables.
            let account = ["SELECT, LOCK TABLES, REPLICATION SLAVE, REPLICATION CLIENT ON *.*"]
            try world.useAccount("v_snapshot", grants: account)
            let other = try MySQLConnection.connect(
                MySQLConnectionOptions(address: try #require(RealServers.otherMySQL), user: "root"))
            try other.execute("DROP USER IF EXISTS v_snapshot")
            try other.execute("CREATE USER v_snapshot IDENTIFIED BY 'secret'")
            try other.execute("GRANT \(account[0]) TO v_snapshot")
            let run = try world.start()
            #expect(world.waitForChanges(1))
            try world.sql("INSERT INTO t VALUES (2)")
            #expect(world.waitForChanges(2))
            #expect(run.stop() == nil)
            #expect(world.changes(of: "t") == ["r1", "c2"])
            #expect(interruptions(world).count == 1)
            // Facts, snapshot and locks again, and the stream.
            #expect(relay.connectionCount == connections.count + 3)
            #expect(interruptions(world).first?.contains("lead to different servers") == true, "\(interruptions(world))")
            try other.execute("DROP USER v_snapshot")
            try world.sql("DROP USER v_snapshot")
        }

        @Test func aSnapshotThatNeverSeesOneServerFails() throws {
            let (world, relay) = try world("v_both", connections: "abababababab")
            let failure = try world.start().waitForFailure()
            #expect(failure.hasPrefix("The snapshot needs several connections to one server, and "), "\(failure)")
            #expect(failure.contains("Remedy: Name one server in database.hostname"), "\(failure)")
            #expect(relay.connectionCount == 2 * MySQLSourceTask.snapshotAttemptsMax)
        }
    }
}
