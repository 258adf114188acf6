import Testing

@testable import BinlogSource

@Suite struct LoggedStatementTests {
    private func kind(_ text: String) -> LoggedStatement.Kind { LoggedStatement(text).kind }

    @Test func transactionBoundariesAreRecognized() {
        #expect(kind("BEGIN") == .begin)
        #expect(kind("begin") == .begin)
        #expect(kind("/* app */ BEGIN") == .begin)
        #expect(kind("START TRANSACTION") == .begin)
        #expect(kind("COMMIT") == .commit)
        #expect(kind("ROLLBACK") == .rollback)
        #expect(kind("SAVEPOINT `a`") == .savepoint)
        #expect(kind("ROLLBACK TO `a`") == .rollbackToSavepoint)
    }

    @Test func xaStatementsAreRecognized() {
        #expect(kind("XA START X'61',X'',1") == .xaStart("X'61',X'',1"))
        #expect(kind("XA END X'61',X'',1") == .xaEnd)
        #expect(kind("XA PREPARE X'61',X'',1") == .xaPrepare("X'61',X'',1"))
        #expect(kind("XA COMMIT X'61',X'',1;") == .xaCommit("X'61',X'',1"))
        #expect(kind("xa rollback X'61',X'',1") == .xaRollback("X'61',X'',1"))
    }

    @Test func rowChangesAreRecognized() {
        for text in [
            "INSERT INTO t VALUES (1)", "-- note\nreplace into t values (1)", "LOAD DATA INFILE 'x' INTO TABLE t",
            "SELECT `d`.`f`(1)", "DO f(1)", "(SELECT f(1))", "VALUES ROW(f(1))", "CALL p()", "ANALYZE INSERT INTO t VALUES (1)",
        ] {
            guard case .rowChange = kind(text) else {
                Issue.record("\(text) is no row change")
                return
            }
        }
        #expect(kind("SET STATEMENT max_statement_time=1 FOR UPDATE t SET a = 1") == .rowChange(verb: "UPDATE"))
    }

    @Test func otherStatementsAreDefinitions() {
        for text in ["CREATE TABLE t (i int)", "", "/* only a comment", "SET @a = 1", "BEGINNING", "ANALYZE TABLE t", "/*!40000 DROP TABLE t */", "é"] {
            #expect(kind(text) == .definition, "\(text)")
        }
    }

    @Test func rowChangeWithCommonTableExpressionIsRecognized() {
        #expect(kind("WITH q AS (SELECT 1) UPDATE t JOIN q SET a = 1") == .rowChange(verb: "WITH"))
    }

    @Test func nestedSetStatementsAreParsedInLinearTime() {
        let text = String(repeating: "SET STATEMENT a=1 FOR ", count: 100_000)
        #expect(kind(text) == .definition)
    }

    @Test func transactionBoundariesAreRecognizedWithoutTokenizing() {
        for text in ["BEGIN", "COMMIT"] {
            #expect(LoggedStatement(text).lexed.tokens.count == 1)
            #expect(LoggedStatement(text).filter.isIgnored)
        }
        #expect(LoggedStatement("BEGIN;").lexed.tokens.count == 3)
    }

    @Test func statementsInExecutableCommentsAreClassifiedByTheirContent() {
        #expect(kind("/*!50000 INSERT INTO t VALUES (1) */") == .rowChange(verb: "INSERT"))
    }
}
