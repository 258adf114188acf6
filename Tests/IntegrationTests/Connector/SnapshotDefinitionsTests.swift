import ConnectData
import MySQLWire
import Synchronization
import Testing
import WireCore
import WireStreams

@testable import BinlogSource

extension ConnectorTests {
    @Suite struct SnapshotDefinitionsTests {
        private static let tableCount = 300

        /// While the definitions are read, tables are altered, renamed, created and dropped all the time: the recorded
        /// definitions are those at the recorded position, and the stream continues from them.
        @Test func definitionsAreThoseAtThePositionDuringSchemaChanges() throws {
            let name = "n_definitions"
            let address = try #require(RealServers.mysql)
            let harness = try ConnectorHarness(name, server: address)
            harness.configuration["snapshot.mode"] = "no_data"
            for number in 0..<Self.tableCount { try harness.sql("CREATE TABLE t\(number) (id int PRIMARY KEY)") }
            let changer = SchemaChanger(database: name, tableCount: Self.tableCount, server: address)
            #expect(changer.waitForChanges(20))
            let run = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            #expect(changer.waitForChanges(20))
            let states = changer.stop()
            #expect(changer.failure == nil)

            let records = try harness.recording.read { $0.history ?? [] }.map { try HistoryRecord(decoding: $0) }
            let snapshot = records.filter { HistoryPosition(document: $0.position).isInSnapshot }
            let position = try #require(snapshot.first?.position)
            let end = (position["file"]?.stringValue ?? "", position["pos"]?.integerValue ?? 0)
            var recorded: [String: [String]] = [:]
            for change in snapshot.flatMap(\.tableChanges) {
                guard let table = change.definition, table.id.database == name else { continue }
                recorded[table.id.table] = table.columns.map(\.name)
            }
            // Of a statement that ran while other sessions wrote to the binlog it is not known whether it is before the
            // position.
            let first = states.lastIndex { $0.after <= end } ?? 0
            let last = states.firstIndex { $0.before >= end }.map { $0 - 1 } ?? states.count - 1
            #expect(states[first...max(first, last)].contains { $0.tables == recorded })

            try harness.sql("CREATE TABLE marker (id int PRIMARY KEY)", "INSERT INTO marker VALUES (1)")
            #expect(harness.waitForChanges(1, of: "marker"))
            #expect(run.stop() == nil)
            var schema = DatabaseSchema(rules: SchemaRules(profile: .v36))
            for bytes in harness.recording.read({ $0.history ?? [] }) {
                try schema.replay(try HistoryRecord(decoding: bytes))
            }
            let tables = schema.tables.filter { $0.id.database == name }
            var final = Dictionary(uniqueKeysWithValues: tables.map { ($0.id.table, $0.columns.map(\.name)) })
            final["marker"] = nil
            #expect(final == states.last?.tables)
        }
    }
}

/// Changes the tables of a database one statement after the other, until it is stopped.
private final class SchemaChanger: Sendable {
    /// A state of the tables, and the ends of the binlog before and after the statement that made it.
    struct State: Sendable {
        var before: (String, Int64)
        var after: (String, Int64)
        /// Table to the names of its columns.
        var tables: [String: [String]]
    }

    private struct Progress: Sendable {
        var states: [State] = []
        var isStopped = false
        var failure: String?
    }

    private let progress = Monitor(Progress())
    private let completion = ThreadCompletion()

    init(database: String, tableCount: Int, server: SocketAddress) {
        startThread(named: "schema-changer", completion: completion) { [progress] in
            do {
                var options = MySQLConfiguration(address: server, user: "root")
                options.database = database
                let connection = try MySQLConnection.connect(options)
                defer { connection.close() }
                var tables = Dictionary(uniqueKeysWithValues: (0..<tableCount).map { ("t\($0)", ["id"]) })
                var end = try Self.end(connection)
                progress.update { $0.states.append(State(before: end, after: end, tables: tables)) }
                var number = 0
                while !progress.withLock({ $0.isStopped }) {
                    number += 1
                    try connection.execute(Self.change(number, tableCount, &tables))
                    let before = end
                    end = try Self.end(connection)
                    progress.update { $0.states.append(State(before: before, after: end, tables: tables)) }
                }
            } catch {
                progress.update { $0.failure = "\(error)" }
            }
        }
    }

    /// The next statement.
    private static func change(_ number: Int, _ tableCount: Int, _ tables: inout [String: [String]]) -> String {
        let table = "t\(number * 7 % tableCount)"
        guard let columns = tables[table] else {
            tables[table] = ["id", "c\(number)"]
            return "CREATE TABLE \(table) (id int PRIMARY KEY, c\(number) int)"
        }
        switch number % 5 {
        case 0:
            tables[table] = nil
            return "DROP TABLE \(table)"
        case 1:
            tables[table] = nil
            tables["r\(number)"] = columns
            return "RENAME TABLE \(table) TO r\(number)"
        default:
            tables[table] = columns + ["c\(number)"]
            return "ALTER TABLE \(table) ADD COLUMN c\(number) int"
        }
    }

    private static func end(_ connection: MySQLConnection) throws -> (String, Int64) {
        let status = try BinlogStatus(reading: connection)
        return (status.file, status.position)
    }

    var failure: String? { progress.withLock { $0.failure } }

    /// Waits for this number of further changes.
    func waitForChanges(_ count: Int) -> Bool {
        let target = progress.withLock { $0.states.count } + count
        return progress.wait(until: .now.advanced(byMilliseconds: 20_000)) { progress in
            progress.failure != nil ? false : progress.states.count >= target ? true : nil
        } ?? false
    }

    /// Stops and returns all states in order.
    func stop() -> [State] {
        progress.update { $0.isStopped = true }
        completion.wait()
        return progress.withLock { $0.states }
    }
}
