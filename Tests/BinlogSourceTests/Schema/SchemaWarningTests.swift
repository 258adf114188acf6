import Testing

@testable import BinlogSource

@Suite struct SchemaWarningTests {
    private func schema(_ statements: String...) throws -> DatabaseSchema {
        var schema = DatabaseSchema(rules: SchemaRules(profile: .v36, captures: { $0.table.hasPrefix("t") }))
        for statement in statements { _ = try schema.apply(statement, defaultDatabase: "d") }
        return schema
    }

    private func id(_ table: String) -> TableID { TableID(database: "d", table: table) }

    @Test(arguments: [
        ("ALTER TABLE t DROP PARTITION p1, p2", "DROP PARTITION"), ("ALTER TABLE t TRUNCATE PARTITION ALL", "TRUNCATE PARTITION"),
        ("ALTER TABLE t DISCARD TABLESPACE", "DISCARD TABLESPACE"), ("ALTER TABLE t IMPORT TABLESPACE", "IMPORT TABLESPACE"),
        ("ALTER TABLE t DISCARD PARTITION p TABLESPACE", "DISCARD TABLESPACE"),
        ("ALTER TABLE t EXCHANGE PARTITION p WITH TABLE o WITHOUT VALIDATION", "EXCHANGE PARTITION"),
        ("ALTER TABLE o EXCHANGE PARTITION p WITH TABLE `d`.`t`", "EXCHANGE PARTITION"),
    ])
    func rowChangesWithoutEventsGiveANotice(statement: String, words: String) throws {
        var schema = try schema("CREATE TABLE t (id int)", "CREATE TABLE o (id int)", statement)
        #expect(schema.takeWarnings() == [.rowsChangedWithoutEvents(id("t"), by: words)])
        #expect(schema.takeWarnings() == [] && schema.table(id("t")) != nil)
    }

    @Test(arguments: [
        "ALTER TABLE o DROP PARTITION p", "ALTER TABLE t ADD PARTITION (PARTITION p VALUES IN (1))",
        "ALTER TABLE t REORGANIZE PARTITION p INTO (PARTITION q VALUES IN (1))", "ALTER TABLE t DROP COLUMN b",
        "RENAME TABLE t TO u",
    ])
    func otherStatementsGiveNoNotice(statement: String) throws {
        var schema = try schema("CREATE TABLE t (id int, b int)", "CREATE TABLE o (id int)", statement)
        #expect(schema.takeWarnings() == [])
    }

    /// After the rename, the captured name belongs to a table whose definition is unknown.
    @Test(arguments: ["RENAME TABLE x TO t", "ALTER TABLE x RENAME TO t", "ALTER TABLE x RENAME AS d.t, ADD COLUMN c int"])
    func renamingAnUnknownTableToACapturedNameGivesANotice(statement: String) throws {
        var schema = try schema("CREATE TABLE t (id int)", statement)
        #expect(schema.takeWarnings() == [.unknownTableRenamed(id("x"), to: id("t"))])
        #expect(schema.table(id("t")) == nil)
        var other = try self.schema("CREATE TABLE o (id int)", "RENAME TABLE x TO o")
        #expect(other.takeWarnings() == [])
    }

    @Test func failedStatementGivesNoNotice() throws {
        var schema = try schema("CREATE TABLE t (id int)")
        #expect(throws: DDLError.self) {
            try schema.apply("RENAME TABLE x TO t; ALTER TABLE t NONSENSE IN (", defaultDatabase: "d")
        }
        #expect(schema.takeWarnings() == [] && schema.table(id("t")) != nil)
    }
}
