import Testing

@testable import BinlogSource

@Suite struct ChangedDefinitionsTests {
    private func changes(
        _ statements: String..., nameCase: SchemaRules.TableNameCase = .sensitive
    ) -> ChangedDefinitions {
        var changes = ChangedDefinitions(nameCase: nameCase)
        for statement in statements { changes.add(LoggedStatement(statement), defaultDatabase: "d") }
        return changes
    }

    private static func d(_ name: String) -> TableID { TableID(database: "d", table: name) }

    @Test(arguments: [
        ("CREATE TABLE t (id int)", ["d.t"]), ("CREATE TABLE o.t LIKE u", ["o.t"]), ("ALTER TABLE t ADD c int", ["d.t"]),
        ("ALTER TABLE t RENAME TO o.u", ["d.t", "o.u"]), ("ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u", ["d.t", "d.u"]),
        ("DROP TABLE IF EXISTS t, o.u", ["d.t", "o.u"]), ("RENAME TABLE a TO b, b TO c", ["d.a", "d.b", "d.c"]),
        ("CREATE UNIQUE INDEX i ON t (c)", ["d.t"]), ("DROP INDEX i ON t", ["d.t"]),
        ("CREATE TABLE t (id int) START TRANSACTION", ["d.t"]), ("ALTER TABLE t ADD (c int, d int) /* both */", ["d.t"]),
        ("BEGIN", []), ("COMMIT", []), ("INSERT INTO t VALUES (1)", []), ("CREATE TEMPORARY TABLE t (id int)", []),
        ("DROP TEMPORARY TABLE t", []), ("TRUNCATE TABLE t", []), ("CREATE VIEW v AS SELECT * FROM t", []),
        ("CREATE DATABASE o", []), ("DROP DATABASE o", []), ("GRANT SELECT ON t TO u", []),
        ("CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @a = 1", []),
    ])
    func statementChangesTablesThatItNames(_ statement: String, _ tables: [String]) {
        let changes = changes(statement)
        #expect(Set(changes.tables.map(\.description)) == Set(tables))
        #expect(!changes.isUnknown)
    }

    @Test func statementThatCannotBeParsedMayChangeEveryTable() {
        let changes = changes("ALTER SOMETHING new")
        #expect(changes.isUnknown)
        #expect(changes.mayAffect(Self.d("any"), definition: "CREATE TABLE `any` (`id` int)"))
    }

    @Test func onlyNamedTablesAreAffected() {
        let changes = changes("ALTER TABLE t ADD c int")
        #expect(changes.mayAffect(Self.d("t"), definition: "CREATE TABLE `t` (`id` int)"))
        #expect(!changes.mayAffect(Self.d("T"), definition: "CREATE TABLE `T` (`id` int)"))
        #expect(!changes.mayAffect(TableID(database: "o", table: "t"), definition: "CREATE TABLE `t` (`id` int)"))
        #expect(!self.changes().mayAffect(Self.d("t"), definition: "CREATE TABLE `t` (`id` int)"))
    }

    @Test func namesAreComparedInTheServersCase() {
        for nameCase in [SchemaRules.TableNameCase.lowered, .preserved] {
            let changes = changes("ALTER TABLE D.T ADD c int", nameCase: nameCase)
            #expect(changes.mayAffect(Self.d("t"), definition: "CREATE TABLE `t` (`id` int)"))
        }
    }

    /// A foreign key's definition changes when the table or column that it refers to is renamed.
    @Test func tablesWithForeignKeysToChangedTablesAreAffected() {
        let definition = "CREATE TABLE `c` (\n  `p` int,\n  CONSTRAINT `f` FOREIGN KEY (`p`) REFERENCES `Parent` (`id`)\n)"
        #expect(changes("RENAME TABLE Parent TO other").mayAffect(Self.d("c"), definition: definition))
        #expect(changes("ALTER TABLE parent RENAME COLUMN id TO i", nameCase: .preserved)
            .mayAffect(Self.d("c"), definition: definition))
        #expect(!changes("RENAME TABLE p TO other").mayAffect(Self.d("c"), definition: "CREATE TABLE `c` (`p` int)"))
        #expect(!changes("ALTER TABLE unrelated ADD c int").mayAffect(Self.d("c"), definition: definition))
    }
}
