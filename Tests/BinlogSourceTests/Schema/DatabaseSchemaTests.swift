import Testing

@testable import BinlogSource

/// Cases that the golden fixtures do not cover: intended deviations from Debezium, and statements that are errors.
@Suite struct DatabaseSchemaTests {
    private func schema(
        _ statements: String..., rules: SchemaRules = SchemaRules(profile: .v36)
    ) throws -> DatabaseSchema {
        var schema = DatabaseSchema(rules: rules)
        for statement in statements { _ = try schema.apply(statement, defaultDatabase: "d") }
        return schema
    }

    private func columns(_ schema: DatabaseSchema, _ table: String = "t") -> [String]? {
        schema.table(TableID(database: "d", table: table))?.columns.map(\.name)
    }

    private var onlyT: SchemaRules { SchemaRules(profile: .v36, captures: { $0.table == "t" }) }

    @Test func columnsCanSwapNames() throws {
        let swapped = try schema(
            "CREATE TABLE t (a int PRIMARY KEY, b text)", "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a")
        let table = try #require(swapped.table(TableID(database: "d", table: "t")))
        #expect(table.columns.map(\.name) == ["b", "a"])
        #expect(table.columns.map(\.typeName) == ["INT", "TEXT"])
        #expect(table.primaryKeyColumnNames == ["b"])
        let changed = try schema(
            "CREATE TABLE t (a int, b text)", "ALTER TABLE t CHANGE a b bigint, CHANGE b a varchar(5) FIRST")
        #expect(columns(changed) == ["a", "b"])
    }

    @Test func collationSetsTheDatabaseCharacterSetOnlyIfNoneIsSet() throws {
        func characterSet(_ statements: String..., profile: DebeziumProfile = .v36) throws -> String? {
            var schema = DatabaseSchema(rules: SchemaRules(profile: profile))
            for statement in ["SET character_set_server=utf8mb4"] + statements + ["CREATE TABLE e.t (v text)"] {
                _ = try schema.apply(statement, defaultDatabase: "e")
            }
            return schema.table(TableID(database: "e", table: "t"))?.defaultCharacterSet
        }
        #expect(try characterSet("CREATE DATABASE e COLLATE LATIN1_BIN") == "latin1")
        #expect(try characterSet("CREATE DATABASE e COLLATE 'euckr_korean_ci'") == "euckr")
        #expect(try characterSet("CREATE DATABASE e COLLATE utf8_bin") == "utf8mb4")
        #expect(try characterSet("CREATE DATABASE e COLLATE latin1_bin", profile: .v19) == "utf8mb4")
        #expect(try characterSet("CREATE DATABASE e CHARSET latin1", "ALTER DATABASE e COLLATE euckr_bin") == "latin1")
        #expect(try characterSet("CREATE DATABASE e", "ALTER DATABASE e COLLATE euckr_bin") == "euckr")
        let dropped = ["CREATE DATABASE e CHARSET latin1", "DROP DATABASE e", "CREATE DATABASE e COLLATE euckr_bin"]
        #expect(try characterSet(dropped[0], dropped[1], dropped[2]) == "euckr")
        #expect(try characterSet("CREATE DATABASE e CHARSET latin1", "ALTER DATABASE e CHARSET DEFAULT") == "utf8mb4")
        let commented = "CREATE DATABASE /*!32312 IF NOT EXISTS*/ e /*!40100 DEFAULT CHARACTER SET latin1 */"
        #expect(try characterSet(commented) == "latin1")
        #expect(try characterSet(commented, profile: .v19) == "utf8mb4")
    }

    @Test func columnsAddedInParenthesesKeepTheirAttributes() throws {
        for profile in [DebeziumProfile.v36, .v19] {
            let schema = try schema(
                "CREATE TABLE t (a int)",
                "ALTER TABLE t ADD (b int NOT NULL DEFAULT 2, c int, d varchar(5) COLLATE latin1_bin, e int PRIMARY KEY)",
                rules: SchemaRules(profile: profile))
            let table = try #require(schema.table(TableID(database: "d", table: "t")))
            #expect(table.columns.map(\.isOptional) == [true, false, true, true, false])
            #expect(table.columns.map(\.defaultValueExpression) == [nil, "2", nil, nil, nil])
            #expect(table.primaryKeyColumnNames == ["e"])
            #expect(table.columns[3].characterSet == "latin1")
        }
    }

    @Test func temporaryTablesDoNotReplaceBaseTables() throws {
        let schema = try schema(
            "CREATE TABLE t (a int)", "CREATE TEMPORARY TABLE t (z int)", "DROP TEMPORARY TABLE IF EXISTS t")
        #expect(columns(schema) == ["a"])
    }

