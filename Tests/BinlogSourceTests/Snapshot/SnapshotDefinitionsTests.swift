import ConnectData
import DebeziumPlugins
import PluginTestSupport
import Synchronization
import Testing

@testable import BinlogSource

/// Snapshots of many tables, whose definitions are read before the lock, over several connections.
@Suite struct SnapshotDefinitionsTests {
    /// A server whose tables change each time it is asked for the global read lock.
    private final class ChangingServer: Sendable {
        struct State {
            /// Name to the names of its columns.
            var tables: [String: [String]] = [:]
            /// Name to the time of its last change.
            var times: [String: Int] = [:]
            var log = ScriptedBinlog(usesGTIDs: false)
            var now = 0

            /// Changes a table; nil drops it.
            mutating func set(_ table: String, _ columns: [String]?) {
                now += 1
                tables[table] = columns
                times[table] = now
            }
        }

        private let state: Mutex<(current: State, changes: [@Sendable (inout State) -> Void])>

        init(tableCount: Int, changes: [@Sendable (inout State) -> Void]) {
            var state = State()
            for number in 0..<tableCount { state.tables["t\(number)"] = ["id"] }
            self.state = Mutex((state, changes))
        }

        func answer(_ text: String) -> FakeMySQLServer.Answer? {
            state.withLock { state in
                if text.hasPrefix("FLUSH TABLES"), !state.changes.isEmpty { state.changes.removeFirst()(&state.current) }
                let current = state.current
                if text.hasPrefix("SELECT TABLE_SCHEMA, TABLE_NAME") {
                    return .rows(
                        ["TABLE_SCHEMA", "TABLE_NAME", "time"],
                        current.tables.keys.sorted().map { ["shop", $0, "\(current.times[$0] ?? 0)"] })
                }
                if text.hasPrefix("SHOW BINARY LOG STATUS") {
                    return .rows(
                        ["File", "Position", "Executed_Gtid_Set"],
                        [[current.log.file, "\(current.log.position)", ""]])
                }
                guard text.hasPrefix("SHOW CREATE TABLE `shop`.`") else { return nil }
                let name = String(text.split(separator: "`")[3])
                guard let columns = current.tables[name] else { return .failure(code: 1146, message: "no \(name)") }
                let lines = columns.map { "  `\($0)` int NOT NULL,\n" }.joined()
                return .rows(["Table", "Create"], [[name, "CREATE TABLE `\(name)` (\n\(lines)  PRIMARY KEY (`id`)\n)"]])
            }
        }
    }

    private static let tableCount = 450

    private static var properties: [String: String] {
        var properties = PropertyEffect.base(.v36)
        properties["snapshot.locking.mode"] = "minimal"
        properties["snapshot.mode"] = "no_data"
        return properties
    }

    /// - Parameter changes: made one by one, each time the server is asked for the lock.
    private func run(
        stopStatement: String? = nil, _ changes: (@Sendable (inout ChangingServer.State) -> Void)...,
        adjustScript: (inout FakeMySQLServer.Script) -> Void = { _ in }
    ) throws -> TaskRun {
        let server = ChangingServer(tableCount: Self.tableCount, changes: changes)
        // The events after the changes, which the server sends from the beginning.
        var changed = ChangingServer.State()
        for change in changes { change(&changed) }
        return try TaskRun(
            Self.properties, tables: [TaskRun.table("shop", "any")],
            events: changed.log.dump(file: changed.log.file, position: 4), variables: ["master_binlog_checksum": "NONE"],
            stopStatement: stopStatement
        ) { script in
            let stop = script.changingAnswer
            script.changingAnswer = { text in stop(text) ?? server.answer(text) }
            adjustScript(&script)
        }
    }

    /// Table to the columns that the snapshot has recorded for it; a table that was recorded twice fails the test.
    private func recorded(_ run: TaskRun) -> [String: [String]] {
        var tables: [String: [String]] = [:]
        let snapshot = run.history.filter { HistoryPosition(document: $0.position).isInSnapshot }
        for change in snapshot.flatMap(\.tableChanges) {
            guard let definition = change.definition else { continue }
            #expect(tables[change.id.table] == nil)
            tables[change.id.table] = definition.columns.map(\.name)
        }
        return tables
    }

    private static var unchanged: [String: [String]] {
        Dictionary(uniqueKeysWithValues: (0..<tableCount).map { ("t\($0)", ["id"]) })
    }

