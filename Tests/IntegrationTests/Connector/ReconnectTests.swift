import ConnectData
import MySQLWire
import Testing
import WireCore
import WireStreams

@testable import BinlogSource

extension ConnectorTests {
    /// Network failures between a task and its server: no row is lost or repeated.
    @Suite struct ReconnectTests {
        private func harness(_ name: String) throws -> (ConnectorHarness, Relay) {
            let server = try #require(RealServers.mysql)
            let harness = try ConnectorHarness(name, server: server)
            let relay = try Relay(to: server)
            harness.configuration["database.hostname"] = relay.address.host
            harness.configuration["database.port"] = "\(relay.address.port)"
            harness.configuration["database.ssl.mode"] = "disabled"
            harness.configuration["database.allowPublicKeyRetrieval"] = "true"
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY, v varchar(200))")
            return (harness, relay)
        }

        private func waitForSnapshot(_ harness: ConnectorHarness) -> Bool {
            harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } }
        }

        @Test func streamingContinuesAtTheSameRowAfterALostConnection() throws {
            let (harness, relay) = try harness("r_cut")
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            var generator = SystemRandomNumberGenerator()
            var count = 0
            for _ in 0..<25 {
                // Transactions of several row events of several rows each, cut at a random byte of what they send.
                relay.cut(afterBytes: Int.random(in: 1...6000, using: &generator))
                try harness.sql("BEGIN")
                for _ in 0..<4 {
                    let values = (0..<5).map { "(\(count + $0), '\(String(repeating: "x", count: 150))')" }
                    try harness.sql("INSERT INTO t VALUES \(values.joined(separator: ","))")
                    count += 5
                }
                try harness.sql("COMMIT")
                #expect(harness.waitForChanges(count))
            }
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == (0..<count).map { "c\($0)" })
        }

        @Test func unreachableServerIsReportedAndReconnected() throws {
            let (harness, relay) = try harness("r_away")
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            relay.set(.refusing)
            relay.cut()
            #expect(harness.recording.wait { state in
                if case .interrupted(let reason) = state.conditions.last { reason.contains("Unable to connect") } else { false }
            })
            try harness.sql("INSERT INTO t VALUES (1, '')")
            let back = MonotonicInstant.now
            relay.set(.passing)
            #expect(harness.waitForChanges(1))
            #expect(MonotonicInstant.now.milliseconds(since: back) < 2000)
            #expect(harness.recording.wait { $0.conditions.last == .running })
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == ["c1"])
        }

        @Test func unresponsiveServerIsDetectedWithinTwoSeconds() throws {
            let (harness, relay) = try harness("r_silent")
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            try harness.sql("INSERT INTO t VALUES (1, '')")
            #expect(harness.waitForChanges(1))
            let silent = MonotonicInstant.now
            relay.set(.silent)
            #expect(harness.recording.wait { if case .interrupted = $0.conditions.last { true } else { false } })
            #expect(MonotonicInstant.now.milliseconds(since: silent) < 2500)
            relay.set(.passing)
            relay.cut()
            try harness.sql("INSERT INTO t VALUES (2, '')")
            #expect(harness.waitForChanges(2))
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == ["c1", "c2"])
        }

        @Test func serverUnreachableAtTheStartIsWaitedFor() throws {
            let (harness, relay) = try harness("r_start")
            relay.set(.refusing)
            try harness.sql("INSERT INTO t VALUES (1, '')")
            let run = try harness.start()
            #expect(harness.recording.wait { state in
                if case .interrupted(let reason) = state.conditions.last { reason.contains("Unable to connect") } else { false }
            })
            let back = MonotonicInstant.now
            relay.set(.passing)
            #expect(harness.waitForChanges(1))
            #expect(MonotonicInstant.now.milliseconds(since: back) < 2000)
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == ["r1"])
        }

        /// As after a failover: other clients, or the connector's former connection, use up the account's limit.
        @Test func tooManyConnectionsIsRetried() throws {
            let (harness, relay) = try harness("r_limit")
            try harness.useAccount("r_limit", grants: ["ALL ON *.*"])
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            try harness.sql("INSERT INTO t VALUES (1, '')", "ALTER USER r_limit WITH MAX_USER_CONNECTIONS 1")
            #expect(harness.waitForChanges(1))
            relay.set(.refusing)
            relay.cut()
            let rival = try connectWhenPossible(harness, "r_limit")
            relay.set(.passing)
            #expect(harness.recording.wait { state in
                if case .interrupted(let reason) = state.conditions.last {
                    reason.contains("max_user_connections") && reason.contains("Remedy: See who is connected")
                } else { false }
            })
            rival.close()
            try harness.sql("INSERT INTO t VALUES (2, '')")
            #expect(harness.waitForChanges(2))
            #expect(harness.recording.wait { $0.conditions.last == .running })
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == ["c1", "c2"])
            try harness.sql("DROP USER r_limit")
        }

        /// The server detects the closed connection after a while.
        private func connectWhenPossible(_ harness: ConnectorHarness, _ user: String) throws -> MySQLConnection {
            var options = MySQLConfiguration(address: try #require(RealServers.mysql), user: user, password: "secret")
            options.allowPublicKeyRetrieval = true
            let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
            while true {
                do throws(MySQLError) { return try MySQLConnection.connect(options) } catch {
                    guard error.isRetriable, MonotonicInstant.now < deadline else { throw error }
                }
            }
        }

        @Test func offlineModeIsRetried() throws {
            let (harness, relay) = try harness("r_offline")
            try harness.useAccount("r_offline", grants: ["SELECT, RELOAD, REPLICATION SLAVE, REPLICATION CLIENT ON *.*"])
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            try harness.sql("SET GLOBAL offline_mode = ON")
            relay.cut()
            #expect(harness.recording.wait { state in
                if case .interrupted(let reason) = state.conditions.last { reason.contains("offline mode") } else { false }
            })
            try harness.sql("SET GLOBAL offline_mode = OFF", "INSERT INTO t VALUES (1, '')")
            #expect(harness.waitForChanges(1))
            #expect(run.stop() == nil)
            try harness.sql("DROP USER r_offline")
        }

        @Test func lockedAccountFailsAtOnce() throws {
            let (harness, relay) = try harness("r_locked")
            try harness.useAccount("r_locked", grants: ["ALL ON *.*"])
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            try harness.sql("ALTER USER r_locked ACCOUNT LOCK")
            relay.cut()
            let failure = run.waitForFailure()
            #expect(failure.hasPrefix("Failed to authenticate to the database at "), "\(failure)")
            #expect(failure.contains("Account is locked"), "\(failure)")
            try harness.sql("DROP USER r_locked")
        }

        /// The connection is stalled, and the server is running.
        @Test func stalledStreamContinuesOnANewConnection() throws {
            let (harness, relay) = try harness("r_stuck")
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            try harness.sql("INSERT INTO t VALUES (1, '')")
            #expect(harness.waitForChanges(1))
            relay.hold()
            try harness.sql("INSERT INTO t VALUES (2, '')")
            let stuck = MonotonicInstant.now
            #expect(harness.waitForChanges(2))
            #expect(MonotonicInstant.now.milliseconds(since: stuck) < 2500)
            #expect(run.stop() == nil)
            relay.release()
            #expect(harness.changes(of: "t") == ["c1", "c2"])
        }

        /// As with a large event on a slow disk: each stream pauses at the same position, before its first event or
        /// later. Only the first one is closed.
        @Test(arguments: [0, 200])
        func slowServerIsWaitedForWhileItAnswersProbes(streamBytes: Int) throws {
            let (harness, relay) = try harness("r_slow")
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            try harness.sql("INSERT INTO t VALUES (1, '')")
            #expect(harness.waitForChanges(1))
            let before = relay.connectionCount
            relay.holdStreams(afterBytes: streamBytes)
            try harness.sql("INSERT INTO t VALUES (2, '')")
            // A new stream, and probes of the server after 1.8 and 3.6 s.
            #expect(relay.waitForConnections(before + 3))
            relay.release()
            #expect(harness.waitForChanges(2))
            #expect(harness.recording.wait { $0.conditions.last == .running })
            #expect(relay.connectionCount == before + 3)
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == ["c1", "c2"])
            let interruptions = harness.recording.read { state in
                state.conditions.filter { if case .interrupted = $0 { true } else { false } }.count
            }
            #expect(interruptions == 1)
        }

        @Test func deathOfASlowServerIsDetected() throws {
            let (harness, relay) = try harness("r_slow_dies")
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            try harness.sql("INSERT INTO t VALUES (1, '')")
            #expect(harness.waitForChanges(1))
            let before = relay.connectionCount
            relay.holdStreams(afterBytes: 200)
            #expect(relay.waitForConnections(before + 2))
            relay.set(.refusing)
            // Between the first probe and the second.
            #expect(harness.recording.wait { if case .interrupted = $0.conditions.last { true } else { false } })
            relay.cut()
            relay.set(.passing)
            try harness.sql("INSERT INTO t VALUES (2, '')")
            #expect(harness.waitForChanges(2))
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == ["c1", "c2"])
        }

        @Test func snapshotIsRestartedAfterALostConnection() throws {
            let (harness, relay) = try harness("r_snapshot")
            let values = (0..<2000).map { "(\($0), '\(String(repeating: "x", count: 150))')" }.joined(separator: ",")
            try harness.sql("INSERT INTO t VALUES \(values)")
            relay.cut(afterBytes: 150_000)
            let run = try harness.start()
            #expect(harness.recording.wait { if case .interrupted = $0.conditions.last { true } else { false } })
            relay.cut()
            #expect(waitForSnapshot(harness))
            #expect(run.stop() == nil)
            // Rows sent before the connection was lost are sent again: the last 2000 are the whole table in order.
            #expect(Array(harness.changes(of: "t").suffix(2000)) == (0..<2000).map { "r\($0)" })
        }

        @Test func taskStopsPromptlyWhileItsServerIsUnresponsive() throws {
            let (harness, relay) = try harness("r_stop")
            let run = try harness.start()
            #expect(waitForSnapshot(harness))
            relay.set(.silent)
            let since = MonotonicInstant.now
            #expect(run.stop() == nil)
            #expect(MonotonicInstant.now.milliseconds(since: since) < 1000)
        }
    }
}