    @Test func unparsableStatementFailsOnlyForCapturedTables() throws {
        var schema = try schema("CREATE TABLE t (a int)", "CREATE TABLE o (a int)", rules: onlyT)
        #expect(throws: DDLError.self) { try schema.apply("ALTER TABLE t WOBBLE", defaultDatabase: "d") }
        #expect(columns(schema) == ["a"])
        _ = try schema.apply("ALTER TABLE o WOBBLE", defaultDatabase: "d")
        // Its definition is unknown from here on, so it is removed.
        #expect(columns(schema, "o") == nil)
        #expect(throws: DDLError.self) { try schema.apply("WOBBLE", defaultDatabase: "d") }
        #expect(throws: DDLError.self) { try schema.apply("RENAME TABLE o TO", defaultDatabase: "d") }
        _ = try schema.apply("DROP EVENT 'unended", defaultDatabase: "d")
    }

    @Test func unparsableStatementsAreSkippedIfConfigured() throws {
        var rules = onlyT
        rules.skipsUnparsable = true
        var schema = try schema("CREATE TABLE t (a int)", rules: rules)
        let changes = try schema.apply("ALTER TABLE t WOBBLE", defaultDatabase: "d")
        #expect(changes.map(\.ddl) == ["ALTER TABLE t WOBBLE"])
        #expect(columns(schema) == ["a"])
    }

    @Test func missingColumnIsAnErrorForCapturedTablesOnly() throws {
        var schema = try schema("CREATE TABLE t (a int)", "CREATE TABLE o (a int)", rules: onlyT)
        #expect(throws: DDLError.self) { try schema.apply("ALTER TABLE t MODIFY nope int", defaultDatabase: "d") }
        _ = try schema.apply("ALTER TABLE o MODIFY nope int", defaultDatabase: "d")
        _ = try schema.apply("ALTER TABLE t MODIFY COLUMN IF EXISTS nope int", defaultDatabase: "d")
        #expect(columns(schema) == ["a"])
    }

    @Test func failedTextLeavesTheSchemaUnchanged() throws {
        var schema = try schema("CREATE TABLE t (a int)")
        #expect(throws: DDLError.self) {
            try schema.apply("ALTER TABLE t ADD b int; ALTER TABLE t WOBBLE", defaultDatabase: "d")
        }
        #expect(columns(schema) == ["a"])
    }

    @Test func failedTextIsRolledBackIncludingDropsAndCharacterSets() throws {
        var schema = try schema(
            "CREATE DATABASE d CHARSET latin1", "CREATE TABLE t (a int)", "CREATE TABLE o (a int)", "CREATE TABLE e.t (a int)",
            "SET character_set_server=utf8mb4")
        let before = schema.tables
        for text in [
            "DROP TABLE o; WOBBLE", "RENAME TABLE o TO p, t TO o; WOBBLE", "DROP DATABASE d; CREATE TABLE d.t (z int); WOBBLE",
            "ALTER DATABASE d CHARSET koi8r; SET character_set_server=latin2; WOBBLE", "CREATE TABLE f.t (a int); WOBBLE",
        ] {
            #expect(throws: DDLError.self) { try schema.apply(text, defaultDatabase: "d") }
            #expect(schema.tables == before, "\(text)")
        }
        _ = try schema.apply("CREATE TABLE n (a text)", defaultDatabase: "d")
        #expect(schema.table(TableID(database: "d", table: "n"))?.defaultCharacterSet == "latin1")
        _ = try schema.apply("CREATE TABLE g.n (a text)", defaultDatabase: "d")
        #expect(schema.table(TableID(database: "g", table: "n"))?.defaultCharacterSet == "utf8mb4")
    }

    @Test func namesAreComparedAsTheServerComparesThem() throws {
        for (nameCase, found) in [(SchemaRules.TableNameCase.sensitive, false), (.lowered, true), (.preserved, true)] {
            let rules = SchemaRules(profile: .v36, tableNameCase: nameCase)
            let schema = try schema("CREATE TABLE T (a int)", rules: rules)
            #expect((schema.table(TableID(database: "D", table: "t")) != nil) == found)
        }
    }

    @Test func transactionsAndRowChangesGiveNoSchemaChange() throws {
        var schema = try schema("CREATE TABLE t (a int)")
        for text in ["BEGIN", "COMMIT", "XA PREPARE 'x'", "insert into t values (1)", "UPDATE t SET a=1", "DELETE FROM t"] {
            #expect(try schema.apply(text, defaultDatabase: "d").isEmpty)
        }
        for text in ["REPLACE INTO t VALUES (1)", "replace t values (1)", "REPLACE DELAYED t SET a=1"] {
            #expect(try schema.apply(text, defaultDatabase: "d").isEmpty)
        }
    }

    @Test func doubleQuotesDelimitNamesInBothGenerations() throws {
        for profile in [DebeziumProfile.v19, .v36] {
            var schema = DatabaseSchema(rules: SchemaRules(profile: profile))
            let changes = try schema.apply("CREATE TABLE \"t\" (\"a\" int)", defaultDatabase: "d", sqlMode: .ansiQuotes)
            #expect(changes.map(\.ddl) == ["CREATE TABLE \"t\" (\"a\" int)"])
            #expect(columns(schema) == ["a"])
        }
    }
}
