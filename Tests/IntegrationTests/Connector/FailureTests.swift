import ConnectData
import DebeziumPlugins
import MySQLWire
import Testing
import WireCore
import WireStreams

@testable import BinlogSource

extension ConnectorTests {
    /// Errors name what failed, where, why, and the remedy.
    @Suite struct FailureTests {
        private func harness(_ name: String, _ profile: DebeziumGeneration = .v36) throws -> ConnectorHarness {
            let harness = try ConnectorHarness(name, server: try #require(RealServers.mysql), profile: profile)
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)")
            return harness
        }

        private func address(_ harness: ConnectorHarness) -> String {
            "\(harness.configuration["database.hostname"] ?? ""):\(harness.configuration["database.port"] ?? "")"
        }

        @Test func wrongPasswordIsReported() throws {
            let harness = try harness("f_password")
            try harness.useAccount("f_user", grants: ["ALL ON *.*"])
            harness.configuration["database.password"] = "guess"
            let failure = try harness.start().waitForFailure()
            #expect(failure.hasPrefix("Failed to authenticate to the database at \(address(harness)) with user 'f_user'\n"))
            #expect(failure.contains("Access denied for user 'f_user'"))
            #expect(failure.contains("Remedy: Check database.user and database.password"))
            #expect(!failure.contains("guess"))
            let validation = MySQLSourceConnector().validate(harness.configuration)
            let hostname = validation.values.first { $0.name == "database.hostname" }
            #expect(hostname?.errors.first?.hasPrefix("Unable to connect: Failed to authenticate") == true)
            #expect(validation.errorCount == 1)
        }

        @Test func missingPrivilegesAreReported() throws {
            let cases: [(grants: [String], summary: String, remedy: String)] = [
                (["SELECT, RELOAD ON *.*"], "lacks the privilege REPLICATION SLAVE, REPLICATION CLIENT, which reading the binlog",
                    "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `f_grants`@`%`;"),
                (["RELOAD, REPLICATION SLAVE, REPLICATION CLIENT ON *.*", "INSERT ON f_grants.* "],
                    "may not read the table f_grants.t", "GRANT SELECT ON `f_grants`.`t` TO `f_grants`@`%`;"),
                (["SELECT, REPLICATION SLAVE, REPLICATION CLIENT ON *.*"],
                    "User does not have the 'LOCK TABLES' privilege required to obtain a consistent snapshot by preventing "
                        + "concurrent writes to tables.", "GRANT RELOAD ON *.* TO `f_grants`@`%`;"),
            ]
            for (grants, summary, remedy) in cases {
                let harness = try harness("f_grants")
                try harness.useAccount("f_grants", grants: grants)
                let failure = try harness.start().waitForFailure()
                #expect(failure.contains(summary), "\(failure)")
                #expect(failure.contains(remedy), "\(failure)")
            }
        }

        @Test(arguments: [DebeziumGeneration.v36, .v19])
        func purgedBinlogIsReported(_ profile: DebeziumGeneration) throws {
            let harness = try harness("f_purged_\(profile.version.prefix(1))", profile)
            let run = try harness.start()
            #expect(harness.waitForChanges(1))
            try harness.sql("INSERT INTO t VALUES (2)")
            #expect(harness.waitForChanges(2))
            #expect(run.stop() == nil)
            try harness.sql("INSERT INTO t VALUES (3)", "FLUSH BINARY LOGS")
            try harness.endBinlogDumps()
            try harness.sql("PURGE BINARY LOGS BEFORE NOW() + INTERVAL 1 HOUR")
            let failure = try harness.start().waitForFailure()
            let term = profile == .v36 ? "change stream" : "binlog"
            #expect(failure.hasPrefix("The connector is trying to read \(term) starting at {"))
            #expect(failure.contains("but this is no longer available on the server. Reconfigure the connector to use a snapshot "
                + "when needed."))
            // With GTIDs, or on a server without GTIDs with file positions.
            #expect(
                failure.contains("Caused by: the server has purged ")
                    || failure.contains("Caused by: the server no longer has the file "))
            #expect(failure.contains("Remedy: Set snapshot.mode=when_needed"))
            // The task continues after the remedy.
            harness.configuration["snapshot.mode"] = "when_needed"
            let next = try harness.start()
            #expect(harness.waitForChanges(5))
            #expect(next.stop() == nil)
            #expect(Array(harness.changes(of: "t").suffix(3)) == ["r1", "r2", "r3"])
        }

        @Test func unreachableServerIsReported() throws {
            let harness = try harness("f_away")
            let listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
            harness.configuration["database.hostname"] = "127.0.0.1"
            harness.configuration["database.port"] = "\(listener.address.port)"
            listener.stop()
            let run = try harness.start()
            #expect(harness.recording.wait { state in
                if case .interrupted(let reason) = state.conditions.last {
                    reason.hasPrefix("Unable to connect to the database at \(address(harness)) with user 'root'")
                } else { false }
            })
            #expect(run.stop() == nil)
        }

        @Test func missingHistoryIsReported() throws {
            let harness = try harness("f_history")
            let run = try harness.start()
            #expect(harness.waitForChanges(1))
            #expect(run.stop() == nil)
            harness.recording.change { $0.history = [] }
            let emptied = try harness.start().waitForFailure()
            #expect(emptied.hasPrefix("The schema history in the topic f_history-history holds nothing of this connector"))
            harness.recording.change { $0.history = nil }
            let missing = try harness.start().waitForFailure()
            #expect(missing.hasPrefix("The db history topic is missing."))
        }

        @Test func duplicateServerIDIsReported() throws {
            let harness = try harness("f_server_id")
            let run = try harness.start()
            #expect(harness.waitForChanges(1))
            try harness.sql("INSERT INTO t VALUES (2)")
            #expect(harness.waitForChanges(2))
            let serverID = try #require(harness.configuration["database.server.id"].flatMap { UInt32($0) })
            let status = try BinlogStatus(reading: harness.root)
            let rival = try ReplicationStream(
                try MySQLConnection.connect(MySQLConfiguration(address: try #require(RealServers.mysql), user: "root")),
                serverID: serverID, start: .position(file: status.file, position: UInt64(status.position)),
                heartbeatMilliseconds: 100, silenceMilliseconds: 5000)
            _ = try rival.next()
            let failure = run.waitForFailure()
            #expect(failure.contains("uses the same server id \(serverID)"), "\(failure)")
            #expect(failure.contains("Remedy: Set database.server.id"))
            rival.canceller.cancel()
        }

        @Test(.enabled(if: RealServers.mysqlWithoutBinlog != nil, "CDCD_TEST_MYSQL_NO_BINLOG names no MySQL server"))
        func serverWithoutBinlogIsReported() throws {
            let harness = try ConnectorHarness("f_nolog", server: try #require(RealServers.mysqlWithoutBinlog))
            let failure = try harness.start().waitForFailure()
            #expect(failure.hasPrefix("The server at \(address(harness)) does not write a binlog"))
            #expect(failure.contains("Remedy: Remove skip-log-bin or disable-log-bin"))
        }
    }
}