    @Test func unchangedDefinitionsAreReadOnceAndBeforeTheLock() throws {
        let run = try run()
        #expect(run.failure == nil)
        #expect(recorded(run) == Self.unchanged)
        let statements = run.server.statements.map(\.text)
        let lock = try #require(statements.firstIndex { $0.hasPrefix("FLUSH TABLES") })
        let unlock = try #require(statements.firstIndex { $0.hasPrefix("UNLOCK TABLES") })
        let reads = statements.indices.filter { statements[$0].hasPrefix("SHOW CREATE TABLE") }
        #expect(reads.count == Self.tableCount)
        #expect(reads.allSatisfy { $0 < lock })
        // Only what defines the position is done under the lock.
        #expect(statements[(lock + 1)..<unlock] == ["START TRANSACTION WITH CONSISTENT SNAPSHOT", "SHOW BINARY LOG STATUS"])
        // For the inspection, the snapshot, three more for the definitions, and the stream.
        #expect(run.server.logins.count >= 6)
    }

    @Test(arguments: [true, false])
    func changedTableIsReadAgain(_ isLogged: Bool) throws {
        let run = try run { state in
            state.set("t7", ["id", "added"])
            // Without its statement in the binlog, only the list of tables shows the change.
            guard isLogged else { return }
            state.times["t7"] = nil
            state.log.announce()
            state.log.query("ALTER TABLE t7 ADD COLUMN added int NOT NULL", database: "shop")
        }
        #expect(run.failure == nil)
        #expect(recorded(run) == Self.unchanged.merging(["t7": ["id", "added"]]) { $1 })
        #expect(run.statements("SHOW CREATE TABLE").count <= Self.tableCount + 2)
        #expect(run.statements("FLUSH TABLES").count == 2)
    }

    /// The change at the second lock is read under it.
    @Test func tableThatChangesAtEachLockIsReadUnderTheSecond() throws {
        let run = try run(
            { $0.set("t7", ["id", "first"]) },
            { state in
                state.set("t7", ["id", "first", "second"])
                state.set("t8", ["id", "second"])
            })
        #expect(run.failure == nil)
        #expect(recorded(run) == Self.unchanged.merging(["t7": ["id", "first", "second"], "t8": ["id", "second"]]) { $1 })
        #expect(run.statements("FLUSH TABLES").count == 2)
    }

    @Test func createdDroppedAndRenamedTablesAreFound() throws {
        let run = try run { state in
            state.set("created", ["id", "c"])
            state.set("t1", nil)
            // A rename does not change the time.
            state.set("renamed", state.tables["t2"])
            state.set("t2", nil)
            state.set("t3", ["id", "exchanged"])
        }
        #expect(run.failure == nil)
        var expected = Self.unchanged
        expected["t1"] = nil
        expected["t2"] = nil
        expected["t3"] = ["id", "exchanged"]
        expected["created"] = ["id", "c"]
        expected["renamed"] = ["id"]
        #expect(recorded(run) == expected)
    }

    @Test func lostReadingConnectionRestartsTheSnapshot() throws {
        let hasFailed = Mutex(false)
        let run = try run(adjustScript: { script in
            let answer = script.changingAnswer
            script.changingAnswer = { text in
                let fails = text.hasPrefix("SHOW CREATE TABLE") && hasFailed.withLock { hasFailed in
                    defer { hasFailed = true }
                    return !hasFailed
                }
                return fails ? .failure(code: 1053, message: "Server shutdown in progress") : answer(text)
            }
        })
        #expect(run.failure == nil)
        #expect(recorded(run) == Self.unchanged)
        #expect(run.conditions.contains { if case .interrupted = $0 { true } else { false } })
    }

    @Test func fewerConnectionsAreUsedIfTheServerAcceptsNoMore() throws {
        // After those for the inspection and for the snapshot.
        let run = try run(adjustScript: { $0.refusedLogins = [2, 3, 4] })
        #expect(run.failure == nil)
        #expect(recorded(run) == Self.unchanged)
        #expect(run.conditions.allSatisfy { $0 == .running })
    }

    @Test func stopEndsReading() throws {
        let run = try run(stopStatement: "SHOW CREATE TABLE `shop`.`t33`")
        // The run ended without an error, and before the log.
        #expect(run.failure?.hasPrefix("the task did not read") == true)
        #expect(run.history.isEmpty)
    }
}
