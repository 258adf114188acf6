import ConnectData
import DebeziumPlugins
import MySQLWire
import Testing
import WireCore
import WireStreams

@testable import BinlogSource

extension ConnectorTests {
    /// A statement whose GTID the stored offset lacks is in the history and is sent again by the server: it must be
    /// applied once.
    @Suite struct RestartTests {
        enum Crash: String, CaseIterable {
            case orderlyStop
            /// The statement is in the history, and its offset was not committed.
            case killBeforeTheCommit
        }

        struct Case: CustomTestStringConvertible {
            var name: String
            var statements: [String]
            /// The column that gets 1 from `VALUES (9, 1, 2)`.
            var first: String
            var second: String
            var testDescription: String { name }
        }

        static let cases = [
            Case(
                name: "swap", statements: ["ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a"], first: "b",
                second: "a"),
            Case(name: "rename", statements: ["ALTER TABLE t RENAME COLUMN a TO c"], first: "c", second: "b"),
            Case(
                name: "ghost", statements: ["RENAME TABLE t TO _t_del, _t_gho TO t"], first: "x", second: "y"),
        ]

        @Test(arguments: cases, [DebeziumGeneration.v36, .v19])
        func statementIsAppliedOnce(_ scenario: Case, _ profile: DebeziumGeneration) throws {
            for (index, crash) in Crash.allCases.enumerated() {
                for includesSchemaChanges in [false, true] {
                    let name = "r_\(scenario.name)_\(profile.version.prefix(1))_\(index)\(includesSchemaChanges ? 1 : 0)"
                    try check(scenario, crash, includesSchemaChanges, name, profile)
                }
            }
        }

        private func check(
            _ scenario: Case, _ crash: Crash, _ includesSchemaChanges: Bool, _ name: String,
            _ profile: DebeziumGeneration
        ) throws {
            let harness = try ConnectorHarness(name, server: try #require(RealServers.mysql), profile: profile)
            harness.configuration["include.schema.changes"] = "\(includesSchemaChanges)"
            try harness.sql(
                "CREATE TABLE t (id int PRIMARY KEY, a int, b int)", "CREATE TABLE _t_gho (id int PRIMARY KEY, x int, y int)")
            let first = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            let before = harness.recording.read { ($0.checkpoints.count, $0.history?.count ?? 0) }
            for statement in scenario.statements { try harness.sql(statement) }
            #expect(harness.recording.wait { $0.checkpoints.count > before.0 })
            #expect(first.stop() == nil)
            #expect(harness.recording.read { $0.history?.count ?? 0 } > before.1)
            if crash == .killBeforeTheCommit {
                harness.recording.change { $0.checkpoints.removeLast($0.checkpoints.count - before.0) }
            }
            // Twice, since what the second run recorded again must be recovered, too.
            for id in [9, 10] {
                let run = try harness.start()
                try harness.sql("INSERT INTO t VALUES (\(id), 1, 2)")
                #expect(harness.waitForChanges(id - 8), "\(scenario.name) \(crash)")
                #expect(run.stop() == nil)
                let row = harness.recording.read { $0.records.last?.value.structValue?["after"]?.structValue }
                #expect(row?[scenario.first]?.integerValue == 1, "\(scenario.name) \(crash)")
                #expect(row?[scenario.second]?.integerValue == 2, "\(scenario.name) \(crash)")
            }
        }
    }
}
