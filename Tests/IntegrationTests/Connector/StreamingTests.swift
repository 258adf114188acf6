import ConnectData
import DebeziumPlugins
import MySQLWire
import Testing
import WireCore
import WireStreams

@testable import BinlogSource

extension ConnectorTests {
    @Suite struct StreamingTests {
        private func harness(_ name: String, _ profile: DebeziumGeneration = .v36) throws -> ConnectorHarness {
            try ConnectorHarness(name, server: try #require(RealServers.mysql), profile: profile)
        }

        @Test(arguments: [DebeziumGeneration.v36, .v19])
        func streamingFollowsTheSnapshot(_ profile: DebeziumGeneration) throws {
            let harness = try harness("s_basic_\(profile.version.prefix(1))", profile)
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1,1),(2,2)")
            let run = try harness.start()
            #expect(harness.waitForChanges(2))
            try harness.sql("INSERT INTO t VALUES (3,3)", "UPDATE t SET v = 9 WHERE id = 1", "DELETE FROM t WHERE id = 2")
            #expect(harness.waitForChanges(6))
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == ["r1", "r2", "c3", "u1", "d2", "-2"])
        }

        @Test func cleanStopRepeatsNothing() throws {
            let harness = try harness("s_stop")
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY, v int)")
            for round in 0..<4 {
                let run = try harness.start()
                try harness.sql("INSERT INTO t VALUES (\(round * 3),0),(\(round * 3 + 1),0)", "INSERT INTO t VALUES (\(round * 3 + 2),0)")
                #expect(harness.waitForChanges(round * 3 + 3))
                #expect(run.stop() == nil)
            }
            #expect(Set(harness.changes(of: "t")).count == 12)
            #expect(harness.changes(of: "t").count == 12)
        }

        /// The sink blocks in the middle of a row event, and the task is stopped there.
        @Test func stopWithinARowEventResumesAtItsNextRow() throws {
            let harness = try harness("s_middle")
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY)")
            let first = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            let before = harness.recording.read { $0.records.count }
            harness.recording.change { $0.capacity = before + 7 }
            let values = (1...20).map { "(\($0))" }.joined(separator: ",")
            try harness.sql("BEGIN", "INSERT INTO t VALUES (0)", "INSERT INTO t VALUES \(values)", "COMMIT")
            #expect(harness.waitForChanges(7))
            #expect(first.stop() == nil)
            let offset = try SourceOffset(try #require(harness.recording.storedOffset))
            #expect(offset.rowCount == 6)
            #expect(offset.eventCount == 4)
            harness.recording.change { $0.capacity = .max }
            let second = try harness.start()
            #expect(harness.waitForChanges(21))
            #expect(second.stop() == nil)
            #expect(harness.changes(of: "t") == (0...20).map { "c\($0)" })
        }

        @Test func changesOfUncapturedTablesAreSkipped() throws {
            let harness = try harness("s_filter")
            harness.configuration["table.include.list"] = "s_filter.t"
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE other (id int PRIMARY KEY)")
            let run = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            try harness.sql("INSERT INTO other VALUES (1)", "INSERT INTO t VALUES (1)", "INSERT INTO other VALUES (2)")
            #expect(harness.waitForChanges(1))
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "other").isEmpty)
        }

        @Test func schemaChangesAreFollowedWhileStreamingAndWhileStopped() throws {
            let harness = try harness("s_ddl")
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1,1)")
            let first = try harness.start()
            #expect(harness.waitForChanges(1))
            try harness.sql("ALTER TABLE t ADD COLUMN w varchar(5) DEFAULT 'w'", "INSERT INTO t VALUES (2,2,'x')")
            #expect(harness.waitForChanges(2))
            #expect(first.stop() == nil)
            try harness.sql("INSERT INTO t VALUES (3,3,'y')", "RENAME TABLE t TO u", "INSERT INTO u VALUES (4,4,'z')")
            let second = try harness.start()
            #expect(harness.waitForChanges(1, of: "u"))
            #expect(second.stop() == nil)
            #expect(harness.changes(of: "t") == ["r1", "c2", "c3"])
            #expect(harness.changes(of: "u") == ["c4"])
            let last = harness.recording.read { $0.records.last?.value.structValue?["after"]?.structValue?["w"] }
            #expect(last == .string("z"))
        }

        /// The offset of a schema change lacks its own GTID, so the server sends it again, and it is recorded again, as
        /// in Debezium.
        @Test func schemaChangeThatStoredTheOffsetIsRepeatedWithGTIDs() throws {
            let harness = try harness("s_ddl_last")
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY)")
            let first = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            try harness.sql("ALTER TABLE t ADD COLUMN w int")
            let isAlter = { (record: ConnectRecord) in record.value.structValue?["ddl"]?.stringValue?.hasPrefix("ALTER") == true }
            #expect(harness.recording.wait { $0.records.contains(where: isAlter) })
            #expect(first.stop() == nil)
            let second = try harness.start()
            try harness.sql("INSERT INTO t VALUES (1,1)")
            #expect(harness.waitForChanges(1))
            #expect(second.stop() == nil)
            #expect(harness.recording.read { $0.records.filter(isAlter).count } == 2)
            // After rows, its GTID is in the offset.
            let third = try harness.start()
            try harness.sql("INSERT INTO t VALUES (2,2)")
            #expect(harness.waitForChanges(2))
            #expect(third.stop() == nil)
            #expect(harness.recording.read { $0.records.filter(isAlter).count } == 2)
        }

        @Test func statementBasedChangesOfCapturedTablesFailByName() throws {
            let harness = try harness("s_statement")
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "CREATE DATABASE IF NOT EXISTS s_statement_other")
            try harness.sql("CREATE TABLE IF NOT EXISTS s_statement_other.unrelated (id int)")
            let run = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            try harness.sql("SET SESSION binlog_format = 'STATEMENT'", "INSERT INTO s_statement_other.unrelated VALUES (1)")
            try harness.sql("SET SESSION binlog_format = 'ROW'", "INSERT INTO t VALUES (1)")
            #expect(harness.waitForChanges(1))
            try harness.sql("SET SESSION binlog_format = 'STATEMENT'", "INSERT INTO t VALUES (2)")
            let failure = run.waitForFailure()
            #expect(failure.contains("as a statement, and it names the captured table s_statement.t: INSERT INTO t VALUES (?)"))
            #expect(failure.contains("Remedy: SET PERSIST binlog_format = 'ROW'"))
        }

        @Test func unsupportedEventsFailByName() throws {
            let cases: [(name: String, settings: String, statement: String, expected: String)] = [
                ("s_compressed", "SET SESSION binlog_transaction_compression = ON", "INSERT INTO t VALUES (2, '{}')",
                    "holds a TRANSACTION_PAYLOAD_EVENT, which is not supported"),
                ("s_partial", "SET SESSION binlog_row_value_options = 'PARTIAL_JSON'",
                    "UPDATE t SET j = JSON_SET(j, '$.a', 2)", "holds a PARTIAL_UPDATE_ROWS_EVENT, which is not supported"),
                ("s_minimal", "SET SESSION binlog_row_image = 'MINIMAL'", "UPDATE t SET j = '[]'",
                    "holds rows of s_minimal.t that lack columns, which is not supported"),
            ]
            for (name, settings, statement, expected) in cases {
                let harness = try harness(name)
                try harness.sql(
                    "CREATE TABLE t (id int PRIMARY KEY, j json)", #"INSERT INTO t VALUES (1, '{"a": 1, "b": "long enough text"}')"#)
                let run = try harness.start()
                #expect(harness.waitForChanges(1))
                try harness.sql(settings, statement)
                let failure = run.waitForFailure()
                #expect(failure.contains(expected), "\(failure)")
                #expect(failure.contains("Remedy: SET PERSIST"))
            }
        }

        /// XA: rows are written to the binlog when they are prepared; a later statement commits or rolls back.
        @Test func preparedTransactionsAreEmittedOnceAcrossARestart() throws {
            let harness = try harness("s_xa")
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY)")
            let first = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            try harness.sql("XA START 's_xa'", "INSERT INTO t VALUES (1),(2)", "XA END 's_xa'", "XA PREPARE 's_xa'")
            #expect(harness.waitForChanges(2))
            #expect(harness.recording.wait { $0.checkpoints.last?.recordCount == $0.records.count })
            #expect(first.stop() == nil)
            let second = try harness.start()
            try harness.sql("XA COMMIT 's_xa'", "INSERT INTO t VALUES (3)")
            #expect(harness.waitForChanges(3))
            #expect(second.stop() == nil)
            #expect(harness.changes(of: "t") == ["c1", "c2", "c3"])
        }

        /// As in Debezium, the rows are emitted at XA PREPARE, and the stream continues after the rollback.
        @Test func streamContinuesAfterARollbackOfAPreparedTransaction() throws {
            let harness = try harness("s_xa_back")
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY)")
            let run = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            try harness.sql(
                "XA START 's_xa_back'", "INSERT INTO t VALUES (1)", "XA END 's_xa_back'", "XA PREPARE 's_xa_back'",
                "XA ROLLBACK 's_xa_back'", "INSERT INTO t VALUES (2)")
            #expect(harness.waitForChanges(2))
            // A one-phase commit is a commit: the identifier may be reused.
            try harness.sql(
                "XA START 's_xa_back'", "INSERT INTO t VALUES (3)", "XA END 's_xa_back'", "XA COMMIT 's_xa_back' ONE PHASE",
                "INSERT INTO t VALUES (4)")
            #expect(harness.waitForChanges(4))
            #expect(run.stop() == nil)
            let next = try harness.start()
            try harness.sql("INSERT INTO t VALUES (5)")
            #expect(harness.waitForChanges(5))
            #expect(next.stop() == nil)
            #expect(harness.changes(of: "t") == ["c1", "c2", "c3", "c4", "c5"])
        }

        /// CREATE TABLE … SELECT is one transaction with a statement and rows.
        @Test func tableCreatedFromAQueryIsCaptured() throws {
            let harness = try harness("s_select")
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1),(2)")
            let run = try harness.start()
            #expect(harness.waitForChanges(2))
            try harness.sql("CREATE TABLE u (PRIMARY KEY (id)) SELECT id, id * 10 AS v FROM t")
            #expect(harness.waitForChanges(2, of: "u"))
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "u") == ["c1", "c2"])
        }

        /// A transaction much larger than a batch is emitted as it arrives, and its offsets point into it.
        @Test func largeTransactionIsCheckpointedInBetween() throws {
            let harness = try harness("s_large")
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY, v varchar(100))")
            let run = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            try harness.sql("BEGIN")
            for start in stride(from: 0, to: 20_000, by: 2000) {
                let values = (start..<start + 2000).map { "(\($0), 'some text that fills the row')" }
                try harness.sql("INSERT INTO t VALUES \(values.joined(separator: ","))")
            }
            try harness.sql("COMMIT")
            #expect(harness.waitForChanges(20_000))
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == (0..<20_000).map { "c\($0)" })
            let inside = harness.recording.read { $0.checkpoints.filter { $0.offset["event"] != nil }.count }
            #expect(inside >= 3)
        }
    }
}
