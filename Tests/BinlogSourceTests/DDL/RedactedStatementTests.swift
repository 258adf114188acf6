import Testing

@testable import BinlogSource

@Suite struct RedactedStatementTests {
    @Test(arguments: [
        ("UPDATE t SET mail = 'a@b.c', n=17 WHERE id = 0xFF", "UPDATE t SET mail = ?, n=? WHERE id = ?"),
        ("INSERT INTO `t 1` VALUES (-1.5e3,\"x\",N'y',x'00', _utf8'z')", "INSERT INTO `t 1` VALUES (-?,?,N?,x?, _utf8?)"),
        ("DELETE FROM t1 WHERE a='it''s' AND b=\"say \"\"x\"\"\"", "DELETE FROM t1 WHERE a=? AND b=?"),
        ("INSERT INTO t\n\tVALUES\r\n('a\nb')", "INSERT INTO t VALUES (?)"),
        ("INSERT /* secret */ INTO t # secret\nVALUES (1) -- secret", "INSERT INTO t VALUES (?)"),
        ("UPDATE t SET a = 'x\\\\y', b = 'n\\n'", "UPDATE t SET a = ?, b = ?"),
        ("UPDATE t SET a = 'never ends", "UPDATE t SET a = ?"),
        ("UPDATE `t\n[2026] ERROR` SET é = 1", "UPDATE `t [2026] ERROR` SET é = ?"), ("", ""), ("/*", ""),
    ])
    func valuesAndCommentsAreLeftOut(statement: String, shown: String) {
        #expect(RedactedStatement.text(statement) == shown)
    }

    /// With NO_BACKSLASH_ESCAPES a second literal starts at a place that is inside the first one otherwise.
    @Test func textAfterALiteralWithUncertainEndIsHidden() {
        #expect(RedactedStatement.text("UPDATE t SET a = 'x\\', b = 'secret' WHERE c = 2") == "UPDATE t SET a = ? …")
    }

    @Test func longStatementsAreTruncated() {
        let text = RedactedStatement.text("SELECT " + String(repeating: "a,", count: 1 << 20), charactersMax: 20)
        #expect(text == "SELECT a,a,a,a,a,a,a …")
        #expect(RedactedStatement.text("ééé", charactersMax: 2) == "éé …")
    }

    @Test func numbersInSchemaChangesAreShown() {
        let error = DDLError(
            .unexpected(found: "x", expected: "y"), statement: "CREATE TABLE t (v VARCHAR(20) DEFAULT 'secret') x")
        #expect(error.description.contains("Statement: CREATE TABLE t (v VARCHAR(20) DEFAULT ?) x."))
    }
}
