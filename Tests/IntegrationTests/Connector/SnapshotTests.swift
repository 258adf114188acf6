import ConnectData
import DebeziumPlugins
import MySQLWire
import Synchronization
import Testing
import WireCore
import WireStreams

@testable import BinlogSource

extension ConnectorTests {
    @Suite struct SnapshotTests {
        private func harness(_ name: String, _ profile: DebeziumGeneration = .v36) throws -> ConnectorHarness {
            try ConnectorHarness(name, server: try #require(RealServers.mysql), profile: profile)
        }

        /// Applies the records in order and returns the rows that a consumer would have, and inconsistencies.
        private func replay(_ harness: ConnectorHarness, _ table: String = "t") -> (rows: [Int64: Int64], faults: [String]) {
            var rows: [Int64: Int64] = [:]
            var faults: [String] = []
            for record in harness.recording.read({ $0.records }) where record.topic == "\(harness.name).\(harness.name).\(table)" {
                guard let envelope = record.value.structValue, let operation = envelope["op"]?.stringValue else { continue }
                let after = envelope["after"]?.structValue
                let before = envelope["before"]?.structValue
                let id = (after ?? before)?["id"]?.integerValue ?? -1
                switch operation {
                case "r", "c":
                    if rows[id] != nil { faults.append("\(operation) of \(id), which is there") }
                    rows[id] = after?["v"]?.integerValue
                case "u":
                    if rows[id] != before?["v"]?.integerValue { faults.append("u of \(id) on another value") }
                    rows[id] = after?["v"]?.integerValue
                default:
                    if rows[id] == nil { faults.append("d of \(id), which is not there") }
                    rows[id] = nil
                }
            }
            return (rows, faults)
        }

        /// Writers run before, during and after the snapshot; every change arrives exactly once.
        @Test(arguments: [DebeziumGeneration.v36, .v19], [true, false])
        func concurrentWritesAreNeitherLostNorRepeated(_ profile: DebeziumGeneration, _ hasGlobalLock: Bool) throws {
            let name = "n_writes_\(profile.version.prefix(1))_\(hasGlobalLock)"
            let harness = try harness(name, profile)
            if !hasGlobalLock { try harness.useAccount("n_locker", grants: [
                "SELECT, LOCK TABLES, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT ON *.*",
            ]) }
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY, v int)")
            for start in stride(from: 0, to: 20_000, by: 1000) {
                try harness.sql("INSERT INTO t VALUES " + (start..<start + 1000).map { "(\($0),0)" }.joined(separator: ","))
            }
            let writers = Writers(count: 3, database: name, server: try #require(RealServers.mysql))
            #expect(writers.waitForStatements(50))
            let run = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            #expect(writers.waitForStatements(200))
            writers.stop()
            try harness.sql("INSERT INTO t VALUES (-1, 0)")
            #expect(harness.recording.wait { state in
                state.records.contains { $0.key.structValue?["id"] == .integer(-1) }
            })
            #expect(run.stop() == nil)
            let (rows, faults) = replay(harness)
            #expect(faults.isEmpty, "\(faults.prefix(5)), \(faults.count) in all")
            var expected: [Int64: Int64] = [:]
            for row in try harness.root.queryText("SELECT id, v FROM t").rows {
                if let id = row[0].flatMap({ Int64($0) }) { expected[id] = row[1].flatMap { Int64($0) } }
            }
            #expect(rows == expected)
        }

