import ConnectData
import MySQLWire
import Testing
import WireCore
import WireStreams

@testable import BinlogSource

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

        private func waitForSnapshot(_ world: ConnectorWorld) -> Bool {
            world.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } }
        }

        /// Makes the other server one that has executed all that the first has, as a replica that took over everything.
        /// - Returns: a connection to it.
        private func replica(of world: ConnectorWorld) throws -> MySQLConnection {
            let executed = try world.root.queryText("SELECT @@GLOBAL.gtid_executed").scalar ?? ""
            let replica = try MySQLConnection.connect(
                MySQLConfiguration(address: try #require(RealServers.otherMySQL), user: "root"))
            do throws(MySQLError) {
                try replica.execute("RESET BINARY LOGS AND GTIDS")
            } catch { try replica.execute("RESET MASTER") }
            for statement in [
                "SET GLOBAL gtid_purged = '\(executed)'", "SET SESSION sql_log_bin = 0",
                "DROP DATABASE IF EXISTS \(world.name)", "CREATE DATABASE \(world.name)", "USE \(world.name)",
                "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)", "SET SESSION sql_log_bin = 1",
            ] { try replica.execute(statement) }
            return replica
        }

        /// The first server's last transaction.
        private func lastGTID(_ world: ConnectorWorld) throws -> String {
            let text = try world.root.queryText("SELECT @@GLOBAL.gtid_executed").scalar ?? ""
            let uuid = try #require(ServerUUID(try ServerIdentity.uuid(world.root) ?? ""))
            let last = try #require(GTIDSet(text)?.intervals[uuid]?.last)
            return "\(uuid):\(last.upperBound)"
        }

        private static let gone = "The connector is trying to read change stream starting at {"

        @Test func upToDateReplicaTakesOver() throws {
            let (world, relay) = try world("v_takeover")
            let run = try world.start()
            #expect(waitForSnapshot(world))
            let replica = try replica(of: world)
            try world.sql("INSERT INTO t VALUES (2)")
            #expect(world.waitForChanges(2))
            try replica.execute("SET gtid_next = '\(try lastGTID(world))'")
            try replica.execute("INSERT INTO t VALUES (2)")
            try replica.execute("SET gtid_next = AUTOMATIC")
            relay.redirect(to: try #require(RealServers.otherMySQL))
            relay.cut()
            try replica.execute("INSERT INTO t VALUES (3)")
            #expect(world.waitForChanges(3))
            #expect(run.stop() == nil)
            #expect(world.changes(of: "t") == ["r1", "c2", "c3"])
        }

        /// The consumers have rows that the new primary never had.
        @Test func replicaWithoutDeliveredTransactionsIsRefused() throws {
            let (world, relay) = try world("v_lossy")
            let run = try world.start()
            #expect(waitForSnapshot(world))
            let replica = try replica(of: world)
            try world.sql("INSERT INTO t VALUES (2)")
            #expect(world.waitForChanges(2))
            relay.redirect(to: try #require(RealServers.otherMySQL))
            relay.cut()
            let failure = run.waitForFailure()
            #expect(failure.hasPrefix(Self.gone), "\(failure)")
            #expect(
                failure.contains("Caused by: the server has not executed \(try lastGTID(world)), which were delivered"),
                "\(failure)")
            // The same at the next start, though the record's own offset does not name its transaction.
            #expect(try world.start().waitForFailure() == failure)
            // And where the configuration says so, a snapshot is taken without anybody's help.
            world.configuration["snapshot.mode"] = "when_needed"
            relay.redirect(to: try #require(RealServers.mysql))
            let next = try world.start()
            try world.sql("INSERT INTO t VALUES (4)")
            #expect(world.waitForChanges(3))
            relay.redirect(to: try #require(RealServers.otherMySQL))
            relay.cut()
            #expect(world.waitForChanges(4))
            try replica.execute("INSERT INTO t VALUES (5)")
            #expect(world.waitForChanges(5))
            #expect(next.stop() == nil)
            #expect(world.changes(of: "t") == ["r1", "c2", "c4", "r1", "c5"])
        }

        /// The transaction that the failover cut is no part of the offset yet, but rows of it were delivered.
        @Test func replicaWithoutAPartlyDeliveredTransactionIsRefused() throws {
            let (world, relay) = try world("v_part")
            try world.sql("ALTER TABLE t ADD COLUMN v varchar(1000)")
            let run = try world.start()
            #expect(waitForSnapshot(world))
            _ = try replica(of: world)
            relay.redirect(to: try #require(RealServers.otherMySQL))
            relay.cut(afterBytes: 400_000)
            try world.sql("BEGIN")
            for start in stride(from: 1000, to: 2000, by: 100) {
                let rows = (start..<start + 100).map { "(\($0), '\(String(repeating: "x", count: 1000))')" }
                try world.sql("INSERT INTO t VALUES \(rows.joined(separator: ","))")
            }
            try world.sql("COMMIT")
            let failure = run.waitForFailure()
            #expect(failure.contains("the server has not executed \(try lastGTID(world)), which"), "\(failure)")
            #expect((2..<1001).contains(world.changes(of: "t").count))
        }

        /// As a server that waits for a replica's acknowledgement before it commits what it has sent already.
        @Test func transactionBeingCommittedIsWaitedFor() throws {
            let (world, relay) = try world("v_committing")
            let run = try world.start()
            #expect(waitForSnapshot(world))
            let replica = try replica(of: world)
            try world.sql("INSERT INTO t VALUES (2)")
            #expect(world.waitForChanges(2))
            let gtid = try lastGTID(world)
            try replica.execute("SET gtid_next = '\(gtid)'")
            try replica.execute("BEGIN")
            try replica.execute("INSERT INTO t VALUES (2)")
            relay.redirect(to: try #require(RealServers.otherMySQL))
            relay.cut()
            #expect(world.recording.wait { state in
                state.conditions.last
                    == .interrupted(reason: "the server has not committed \(gtid) yet, which were delivered")
            })
            try replica.execute("COMMIT")
            try replica.execute("SET gtid_next = AUTOMATIC")
            try replica.execute("INSERT INTO t VALUES (3)")
            #expect(world.waitForChanges(3))
            #expect(run.stop() == nil)
            #expect(world.changes(of: "t") == ["r1", "c2", "c3"])
        }

        private func interruptions(_ world: ConnectorWorld) -> [String] {
            world.recording.read { state in
                state.conditions.compactMap { if case .interrupted(let reason) = $0 { reason } else { nil } }
            }
        }

        /// Facts, snapshot, locks of tables: three connections, one server.
        @Test(arguments: ["aba", "aaba"])
        func snapshotFromTwoServersIsRestarted(connections: String) throws {
            let (world, relay) = try world("v_snapshot", connections: connections)
            // Without RELOAD a second connection locks the tables.
            let account = ["SELECT, LOCK TABLES, REPLICATION SLAVE, REPLICATION CLIENT ON *.*"]
            try world.useAccount("v_snapshot", grants: account)
            let other = try MySQLConnection.connect(
                MySQLConfiguration(address: try #require(RealServers.otherMySQL), user: "root"))
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

        /// The other server would say that the trigger's table has none.
        @Test func dependenciesAreReadFromTheStreamedServer() throws {
            // Facts, snapshot, stream, and the question about the statement; then the stream and the question again.
            let (world, relay) = try world("v_dependencies", connections: "aaaba")
            world.configuration["table.include.list"] = "v_dependencies.t"
            try world.sql(
                "CREATE TABLE leads (id int PRIMARY KEY)",
                "CREATE TRIGGER copying AFTER INSERT ON leads FOR EACH ROW INSERT INTO t VALUES (NEW.id)")
            let run = try world.start()
            #expect(waitForSnapshot(world))
            #expect(relay.waitForConnections(3))
            try world.sql(
                "SET SESSION binlog_format = 'STATEMENT'", "INSERT INTO leads VALUES (7)", "SET SESSION binlog_format = 'ROW'")
            let failure = run.waitForFailure()
            #expect(
                failure.contains("may change the captured table v_dependencies.t through the trigger v_dependencies.copying"),
                "\(failure)")
            #expect(interruptions(world).count == 1)
            #expect(interruptions(world).first?.contains("lead to different servers") == true, "\(interruptions(world))")
            #expect(relay.connectionCount == 6)
        }

        @Test func snapshotThatKeepsChangingServersFails() throws {
            let (world, relay) = try world("v_both", connections: "abababababab")
            let failure = try world.start().waitForFailure()
            #expect(failure.hasPrefix("The connector needs several connections to one server, and "), "\(failure)")
            #expect(failure.contains("Remedy: Name one server in database.hostname"), "\(failure)")
            #expect(relay.connectionCount == 2 * MySQLSourceTask.snapshotAttemptsMax)
        }
    }
}
