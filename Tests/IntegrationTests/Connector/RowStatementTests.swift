import BinlogSource
import ConnectData
import Testing
import WireCore

extension ConnectorTests {
    /// Row changes logged as statements, on a server with triggers, foreign keys, views and functions.
    @Suite struct RowStatementTests {
        /// `x.t` and `x.child` are captured, with x the harness's name; the tables of `x_o` are not.
        private func harness(_ name: String) throws -> ConnectorHarness {
            let harness = try ConnectorHarness(name, server: try #require(RealServers.mysql))
            let other = "\(name)_o"
            harness.configuration["table.include.list"] = "\(name).t,\(name).child,\(name).copy"
            try harness.sql(
                "SET SESSION binlog_format = 'ROW'", "SET GLOBAL log_bin_trust_function_creators = ON",
                "DROP DATABASE IF EXISTS \(other)", "CREATE DATABASE \(other)",
                "CREATE TABLE t (id int PRIMARY KEY, v int)", "CREATE TABLE beats (id int PRIMARY KEY, t int)",
                "CREATE TABLE \(other).t (id int PRIMARY KEY, v int)", "CREATE TABLE \(other).u (id int PRIMARY KEY)",
                "CREATE TABLE \(other).parent (id int PRIMARY KEY)",
                "CREATE TABLE child (id int PRIMARY KEY, p int, FOREIGN KEY (p) REFERENCES \(other).parent (id) "
                    + "ON DELETE CASCADE)",
                "CREATE TABLE \(other).p (id int PRIMARY KEY)",
                "CREATE TABLE \(other).c (id int PRIMARY KEY, p int, FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE)",
                "CREATE TABLE \(other).noted (id int PRIMARY KEY)", "CREATE TABLE \(other).leads (id int PRIMARY KEY)",
                "CREATE TRIGGER \(other).noting AFTER INSERT ON \(other).noted FOR EACH ROW "
                    + "INSERT INTO \(other).u VALUES (NEW.id)",
                "CREATE TRIGGER \(other).leading AFTER INSERT ON \(other).leads FOR EACH ROW "
                    + "BEGIN IF NEW.id > 0 THEN INSERT INTO \(name).t VALUES (NEW.id, 1); END IF; END",
                "CREATE VIEW \(other).seen AS SELECT * FROM \(other).t", "CREATE VIEW \(other).through AS SELECT * FROM t",
                "CREATE FUNCTION \(other).f(a int) RETURNS int BEGIN INSERT INTO \(other).u VALUES (a); RETURN a; END",
                "CREATE FUNCTION \(other).g(a int) RETURNS int BEGIN INSERT INTO \(name).t VALUES (a, 1); RETURN a; END",
                "INSERT INTO \(other).parent VALUES (1)", "INSERT INTO child VALUES (1, 1)")
            return harness
        }

        private func start(_ harness: ConnectorHarness) throws -> ConnectorRun {
            let run = try harness.start()
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            return run
        }

        @Test func statementsWithoutCapturedChangesAreSkipped() throws {
            let harness = try harness("r_pass")
            let run = try start(harness)
            let statements = [
                "INSERT INTO r_pass_o.t VALUES (1, 1)", "INSERT INTO r_pass_o.noted VALUES (10)",
                "INSERT INTO r_pass_o.seen VALUES (2, 2)", "UPDATE r_pass_o.t AS x, r_pass_o.u AS y SET x.v = 3",
                "INSERT INTO r_pass_o.p VALUES (1)", "INSERT INTO r_pass_o.c VALUES (1, 1)", "DELETE FROM r_pass_o.p",
                "DO r_pass_o.f(20)", "SELECT r_pass_o.f(21)", "INSERT INTO r_pass_o.t VALUES (r_pass_o.f(22), 1)",
                "INSERT INTO beats (id, t) VALUES (1, 1) ON DUPLICATE KEY UPDATE t = 2",
                "INSERT INTO beats SELECT t.id + 10, RAND() FROM beats AS t", "DELETE FROM t USING beats AS t WHERE t.id = 1",
                // The format cannot be changed while a temporary table exists.
                "CREATE TEMPORARY TABLE tmp (i int); INSERT INTO tmp VALUES (1); DROP TEMPORARY TABLE tmp",
            ]
            for (index, statement) in statements.enumerated() {
                try harness.sql("SET SESSION binlog_format = 'STATEMENT'")
                for part in statement.split(separator: "; ") { try harness.sql(String(part)) }
                try harness.sql("SET SESSION binlog_format = 'ROW'", "INSERT INTO t VALUES (\(index), 0)")
            }
            #expect(harness.waitForChanges(statements.count))
            #expect(run.stop() == nil)
        }

        @Test(arguments: [
            ("INSERT INTO t VALUES (1, 1)", "it names the captured table r_fail.t"),
            ("INSERT INTO r_fail_o.leads VALUES (1)",
                "may change the captured table r_fail.t through the trigger r_fail_o.leading of r_fail_o.leads"),
            ("DELETE FROM r_fail_o.parent",
                "may change the captured table r_fail.child through a foreign key that references r_fail_o.parent"),
            ("INSERT INTO r_fail_o.through VALUES (1, 1)",
                "may change the captured table r_fail.t through the view r_fail_o.through"),
            ("DO r_fail_o.g(1)", "calls the stored routine r_fail_o.g, which may change captured tables"),
            ("SELECT r_fail_o.g(1)", "calls the stored routine r_fail_o.g, which may change captured tables"),
            ("INSERT INTO beats VALUES (1, r_fail_o.g(1))", "calls the stored routine r_fail_o.g"),
            ("CREATE TABLE copy SELECT * FROM beats", "it names the captured table r_fail.copy"),
        ])
        func statementsThatMayChangeCapturedTablesStopTheTask(statement: String, expected: String) throws {
            let harness = try harness("r_fail")
            let run = try start(harness)
            try harness.sql("SET SESSION binlog_format = 'STATEMENT'", statement, "SET SESSION binlog_format = 'ROW'")
            let failure = run.waitForFailure()
            #expect(failure.contains("holds a change of rows as a statement, and \(expected)")
                || failure.contains("holds a change of rows as a statement, and it \(expected)"), "\(failure)")
            #expect(failure.contains("Remedy: SET PERSIST binlog_format = 'ROW'"))
        }

