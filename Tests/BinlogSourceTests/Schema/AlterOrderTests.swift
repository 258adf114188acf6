import Testing

@testable import BinlogSource

/// Statements whose clauses are not applied in their order. The expected tables were read from MySQL 9.7's
/// information_schema.
@Suite struct AlterOrderTests {
    private static let table = "CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(10), c date NOT NULL)"

    private func altered(_ actions: String, _ profile: DebeziumProfile) throws -> TableDefinition {
        var schema = DatabaseSchema(rules: SchemaRules(profile: profile))
        _ = try schema.apply(Self.table, defaultDatabase: "d")
        _ = try schema.apply("ALTER TABLE t " + actions, defaultDatabase: "d")
        return try #require(schema.table(TableID(database: "d", table: "t")))
    }

    @Test(arguments: [
        ("ADD a text, DROP a", ["id", "b", "c", "a"]),
        ("ADD a text AFTER id, DROP COLUMN a, DROP b", ["id", "a", "c"]),
        ("DROP a, ADD a text FIRST", ["a", "id", "b", "c"]),
        ("ADD a text, CHANGE a z bigint", ["id", "z", "b", "c", "a"]),
        ("ADD (a text, y int), RENAME COLUMN a TO z", ["id", "z", "b", "c", "a", "y"]),
        ("ADD a text, CHANGE a z int AFTER c", ["id", "b", "c", "z", "a"]),
        ("ADD x int AFTER z, CHANGE a z bigint", ["id", "z", "x", "b", "c"]),
        ("ADD x int AFTER z, CHANGE a z int AFTER c", ["id", "x", "b", "c", "z"]),
        ("ADD x int AFTER z, CHANGE b z text FIRST", ["z", "id", "a", "x", "c"]),
        ("CHANGE a b int, DROP COLUMN b", ["id", "b", "c"]),
        ("RENAME COLUMN b TO a, DROP a", ["id", "a", "c"]),
        ("RENAME COLUMN c TO a, CHANGE a z bigint", ["id", "z", "b", "a"]),
        ("CHANGE a b int, CHANGE b z text FIRST", ["z", "id", "b", "c"]),
        ("CHANGE a z int AFTER c, RENAME COLUMN b TO c, RENAME COLUMN c TO a, ADD x int AFTER a", ["id", "c", "z", "a", "x"]),
        ("ADD id bigint, CHANGE id id2 bigint, MODIFY a bigint FIRST", ["a", "id2", "b", "c", "id"]),
    ])
    func namesReferToTheTableBeforeTheStatement(_ actions: String, _ columns: [String]) throws {
        for profile in [DebeziumProfile.v36, .v19] {
            #expect(try altered(actions, profile).columns.map(\.name) == columns)
        }
    }

    @Test func typesStayWithTheirColumns() throws {
        let table = try altered("ADD a text, DROP a, RENAME COLUMN b TO z, CHANGE c b bigint", .v36)
        #expect(table.columns.map(\.name) == ["id", "z", "b", "a"])
        #expect(table.columns.map(\.typeName) == ["INT", "VARCHAR", "BIGINT", "TEXT"])
    }

    @Test func replacedPrimaryKeyIsTheAddedOne() throws {
        #expect(try altered("ADD PRIMARY KEY (c, id), DROP PRIMARY KEY", .v36).primaryKeyColumnNames == ["c", "id"])
        #expect(try altered("ADD x int PRIMARY KEY, DROP PRIMARY KEY", .v19).primaryKeyColumnNames == ["x"])
        #expect(try altered("DROP PRIMARY KEY", .v36).primaryKeyColumnNames.isEmpty)
    }

    @Test func missingColumnIsAnError() throws {
        #expect(throws: DDLError.self) { try altered("ADD x int, CHANGE y z int", .v36) }
        #expect(throws: DDLError.self) { try altered("ADD a int, RENAME COLUMN y TO z", .v36) }
    }
}