        @Test func snapshotStoppedCleanlyIsRestartedByTheNextRun() throws {
            let harness = try harness("n_stop")
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY, v int)")
            for start in stride(from: 0, to: 20_000, by: 1000) {
                try harness.sql("INSERT INTO t VALUES " + (start..<start + 1000).map { "(\($0),0)" }.joined(separator: ","))
            }
            harness.recording.change { $0.capacity = 5000 }
            let first = try harness.start()
            #expect(harness.recording.wait { $0.records.count == 5000 })
            #expect(first.stop() == nil)
            #expect(try SourceOffset(try #require(harness.recording.storedOffset)).phase == .snapshotRunning)
            harness.recording.change { $0.capacity = .max }
            let second = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.last?.offset["snapshot"] == nil })
            #expect(second.stop() == nil)
            #expect(Array(harness.changes(of: "t").suffix(20_000)) == (0..<20_000).map { "r\($0)" })
        }

        /// A table is dropped after the definitions were read and before its rows are read.
        @Test func snapshotIsRestartedWhenATableIsDropped() throws {
            let harness = try harness("n_gone")
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE u (id int PRIMARY KEY)")
            try harness.sql("INSERT INTO t VALUES (1), (2), (3)", "INSERT INTO u VALUES (1)")
            harness.configuration["include.schema.changes"] = "false"
            let server = try #require(RealServers.mysql)
            harness.recording.change {
                $0.hook = (1, {
                    let other = try MySQLConnection.connect(MySQLConfiguration(address: server, user: "root"))
                    try other.execute("DROP TABLE n_gone.u")
                    other.close()
                })
            }
            let run = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == ["r1", "r2", "r1", "r2", "r3"])
            #expect(harness.changes(of: "u").isEmpty)
        }

        /// After INSTANT changes, an old transaction reads the rows with the new column names.
        @Test(arguments: ["RENAME COLUMN v TO x", "RENAME COLUMN v TO w, RENAME COLUMN w TO v"])
        func snapshotIsRestartedWhenColumnsAreRenamed(change: String) throws {
            let harness = try harness("n_renamed")
            try harness.sql(
                "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)",
                "CREATE TABLE u (id int PRIMARY KEY, v int, w int)", "INSERT INTO u VALUES (1, 7, 8)")
            harness.configuration["include.schema.changes"] = "false"
            let server = try #require(RealServers.mysql)
            harness.recording.change { state in
                // The rows of `t` are being read; the definition of `u` was read before.
                state.hook = (1, {
                    let connection = try MySQLConnection.connect(MySQLConfiguration(address: server, user: "root"))
                    try connection.execute("ALTER TABLE n_renamed.u \(change), ALGORITHM=INSTANT")
                    connection.close()
                })
            }
            let run = try harness.start()
            #expect(harness.waitForChanges(1, of: "u"))
            #expect(run.stop() == nil)
            let last = harness.recording.read { $0.records.last { $0.topic == "n_renamed.n_renamed.u" } }
            let row = last?.value.structValue?["after"]?.structValue
            #expect(row?["w"] == .integer(change.contains(",") ? 7 : 8))
            #expect(harness.recording.read { $0.conditions }.contains { condition in
                if case .interrupted(let reason) = condition { reason.contains("columns of n_renamed.u changed") } else { false }
            })
        }

        @Test func snapshotModeDecidesWhatIsReadAndStreamed() throws {
            let noData = try harness("n_no_data")
            noData.configuration["snapshot.mode"] = "no_data"
            try noData.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)")
            let streaming = try noData.start()
            #expect(noData.recording.wait { $0.checkpoints.last.map { $0.offset["snapshot"] == nil } ?? false })
            try noData.sql("INSERT INTO t VALUES (2)")
            #expect(noData.waitForChanges(1))
            #expect(streaming.stop() == nil)
            #expect(noData.changes(of: "t") == ["c2"])

            let initialOnly = try harness("n_initial_only")
            initialOnly.configuration["snapshot.mode"] = "initial_only"
            try initialOnly.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)")
            let run = try initialOnly.start()
            #expect(initialOnly.recording.wait { $0.checkpoints.last.map { $0.offset["snapshot"] == nil } ?? false })
            #expect(run.stop() == nil)
            #expect(initialOnly.changes(of: "t") == ["r1"])
        }

        @Test func tablesAndDefinitionsAreInDebeziumsOrder() throws {
            let harness = try harness("n_order")
            harness.configuration["table.include.list"] = "n_order.b,n_order.a.*"
            try harness.sql("CREATE TABLE a1 (id int PRIMARY KEY)", "CREATE TABLE a2 (id int PRIMARY KEY)")
            try harness.sql("CREATE TABLE b (id int PRIMARY KEY)", "CREATE TABLE other (id int PRIMARY KEY)")
            try harness.sql("INSERT INTO a1 VALUES (1)", "INSERT INTO a2 VALUES (2)", "INSERT INTO b VALUES (3)")
            let run = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.last.map { $0.offset["snapshot"] == nil } ?? false })
            #expect(run.stop() == nil)
            let records = harness.recording.read { $0.records }
            let statements = records.compactMap(\.value.structValue)
                // Tables that other tests did not drop are recorded, too.
                .filter { $0["databaseName"]?.stringValue == "n_order" }
                .compactMap { $0["ddl"]?.stringValue }
                .filter { $0.contains("n_order") || $0.contains("CREATE TABLE `a") || $0.contains("CREATE TABLE `b") }
                .map { String($0.prefix(44)) }
            #expect(statements == [
                "DROP TABLE IF EXISTS `n_order`.`a1`", "DROP TABLE IF EXISTS `n_order`.`a2`", "DROP TABLE IF EXISTS `n_order`.`b`",
                "DROP TABLE IF EXISTS `n_order`.`other`", "DROP DATABASE IF EXISTS `n_order`",
                "CREATE DATABASE `n_order` CHARSET utf8mb4 CO", "USE `n_order`",
                "CREATE TABLE `a1` (\n  `id` int NOT NULL,\n  P", "CREATE TABLE `a2` (\n  `id` int NOT NULL,\n  P",
                "CREATE TABLE `b` (\n  `id` int NOT NULL,\n  PR",
            ])
            let rows = records.filter { $0.topic.contains(".n_order.") }
            #expect(rows.map { $0.topic.split(separator: ".").last ?? "" } == ["b", "a1", "a2"])
            #expect(rows.map { $0.value.structValue?["source"]?.structValue?["snapshot"]?.stringValue } == [
                "first", "last_in_data_collection", "last",
            ])
        }
    }
}

