import BinlogSource
import ConnectData
import Testing

extension ConnectorTests {
    /// Tables that are changed without a trace in the binlog: the schema history no longer describes their rows.
    @Suite struct UnloggedChangeTests {
        private func world(
            _ name: String, _ table: String, _ options: [String: String] = [:]
        ) throws -> ConnectorWorld {
            let world = try ConnectorWorld(name, server: try #require(RealServers.mysql))
            world.configuration.merge(options) { $1 }
            try world.sql("SET GLOBAL binlog_row_metadata = FULL", table)
            return world
        }

        private func endFull(_ world: ConnectorWorld) throws {
            try world.sql("SET GLOBAL binlog_row_metadata = MINIMAL")
        }

        /// Changes the table behind the connector's back and inserts a row.
        private func change(_ world: ConnectorWorld, _ alter: String, _ insert: String) throws -> ConnectorRun {
            try world.sql("INSERT INTO t VALUES (1, 1)")
            let run = try world.start()
            #expect(world.waitForChanges(1))
            try world.sql("SET SESSION sql_log_bin = 0", alter, "SET SESSION sql_log_bin = 1", insert)
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
            let world = try world("d_fail", table)
            defer { try? endFull(world) }
            let failure = try change(world, alter, insert).waitForFailure()
            #expect(failure.contains(expected), "\(failure)")
            #expect(failure.contains("new snapshot"))
            #expect(world.changes(of: "t").count == 1)
        }

        private func lastRow(_ world: ConnectorWorld) -> Struct? {
            world.recording.read { state in
                state.records.last { $0.topic == "\(world.name).\(world.name).t" }?.value.structValue?["after"]?.structValue
            }
        }

        @Test(arguments: [
            ("precise", ConnectValue.bytes([0x01, 0xF4])), ("string", .string("5")), ("double", .float64(5)),
        ])
        func smallerScaleLosesNoDigits(mode: String, expected: ConnectValue) throws {
            let world = try world(
                "d_scale", "CREATE TABLE t (a int PRIMARY KEY, b decimal(10,2))", ["decimal.handling.mode": mode])
            defer { try? endFull(world) }
            let run = try change(world, "ALTER TABLE t MODIFY b decimal(10)", "INSERT INTO t VALUES (2, 5)")
            #expect(world.waitForChanges(2))
            #expect(run.stop() == nil)
            #expect(lastRow(world)?["b"] == expected)
        }

        @Test func textIsDecodedAsTheServerStoresIt() throws {
            let world = try world("d_text", "CREATE TABLE t (a int PRIMARY KEY, b varchar(9) CHARACTER SET utf8mb4)")
            defer { try? endFull(world) }
            try world.sql("SET NAMES utf8mb4")
            let run = try change(
                world, "ALTER TABLE t MODIFY b varchar(9) CHARACTER SET latin1", "INSERT INTO t VALUES (2, 'ü')")
            #expect(world.waitForChanges(2))
            #expect(run.stop() == nil)
            #expect(lastRow(world)?["b"] == .string("ü"))
        }

        /// A unique key stands in for the primary key, here another one than the server's.
        @Test func uniqueKeyInPlaceOfAPrimaryKeyIsNoConflict() throws {
            let world = try world("d_unique", "CREATE TABLE t (a int NOT NULL UNIQUE, b int NOT NULL UNIQUE)")
            defer { try? endFull(world) }
            let run = try change(world, "ALTER TABLE t MODIFY a int NULL", "INSERT INTO t VALUES (2, 2)")
            #expect(world.waitForChanges(2))
            #expect(run.stop() == nil)
            #expect(world.changes(of: "t") == ["r1", "c2"])
        }
    }
}
