import ConnectData
import MySQLWire
import Testing
import WireCore
import WireStreams

@testable import BinlogSource

extension ConnectorTests {
    /// The connector's address leads to another server than before, or to several servers.
    @Suite(.enabled(if: RealServers.otherMySQL != nil, "CDCD_TEST_MYSQL_OTHER names no second MySQL server"))
    struct FailoverTests {
        /// A connector whose connections lead to these servers in turn (`a` and `b`), the last for all that follow.
        private func harness(_ name: String, connections: String = "a") throws -> (ConnectorHarness, Relay) {
            let servers = ["a": try #require(RealServers.mysql), "b": try #require(RealServers.otherMySQL)]
            let harness = try ConnectorHarness(name, server: try #require(servers["a"]))
            let relay = try Relay(to: connections.map { try #require(servers[String($0)]) })
            harness.configuration["database.hostname"] = relay.address.host
            harness.configuration["database.port"] = "\(relay.address.port)"
            harness.configuration["database.ssl.mode"] = "disabled"
            harness.configuration["database.allowPublicKeyRetrieval"] = "true"
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)")
            return (harness, relay)
        }

        private func waitForSnapshot(_ harness: ConnectorHarness) -> Bool {
            harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } }
        }

        /// Makes the other server a replica that has executed all transactions of the first one.
        /// - Returns: a connection to it.
        private func replica(of harness: ConnectorHarness) throws -> MySQLConnection {
            let executed = try harness.root.queryText("SELECT @@GLOBAL.gtid_executed").scalar ?? ""
            let replica = try MySQLConnection.connect(
                MySQLConfiguration(address: try #require(RealServers.otherMySQL), user: "root"))
            do throws(MySQLError) {
                try replica.execute("RESET BINARY LOGS AND GTIDS")
            } catch { try replica.execute("RESET MASTER") }
            for statement in [
                "SET GLOBAL gtid_purged = '\(executed)'", "SET SESSION sql_log_bin = 0",
                "DROP DATABASE IF EXISTS \(harness.name)", "CREATE DATABASE \(harness.name)", "USE \(harness.name)",
                "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)", "SET SESSION sql_log_bin = 1",
            ] { try replica.execute(statement) }
            return replica
        }

        /// The first server's last transaction.
        private func lastGTID(_ harness: ConnectorHarness) throws -> String {
            let text = try harness.root.queryText("SELECT @@GLOBAL.gtid_executed").scalar ?? ""
            let uuid = try #require(ServerUUID(try ServerIdentity.uuid(harness.root) ?? ""))
            let last = try #require(GTIDSet(text)?.intervals[uuid]?.last)
            return "\(uuid):\(last.upperBound)"
        }

        private static let unavailable = "The connector is trying to read change stream starting at {"

        /// SHOW VARIABLES would cut the set off.
        @Test func transactionsOfManyServersAreRead() throws {
            let harness = try harness("v_many").0
            let replica = try replica(of: harness)
            defer { replica.close() }
            let sources = (1...40).map { "00000000-0000-0000-0000-\(100_000_000_000 + $0):1-5" }.joined(separator: ",")
            try replica.execute("SET GLOBAL gtid_purged = '+\(sources)'")
            let properties = try ServerProperties(reading: replica)
            let expected = try #require(GTIDSet(sources))
            #expect(try expected.intersection(properties.gtids("gtid_purged")) == expected)
            #expect(try expected.intersection(properties.gtids("gtid_executed")) == expected)
        }

        @Test func upToDateReplicaTakesOver() throws {
            let (harness, relay) = try harness("v_takeover")
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            let replica = try replica(of: harness)
            try harness.sql("INSERT INTO t VALUES (2)")
            #expect(harness.waitForChanges(2))
            try replica.execute("SET gtid_next = '\(try lastGTID(harness))'")
            try replica.execute("INSERT INTO t VALUES (2)")
            try replica.execute("SET gtid_next = AUTOMATIC")
            relay.redirect(to: try #require(RealServers.otherMySQL))
            relay.cut()
            try replica.execute("INSERT INTO t VALUES (3)")
            #expect(harness.waitForChanges(3))
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == ["r1", "c2", "c3"])
        }

        /// Consumers have rows that the new primary never had.
        @Test func replicaWithoutDeliveredTransactionsIsRefused() throws {
            let (harness, relay) = try harness("v_lossy")
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            let replica = try replica(of: harness)
            try harness.sql("INSERT INTO t VALUES (2)")
            #expect(harness.waitForChanges(2))
            relay.redirect(to: try #require(RealServers.otherMySQL))
            relay.cut()
            let failure = run.waitForFailure()
            #expect(failure.hasPrefix(Self.unavailable), "\(failure)")
            #expect(
                failure.contains("Caused by: the server has not executed \(try lastGTID(harness)), which were delivered"),
                "\(failure)")
            // The next start fails, too, although the record's own offset does not contain its transaction.
            #expect(try harness.start().waitForFailure() == failure)
            // With snapshot.mode=when_needed a snapshot is taken automatically.
            harness.configuration["snapshot.mode"] = "when_needed"
            relay.redirect(to: try #require(RealServers.mysql))
            let next = try harness.start()
            try harness.sql("INSERT INTO t VALUES (4)")
            #expect(harness.waitForChanges(3))
            relay.redirect(to: try #require(RealServers.otherMySQL))
            relay.cut()
            #expect(harness.waitForChanges(4))
            try replica.execute("INSERT INTO t VALUES (5)")
            #expect(harness.waitForChanges(5))
            #expect(next.stop() == nil)
            #expect(harness.changes(of: "t") == ["r1", "c2", "c4", "r1", "c5"])
        }

        /// The transaction that the failover interrupted is not in the offset yet, but rows of it were delivered.
        @Test func replicaWithoutAPartlyDeliveredTransactionIsRefused() throws {
            let (harness, relay) = try harness("v_part")
            try harness.sql("ALTER TABLE t ADD COLUMN v varchar(1000)")
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            _ = try replica(of: harness)
            let other = try #require(RealServers.otherMySQL)
            relay.cut(afterBytes: 400_000, redirectingTo: other)
            try harness.sql("BEGIN")
            for start in stride(from: 1000, to: 2000, by: 100) {
                let rows = (start..<start + 100).map { "(\($0), '\(String(repeating: "x", count: 1000))')" }
                try harness.sql("INSERT INTO t VALUES \(rows.joined(separator: ","))")
            }
            try harness.sql("COMMIT")
            let failure = run.waitForFailure()
            #expect(failure.contains("the server has not executed \(try lastGTID(harness)), which"), "\(failure)")
            #expect((2..<1001).contains(harness.changes(of: "t").count))
        }

        /// A server with semi-synchronous replication: it waits for a replica's acknowledgement before it commits.
        @Test func transactionBeingCommittedIsWaitedFor() throws {
            let (harness, relay) = try harness("v_committing")
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            let replica = try replica(of: harness)
            try harness.sql("INSERT INTO t VALUES (2)")
            #expect(harness.waitForChanges(2))
            let gtid = try lastGTID(harness)
            try replica.execute("SET gtid_next = '\(gtid)'")
            try replica.execute("BEGIN")
            try replica.execute("INSERT INTO t VALUES (2)")
            relay.redirect(to: try #require(RealServers.otherMySQL))
            relay.cut()
            #expect(harness.recording.wait { state in
                state.conditions.last
                    == .interrupted(reason: "the server has not committed \(gtid) yet, which were delivered")
            })
            try replica.execute("COMMIT")
            try replica.execute("SET gtid_next = AUTOMATIC")
            try replica.execute("INSERT INTO t VALUES (3)")
            #expect(harness.waitForChanges(3))
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == ["r1", "c2", "c3"])
        }

        private func interruptions(_ harness: ConnectorHarness) -> [String] {
            harness.recording.read { state in
                state.conditions.compactMap { if case .interrupted(let reason) = $0 { reason } else { nil } }
            }
        }

        /// The connections for server facts, snapshot and table locks must lead to one server.
        @Test(arguments: ["aba", "aaba"])
        func snapshotFromTwoServersIsRestarted(connections: String) throws {
            let (harness, relay) = try harness("v_snapshot", connections: connections)
            // Without RELOAD a second connection locks the tables.
            let account = ["SELECT, LOCK TABLES, REPLICATION SLAVE, REPLICATION CLIENT ON *.*"]
            try harness.useAccount("v_snapshot", grants: account)
            let other = try MySQLConnection.connect(
                MySQLConfiguration(address: try #require(RealServers.otherMySQL), user: "root"))
            try other.execute("DROP USER IF EXISTS v_snapshot")
            try other.execute("CREATE USER v_snapshot IDENTIFIED BY 'secret'")
            try other.execute("GRANT \(account[0]) TO v_snapshot")
            let run = try harness.start()
            #expect(harness.waitForChanges(1))
            try harness.sql("INSERT INTO t VALUES (2)")
            #expect(harness.waitForChanges(2))
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == ["r1", "c2"])
            #expect(interruptions(harness).count == 1)
            // Facts, snapshot and locks again, and the stream.
            #expect(relay.connectionCount == connections.count + 3)
            #expect(interruptions(harness).first?.contains("lead to different servers") == true, "\(interruptions(harness))")
            try other.execute("DROP USER v_snapshot")
            try harness.sql("DROP USER v_snapshot")
        }

        /// On the other server the table has no trigger.
        @Test func dependenciesAreReadFromTheStreamedServer() throws {
            // Server facts, snapshot, stream, query of dependencies; then stream and query again.
            let (harness, relay) = try harness("v_dependencies", connections: "aaaba")
            harness.configuration["table.include.list"] = "v_dependencies.t"
            try harness.sql(
                "CREATE TABLE leads (id int PRIMARY KEY)",
                "CREATE TRIGGER copying AFTER INSERT ON leads FOR EACH ROW INSERT INTO t VALUES (NEW.id)")
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            #expect(relay.waitForConnections(3))
            try harness.sql(
                "SET SESSION binlog_format = 'STATEMENT'", "INSERT INTO leads VALUES (7)", "SET SESSION binlog_format = 'ROW'")
            let failure = run.waitForFailure()
            #expect(
                failure.contains("may change the captured table v_dependencies.t through the trigger v_dependencies.copying"),
                "\(failure)")
            #expect(interruptions(harness).count == 1)
            #expect(interruptions(harness).first?.contains("lead to different servers") == true, "\(interruptions(harness))")
            #expect(relay.connectionCount == 6)
        }

        @Test func snapshotThatKeepsChangingServersFails() throws {
            let (harness, relay) = try harness("v_both", connections: "abababababab")
            let failure = try harness.start().waitForFailure()
            #expect(failure.hasPrefix("The connector needs several connections to one server, and "), "\(failure)")
            #expect(failure.contains("Remedy: Name one server in database.hostname"), "\(failure)")
            #expect(relay.connectionCount == 2 * MySQLSourceTask.snapshotAttemptsMax)
        }
    }
}
