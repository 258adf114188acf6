import Testing

@testable import BinlogSource

@Suite struct QueryStatementTests {
    @Test func theBoundsOfTransactionsAreTold() {
        #expect(QueryStatement("BEGIN") == .begin)
        #expect(QueryStatement("begin") == .begin)
        #expect(QueryStatement("/* app */ BEGIN") == .begin)
        #expect(QueryStatement("START TRANSACTION") == .begin)
        #expect(QueryStatement("COMMIT") == .commit)
        #expect(QueryStatement("ROLLBACK") == .rollback)
        #expect(QueryStatement("SAVEPOINT `a`") == .savepoint)
        #expect(QueryStatement("ROLLBACK TO `a`") == .rollbackToSavepoint)
    }

    @Test func theWordsOfXAAreTold() {
        #expect(QueryStatement("XA START X'61',X'',1") == .xaStart("X'61',X'',1"))
        #expect(QueryStatement("XA END X'61',X'',1") == .xaEnd)
        #expect(QueryStatement("XA PREPARE X'61',X'',1") == .xaPrepare("X'61',X'',1"))
        #expect(QueryStatement("XA COMMIT X'61',X'',1;") == .xaCommit("X'61',X'',1"))
        #expect(QueryStatement("xa rollback X'61',X'',1") == .xaRollback("X'61',X'',1"))
    }

    @Test func changesOfRowsAreTold() {
        for text in [
            "INSERT INTO t VALUES (1)", "-- note\nreplace into t values (1)", "LOAD DATA INFILE 'x' INTO TABLE t",
            "SELECT `d`.`f`(1)", "DO f(1)", "(SELECT f(1))", "VALUES ROW(f(1))", "CALL p()", "ANALYZE INSERT INTO t VALUES (1)",
        ] {
            guard case .rowChange = QueryStatement(text) else {
                Issue.record("\(text) was not told")
                return
            }
        }
        #expect(QueryStatement("SET STATEMENT max_statement_time=1 FOR UPDATE t SET a = 1") == .rowChange("UPDATE"))
    }

    @Test func everythingElseMayChangeASchema() {
        for text in ["CREATE TABLE t (i int)", "", "/* only a comment", "SET @a = 1", "BEGINNING", "ANALYZE TABLE t", "/*!40000 DROP TABLE t */", "é"] {
            #expect(QueryStatement(text) == .other, "\(text)")
        }
    }

    @Test func aChangeOfRowsBehindItsQueriesIsTold() {
        #expect(QueryStatement("WITH q AS (SELECT 1) UPDATE t JOIN q SET a = 1") == .rowChange("WITH"))
    }

    @Test func statementsWithinStatementsWithoutEndAreReadOnce() {
        let text = String(repeating: "SET STATEMENT a=1 FOR ", count: 100_000)
        #expect(QueryStatement(text) == .other)
    }
}