        /// Writes a file on the server, and loads it within a session in STATEMENT format.
        private func load(_ harness: ConnectorHarness, _ statement: String) throws {
            // The server does not overwrite files; a file in the database's folder would prevent DROP DATABASE.
            let file = "load-\(UInt64.random(in: 0...UInt64.max)).txt"
            try harness.sql(
                "SELECT 7, 7 INTO OUTFILE '../\(file)'", "SET SESSION binlog_format = 'STATEMENT'",
                statement.replacing("FILE", with: "INFILE '../\(file)'"), "SET SESSION binlog_format = 'ROW'")
        }

        @Test func loadDataWithoutCapturedChangesIsSkipped() throws {
            let harness = try harness("r_load")
            let run = try start(harness)
            let statements = [
                "LOAD DATA FILE INTO TABLE r_load_o.t", "LOAD DATA LOW_PRIORITY FILE REPLACE INTO TABLE r_load_o.t",
                "LOAD DATA CONCURRENT FILE IGNORE INTO TABLE beats FIELDS ENCLOSED BY '|' (id, t)",
                "LOAD DATA FILE INTO TABLE r_load_o.u (id, @b)", "LOAD DATA FILE INTO TABLE r_load_o.noted (@a, @b) SET id = 9",
                "LOAD DATA FILE REPLACE INTO TABLE beats (@a, @b) SET id = (SELECT count(*) FROM r_load_o.u), t = @b",
            ]
            for (index, statement) in statements.enumerated() {
                try load(harness, statement)
                try harness.sql("INSERT INTO t VALUES (\(index), 0)")
            }
            #expect(harness.waitForChanges(statements.count))
            #expect(run.stop() == nil)
            // Debezium does not read the event: it is not in the history.
            let history = harness.recording.read { $0.history ?? [] }.map { String(decoding: $0, as: UTF8.self) }
            #expect(history.contains { $0.contains("CREATE TABLE") } && !history.contains { $0.contains("LOAD DATA") })
        }

        @Test(arguments: [
            ("LOAD DATA FILE INTO TABLE t", "it names the captured table r_load_fail.t"),
            ("LOAD DATA FILE IGNORE INTO TABLE r_load_fail_o.leads (id, @b)",
                "it may change the captured table r_load_fail.t through the trigger r_load_fail_o.leading"),
            ("LOAD DATA FILE INTO TABLE beats (id, @b) SET t = r_load_fail_o.g(@b)",
                "it calls the stored routine r_load_fail_o.g, which may change captured tables"),
        ])
        func loadDataThatMayChangeACapturedTableStopsTheTask(statement: String, expected: String) throws {
            let harness = try harness("r_load_fail")
            let run = try start(harness)
            try load(harness, statement)
            let failure = run.waitForFailure()
            #expect(failure.contains("holds a change of rows as a statement, and \(expected)"), "\(failure)")
            #expect(failure.contains("Remedy: SET PERSIST binlog_format = 'ROW'"))
        }

        @Test func missingPrivilegeIsNamedInTheRemedy() throws {
            let harness = try harness("r_grant")
            try harness.useAccount(
                "r_grant", grants: ["SELECT, RELOAD, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT ON *.*"])
            let run = try start(harness)
            // The server's list of databases decides.
            try harness.sql("SET SESSION binlog_format = 'STATEMENT'", "INSERT INTO r_grant_o.noted VALUES (1)")
            try harness.sql("SET SESSION binlog_format = 'ROW'", "INSERT INTO t VALUES (1, 1)")
            #expect(harness.waitForChanges(1))
            try harness.sql("SET SESSION binlog_format = 'STATEMENT'", "INSERT INTO beats VALUES (1, 1)")
            let failure = run.waitForFailure()
            #expect(failure.contains("Remedy: GRANT TRIGGER ON *.* TO `r_grant`@`%`; then restart the task."), "\(failure)")
            try harness.sql("SET SESSION binlog_format = 'ROW'", "GRANT TRIGGER ON *.* TO r_grant")
            let next = try harness.start()
            try harness.sql("INSERT INTO t VALUES (2, 2)")
            #expect(harness.waitForChanges(2))
            #expect(next.stop() == nil)
        }
    }
}