/// Sessions that insert, update and delete rows of `t` until they are stopped.
private final class Writers: Sendable {
    private let isStopped = Atomic<Bool>(false)
    private let statementCount = Mutex(0)
    private let completions: [ThreadCompletion]

    init(count: Int, database: String, server: SocketAddress) {
        completions = (0..<count).map { _ in ThreadCompletion() }
        for index in 0..<count {
            let completion = completions[index]
            startThread(named: "writer") { [weak self] in
                defer { completion.finish() }
                guard
                    let session = try? MySQLConnection.connect(
                        MySQLConfiguration(address: server, user: "root", database: database))
                else { return }
                var next = 100_000 * (index + 1)
                while let self, !self.isStopped.load(ordering: .acquiring) {
                    next += 1
                    let old = (next * 7 + index) % 20_000
                    do {
                        try session.execute("BEGIN")
                        try session.execute("INSERT INTO t VALUES (\(next), 1), (\(next + 50_000), 2)")
                        try session.execute("UPDATE t SET v = v + 1 WHERE id IN (\(old), \(next))")
                        try session.execute("DELETE FROM t WHERE id = \((old + 5) % 20_000)")
                        try session.execute("COMMIT")
                    } catch {
                        // A deadlock with another writer rolls this transaction back.
                        _ = try? session.execute("ROLLBACK")
                    }
                    self.statementCount.withLock { $0 += 1 }
                }
                session.close()
            }
        }
    }

    /// Waits until this number of further transactions was written.
    func waitForStatements(_ count: Int) -> Bool {
        let target = statementCount.withLock { $0 } + count
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        while statementCount.withLock({ $0 }) < target {
            guard MonotonicInstant.now < deadline else { return false }
            _ = completions[0].wait(milliseconds: 5)
        }
        return true
    }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        for completion in completions { _ = completion.wait(milliseconds: 10_000) }
    }
}
