import ConnectData
import MySQLWire
import Testing
import WireCore
import WireStreams

@testable import BinlogSource

extension ConnectorTests {
    /// The network between a task and its server fails in every way; no row is lost and none comes twice.
    @Suite struct ReconnectTests {
        private func world(_ name: String) throws -> (ConnectorWorld, Relay) {
            let server = try #require(RealServers.mysql)
            let world = try ConnectorWorld(name, server: server)
            let relay = try Relay(to: server)
            world.configuration["database.hostname"] = relay.address.host
            world.configuration["database.port"] = "\(relay.address.port)"
            world.configuration["database.ssl.mode"] = "disabled"
            world.configuration["database.allowPublicKeyRetrieval"] = "true"
            try world.sql("CREATE TABLE t (id int PRIMARY KEY, v varchar(200))")
            return (world, relay)
        }

        private func waitForSnapshot(_ world: ConnectorWorld) -> Bool {
            world.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } }
        }

        @Test func streamingContinuesAtTheSameRowAfterALostConnection() throws {
            let (world, relay) = try world("r_cut")
            let run = try world.start()
            #expect(waitForSnapshot(world))
            var generator = SystemRandomNumberGenerator()
            var count = 0
            for _ in 0..<25 {
                // Transactions of several row events of several rows each, cut at a random byte of what they send.
                relay.cut(afterBytes: Int.random(in: 1...6000, using: &generator))
                try world.sql("BEGIN")
                for _ in 0..<4 {
                    let values = (0..<5).map { "(\(count + $0), '\(String(repeating: "x", count: 150))')" }
                    try world.sql("INSERT INTO t VALUES \(values.joined(separator: ","))")
                    count += 5
                }
                try world.sql("COMMIT")
                #expect(world.waitForChanges(count))
            }
            #expect(run.stop() == nil)
            #expect(world.changes(of: "t") == (0..<count).map { "c\($0)" })
        }

        @Test func unreachableServerIsReportedAndReconnected() throws {
            let (world, relay) = try world("r_away")
            let run = try world.start()
            #expect(waitForSnapshot(world))
            relay.set(.refusing)
            relay.cut()
            #expect(world.recording.wait { state in
                if case .interrupted(let reason) = state.conditions.last { reason.contains("Unable to connect") } else { false }
            })
            try world.sql("INSERT INTO t VALUES (1, '')")
            let back = MonotonicInstant.now
            relay.set(.passing)
            #expect(world.waitForChanges(1))
            #expect(MonotonicInstant.now.milliseconds(since: back) < 2000)
            #expect(world.recording.wait { $0.conditions.last == .running })
            #expect(run.stop() == nil)
            #expect(world.changes(of: "t") == ["c1"])
        }

        @Test func unresponsiveServerIsDetectedWithinTwoSeconds() throws {
            let (world, relay) = try world("r_silent")
            let run = try world.start()
            #expect(waitForSnapshot(world))
            try world.sql("INSERT INTO t VALUES (1, '')")
            #expect(world.waitForChanges(1))
            let silent = MonotonicInstant.now
            relay.set(.silent)
            #expect(world.recording.wait { if case .interrupted = $0.conditions.last { true } else { false } })
            #expect(MonotonicInstant.now.milliseconds(since: silent) < 2500)
            relay.set(.passing)
            relay.cut()
            try world.sql("INSERT INTO t VALUES (2, '')")
            #expect(world.waitForChanges(2))
            #expect(run.stop() == nil)
            #expect(world.changes(of: "t") == ["c1", "c2"])
        }

        @Test func serverUnreachableAtTheStartIsWaitedFor() throws {
            let (world, relay) = try world("r_start")
            relay.set(.refusing)
            try world.sql("INSERT INTO t VALUES (1, '')")
            let run = try world.start()
            #expect(world.recording.wait { state in
                if case .interrupted(let reason) = state.conditions.last { reason.contains("Unable to connect") } else { false }
            })
            let back = MonotonicInstant.now
            relay.set(.passing)
            #expect(world.waitForChanges(1))
            #expect(MonotonicInstant.now.milliseconds(since: back) < 2000)
            #expect(run.stop() == nil)
            #expect(world.changes(of: "t") == ["r1"])
        }

        /// As after a failover: others, or the connector's own former connection, take what the account may have.
        @Test func tooManyConnectionsIsRetried() throws {
            let (world, relay) = try world("r_limit")
            try world.useAccount("r_limit", grants: ["ALL ON *.*"])
            let run = try world.start()
            #expect(waitForSnapshot(world))
            try world.sql("INSERT INTO t VALUES (1, '')", "ALTER USER r_limit WITH MAX_USER_CONNECTIONS 1")
            #expect(world.waitForChanges(1))
            relay.set(.refusing)
            relay.cut()
            let rival = try connectWhenPossible(world, "r_limit")
            relay.set(.passing)
            #expect(world.recording.wait { state in
                if case .interrupted(let reason) = state.conditions.last {
                    reason.contains("max_user_connections") && reason.contains("Remedy: See who is connected")
                } else { false }
            })
            rival.close()
            try world.sql("INSERT INTO t VALUES (2, '')")
            #expect(world.waitForChanges(2))
            #expect(world.recording.wait { $0.conditions.last == .running })
            #expect(run.stop() == nil)
            #expect(world.changes(of: "t") == ["c1", "c2"])
            try world.sql("DROP USER r_limit")
        }

        /// The server notices after a while that the connector's connection was cut.
        private func connectWhenPossible(_ world: ConnectorWorld, _ user: String) throws -> MySQLConnection {
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
            let (world, relay) = try world("r_offline")
            try world.useAccount("r_offline", grants: ["SELECT, RELOAD, REPLICATION SLAVE, REPLICATION CLIENT ON *.*"])
            let run = try world.start()
            #expect(waitForSnapshot(world))
            try world.sql("SET GLOBAL offline_mode = ON")
            relay.cut()
            #expect(world.recording.wait { state in
                if case .interrupted(let reason) = state.conditions.last { reason.contains("offline mode") } else { false }
            })
            try world.sql("SET GLOBAL offline_mode = OFF", "INSERT INTO t VALUES (1, '')")
            #expect(world.waitForChanges(1))
            #expect(run.stop() == nil)
            try world.sql("DROP USER r_offline")
        }

        @Test func lockedAccountFailsAtOnce() throws {
            let (world, relay) = try world("r_locked")
            try world.useAccount("r_locked", grants: ["ALL ON *.*"])
            let run = try world.start()
            #expect(waitForSnapshot(world))
            try world.sql("ALTER USER r_locked ACCOUNT LOCK")
            relay.cut()
            let failure = run.waitForFailure()
            #expect(failure.hasPrefix("Failed to authenticate to the database at "), "\(failure)")
            #expect(failure.contains("Account is locked"), "\(failure)")
            try world.sql("DROP USER r_locked")
        }

        /// The connection is stuck on its way, and the server lives.
        @Test func stalledStreamContinuesOnANewConnection() throws {
            let (world, relay) = try world("r_stuck")
            let run = try world.start()
            #expect(waitForSnapshot(world))
            try world.sql("INSERT INTO t VALUES (1, '')")
            #expect(world.waitForChanges(1))
            relay.hold()
            try world.sql("INSERT INTO t VALUES (2, '')")
            let stuck = MonotonicInstant.now
            #expect(world.waitForChanges(2))
            #expect(MonotonicInstant.now.milliseconds(since: stuck) < 2500)
            #expect(run.stop() == nil)
            relay.release()
            #expect(world.changes(of: "t") == ["c1", "c2"])
        }

        /// As with a large event on a slow disk: each stream pauses at the same place, before its first event or later.
        /// Only the first one is given up.
        @Test(arguments: [0, 200])
        func slowServerIsWaitedForWhileItAnswersProbes(streamBytes: Int) throws {
            let (world, relay) = try world("r_slow")
            let run = try world.start()
            #expect(waitForSnapshot(world))
            try world.sql("INSERT INTO t VALUES (1, '')")
            #expect(world.waitForChanges(1))
            let before = relay.connectionCount
            relay.holdStreams(afterBytes: streamBytes)
            try world.sql("INSERT INTO t VALUES (2, '')")
            // A new stream, and after 1.8 and 3.6 s the question whether the server lives.
            #expect(relay.waitForConnections(before + 3))
            relay.release()
            #expect(world.waitForChanges(2))
            #expect(world.recording.wait { $0.conditions.last == .running })
            #expect(relay.connectionCount == before + 3)
            #expect(run.stop() == nil)
            #expect(world.changes(of: "t") == ["c1", "c2"])
            let interruptions = world.recording.read { state in
                state.conditions.filter { if case .interrupted = $0 { true } else { false } }.count
            }
            #expect(interruptions == 1)
        }

        @Test func deathOfASlowServerIsDetected() throws {
            let (world, relay) = try world("r_slow_dies")
            let run = try world.start()
            #expect(waitForSnapshot(world))
            try world.sql("INSERT INTO t VALUES (1, '')")
            #expect(world.waitForChanges(1))
            let before = relay.connectionCount
            relay.holdStreams(afterBytes: 200)
            #expect(relay.waitForConnections(before + 2))
            relay.set(.refusing)
            // Between the first question and the second.
            #expect(world.recording.wait { if case .interrupted = $0.conditions.last { true } else { false } })
            relay.cut()
            relay.set(.passing)
            try world.sql("INSERT INTO t VALUES (2, '')")
            #expect(world.waitForChanges(2))
            #expect(run.stop() == nil)
            #expect(world.changes(of: "t") == ["c1", "c2"])
        }

        @Test func snapshotIsRestartedAfterALostConnection() throws {
            let (world, relay) = try world("r_snapshot")
            let values = (0..<2000).map { "(\($0), '\(String(repeating: "x", count: 150))')" }.joined(separator: ",")
            try world.sql("INSERT INTO t VALUES \(values)")
            relay.cut(afterBytes: 150_000)
            let run = try world.start()
            #expect(world.recording.wait { if case .interrupted = $0.conditions.last { true } else { false } })
            relay.cut()
            #expect(waitForSnapshot(world))
            #expect(run.stop() == nil)
            // What was sent before the cut is sent again: the last 2000 are the whole table in order.
            #expect(Array(world.changes(of: "t").suffix(2000)) == (0..<2000).map { "r\($0)" })
        }

        @Test func taskStopsPromptlyWhileItsServerIsUnresponsive() throws {
            let (world, relay) = try world("r_stop")
            let run = try world.start()
            #expect(waitForSnapshot(world))
            relay.set(.silent)
            let since = MonotonicInstant.now
            #expect(run.stop() == nil)
            #expect(MonotonicInstant.now.milliseconds(since: since) < 1000)
        }
    }
}
