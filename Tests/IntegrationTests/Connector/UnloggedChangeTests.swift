import BinlogSource
import ConnectData
import Testing

extension ConnectorTests {
    /// Tables that are changed without being logged: the schema history no longer describes their rows.
    @Suite struct UnloggedChangeTests {
        private func harness(
            _ name: String, _ table: String, _ options: [String: String] = [:]
        ) throws -> ConnectorHarness {
            let harness = try ConnectorHarness(name, server: try #require(RealServers.mysql))
            harness.configuration.merge(options) { $1 }
            try harness.sql("SET GLOBAL binlog_row_metadata = FULL", table)
            return harness
        }

        private func endFull(_ harness: ConnectorHarness) throws {
            try harness.sql("SET GLOBAL binlog_row_metadata = MINIMAL")
        }

        /// Changes the table without logging and inserts a row.
        private func change(_ harness: ConnectorHarness, _ alter: String, _ insert: String) throws -> ConnectorRun {
            try harness.sql("INSERT INTO t VALUES (1, 1)")
            let run = try harness.start()
            #expect(harness.waitForChanges(1))
            try harness.sql("SET SESSION sql_log_bin = 0", alter, "SET SESSION sql_log_bin = 1", insert)
            return run
        }

        private static let swap = "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a"

        @Test(arguments: [
            ("CREATE TABLE t (a int, b int)", swap, "INSERT INTO t VALUES (2, 2)",
                "Column a of table d_fail.t cannot be captured: in the schema history column 1 is named a, but it is b on the server"),
            ("CREATE TABLE t (a int PRIMARY KEY, b int)", "ALTER TABLE t MODIFY b int unsigned",
                "INSERT INTO t VALUES (2, 4294967295)",
                "Column b of table d_fail.t cannot be captured: in the schema history it is signed, but unsigned on the server"),
            ("CREATE TABLE t (a int PRIMARY KEY, b int)", "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (b)",
                "INSERT INTO t VALUES (1, 2)",
                "Column b of table d_fail.t cannot be captured: in the schema history the table's key is (a), but on the server it "
                    + "is (b)"),
            ("CREATE TABLE t (a int PRIMARY KEY, b enum('x','y'))", "ALTER TABLE t MODIFY b enum('y','x')",
                "INSERT INTO t VALUES (2, 'x')",
                "Column b of table d_fail.t cannot be captured: in the schema history its options are 'x','y', but 'y','x' on the "
                    + "server"),
            ("CREATE TABLE t (a int PRIMARY KEY, b decimal(10,2))", "ALTER TABLE t MODIFY b decimal(12,4)",
                "INSERT INTO t VALUES (2, 1.2345)",
                "Column b of table d_fail.t cannot be captured: in the schema history it is DECIMAL(10,2), but the server stores "
                    + "DECIMAL(12,4)"),
            ("CREATE TABLE t (a int PRIMARY KEY, b decimal(10,2))", "ALTER TABLE t MODIFY b decimal(20,2)",
                "INSERT INTO t VALUES (2, 123456789012345678)",
                "Column b of table d_fail.t cannot be captured: in the schema history it is DECIMAL(10,2), but the server stores "
                    + "DECIMAL(20,2)"),
        ])
        func changeIsRefusedWithBothDefinitions(table: String, alter: String, insert: String, expected: String) throws {
            let harness = try harness("d_fail", table)
            defer { try? endFull(harness) }
            let failure = try change(harness, alter, insert).waitForFailure()
            #expect(failure.contains(expected), "\(failure)")
            #expect(failure.contains("new snapshot"))
            #expect(harness.changes(of: "t").count == 1)
        }

        private func lastRow(_ harness: ConnectorHarness) -> Struct? {
            harness.recording.read { state in
                state.records.last { $0.topic == "\(harness.name).\(harness.name).t" }?.value.structValue?["after"]?.structValue
            }
        }

        @Test(arguments: [
            ("precise", ConnectValue.bytes([0x01, 0xF4])), ("string", .string("5")), ("double", .float64(5)),
        ])
        func smallerScaleLosesNoDigits(mode: String, expected: ConnectValue) throws {
            let harness = try harness(
                "d_scale", "CREATE TABLE t (a int PRIMARY KEY, b decimal(10,2))", ["decimal.handling.mode": mode])
            defer { try? endFull(harness) }
            let run = try change(harness, "ALTER TABLE t MODIFY b decimal(10)", "INSERT INTO t VALUES (2, 5)")
            #expect(harness.waitForChanges(2))
            #expect(run.stop() == nil)
            #expect(lastRow(harness)?["b"] == expected)
        }

        @Test func textIsDecodedAsTheServerStoresIt() throws {
            let harness = try harness("d_text", "CREATE TABLE t (a int PRIMARY KEY, b varchar(9) CHARACTER SET utf8mb4)")
            defer { try? endFull(harness) }
            try harness.sql("SET NAMES utf8mb4")
            let run = try change(
                harness, "ALTER TABLE t MODIFY b varchar(9) CHARACTER SET latin1", "INSERT INTO t VALUES (2, 'ü')")
            #expect(harness.waitForChanges(2))
            #expect(run.stop() == nil)
            #expect(lastRow(harness)?["b"] == .string("ü"))
        }

        /// A unique key is used in place of the primary key; the server reports another one.
        @Test func uniqueKeyInPlaceOfAPrimaryKeyIsNoConflict() throws {
            let harness = try harness("d_unique", "CREATE TABLE t (a int NOT NULL UNIQUE, b int NOT NULL UNIQUE)")
            defer { try? endFull(harness) }
            let run = try change(harness, "ALTER TABLE t MODIFY a int NULL", "INSERT INTO t VALUES (2, 2)")
            #expect(harness.waitForChanges(2))
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == ["r1", "c2"])
        }
    }
}
