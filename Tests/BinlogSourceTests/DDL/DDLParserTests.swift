import Testing
import WireCore
import WireTestSupport

@testable import BinlogSource

@Suite struct DDLParserTests {
    private func kind(_ text: String, _ mode: SQLMode = []) -> ParsedStatement.Kind? {
        DDLParser.parse(text, sqlMode: mode).first?.kind
    }

    @Test func textIsSplitIntoStatements() {
        let statements = DDLParser.parse("; /* a */ DROP TABLE a ; ;\nDROP TABLE b;-- c")
        #expect(statements.map(\.text) == ["DROP TABLE a", "DROP TABLE b"])
        #expect(DDLParser.parse(" /* nothing */ ; ").isEmpty)
    }

    @Test func statementsThatDefineNoTableAreNeverErrors() {
        let texts = [
            "GRANT ALL ON *.* TO 'a'@'%' WITH GRANT OPTION", "CREATE USER a IDENTIFIED BY 'x' REQUIRE NONE",
            "CREATE DEFINER=`a`@`b` PROCEDURE p() BEGIN SELECT ';'; DROP TABLE x; END",
            "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN SET @a=1; END",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t", "ALTER EVENT e DISABLE",
            "CREATE FUNCTION f RETURNS STRING SONAME 'u.so'", "DROP FUNCTION IF EXISTS f", "DROP VIEW a, b",
            "CREATE TABLESPACE ts ADD DATAFILE 'a' ENGINE=InnoDB", "ALTER INSTANCE ROTATE INNODB MASTER KEY",
            "CREATE SPATIAL REFERENCE SYSTEM 1 NAME 'x' DEFINITION 'y'", "CREATE RESOURCE GROUP g TYPE = USER",
            "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h')", "RENAME USER a TO b",
            "INSTALL COMPONENT 'x'", "SET PASSWORD FOR a = 'x'", "SET ROLE ALL", "SET RESOURCE GROUP g",
            "(SELECT 1) UNION (SELECT 2)", "WITH a AS (SELECT 1) DELETE FROM t", "TABLE t", "XA COMMIT 'a'",
            "ANALYZE LOCAL TABLE t", "CREATE SEQUENCE s START WITH 1", "CREATE LIBRARY l LANGUAGE JAVASCRIPT AS $$ a $$",
        ]
        for text in texts {
            switch kind(text) {
            case .other, .setVariables: break
            case let other: Issue.record("\(text): \(String(describing: other))")
            }
        }
    }

    @Test func unparsableStatementNamesTheTablesItMayChange() throws {
        func touches(_ text: String) throws -> [ObjectName]? {
            guard case .unparsable(_, let touches)? = kind(text) else {
                Issue.record("\(text) was parsed")
                return nil
            }
            return touches
        }
        #expect(try touches("ALTER TABLE d.t WOBBLE") == [ObjectName(database: "d", name: "t")])
        #expect(try touches("CREATE TABLE t (a int,, b)") == [ObjectName(name: "t")])
        #expect(try touches("CREATE TABLE t (a 'unended") == [ObjectName(name: "t")])
        // The statement may rename the table, or may be of any kind.
        #expect(try touches("ALTER TABLE t WOBBLE, RENAME TO u") == nil)
        #expect(try touches("RENAME TABLE a TO b, c") == nil)
        #expect(try touches("WOBBLE TABLE t") == nil)
    }

    @Test func errorsNamePositionAndRemedy() throws {
        guard case .unparsable(let error, _)? = kind("ALTER TABLE t\n  ADD COLUMN a WOBBLE") else {
            Issue.record("the statement was parsed")
            return
        }
        #expect(error.line == 2)
        #expect(error.column == 16)
        #expect(error.description.contains("found 'WOBBLE' instead of a data type"))
        #expect(error.description.contains("skip.unparseable.ddl"))
    }

    @Test func doubleQuotesDelimitNamesUnderAnsiQuotes() throws {
        guard case .createTable(let table)? = kind("CREATE TABLE \"t\" (\"a b\" int DEFAULT '1')", .ansiQuotes),
            case .column(let column)? = table.elements.first
        else {
            Issue.record("not parsed")
            return
        }
        #expect(table.name == ObjectName(name: "t"))
        #expect(column.name == "a b")
    }

    @Test func mariaDBStatementsAreParsed() {
        let texts = [
            "CREATE OR REPLACE TABLE t (a int)", "SET STATEMENT max_statement_time=1 FOR ALTER TABLE t ADD COLUMN a int",
            "CREATE TABLE t (a int WITHOUT SYSTEM VERSIONING, s timestamp(6) GENERATED ALWAYS AS ROW START, "
                + "e timestamp(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING",
            "CREATE TABLE t (u uuid DEFAULT uuid(), i inet6, j json CHECK (json_valid(j)), c varchar(5) COMPRESSED)",
            "CREATE TABLE t (a int) ENGINE=Aria PAGE_CHECKSUM=1 TRANSACTIONAL=1 `x`='y'",
            "ALTER TABLE IF EXISTS t WAIT 5 ADD COLUMN IF NOT EXISTS a int, DROP COLUMN IF EXISTS b, RENAME INDEX x TO y",
            "ALTER TABLE t ADD SYSTEM VERSIONING", "ALTER TABLE t ADD PERIOD FOR p (a, b)", "DROP INDEX IF EXISTS i ON t",
            "CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a)", "ALTER ONLINE IGNORE TABLE t FORCE",
            "CREATE TABLE t (a int, v vector(3) NOT NULL, VECTOR INDEX (v) M=8)", "RENAME TABLE IF EXISTS a WAIT 3 TO b",
        ]
        for text in texts {
            if case .unparsable(let error, _)? = kind(text) { Issue.record("\(text): \(error)") }
        }
    }

    // MARK: Damaged input

    private static let statements: [String] = {
        let lines = (try? Fixtures.bytes("ddl/statements.jsonl").split(separator: 0x0A)) ?? []
        return lines.flatMap { line -> [String] in
            let document = try? JSONValue.parse([UInt8](line)).objectValue
            return (document?["statements"]?.arrayValue ?? []).compactMap { $0.objectValue?["ddl"]?.stringValue }
        }
    }()

    @Test func truncatedStatementsDoNotTrap() {
        #expect(Self.statements.count > 1000)
        var schema = DatabaseSchema(rules: SchemaRules(profile: .v36, skipsUnparsable: true))
        // Every sixth distinct statement: testing all takes long, and many are similar.
        let texts = Set(Self.statements).sorted()
        for text in stride(from: 0, to: texts.count, by: 6).map({ texts[$0] }) {
            let bytes = [UInt8](text.utf8)
            for token in DDLLexer.tokens(of: bytes, sqlMode: []).tokens {
                let cut = String(decoding: bytes[..<token.range.lowerBound], as: UTF8.self)
                _ = try? schema.apply(cut, defaultDatabase: "d")
                _ = DDLParser.parse(String(decoding: bytes[token.range.lowerBound...], as: UTF8.self))
            }
        }
    }

    /// Tokens of statements in random order, and bytes changed at random, with a fixed seed.
    @Test func scrambledStatementsDoNotTrap() {
        var random = SeededGenerator(seed: 20_261_124)
        var schema = DatabaseSchema(rules: SchemaRules(profile: .v19, skipsUnparsable: true))
        for text in Self.statements {
            var bytes = [UInt8](text.utf8)
            let tokens = DDLLexer.tokens(of: bytes, sqlMode: []).tokens
            var pieces = tokens.map { String(decoding: bytes[$0.range], as: UTF8.self) }
            if pieces.count > 3 {
                let first = Int.random(in: 0..<pieces.count, using: &random)
                pieces.swapAt(first, Int.random(in: 0..<pieces.count, using: &random))
                pieces.remove(at: Int.random(in: 0..<pieces.count, using: &random))
            }
            _ = try? schema.apply(pieces.joined(separator: " "), defaultDatabase: "d")
            for _ in 0..<3 where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? schema.apply(String(decoding: bytes, as: UTF8.self), defaultDatabase: "d", sqlMode: .ansiQuotes)
        }
    }

    @Test func deeplyNestedAndLongStatementsAreParsedInTime() {
        let deep = "CREATE TABLE t (a int DEFAULT " + String(repeating: "(", count: 100_000)
        if case .unparsable? = kind(deep) {} else { Issue.record("parsed") }
        let long = "CREATE TABLE t (" + (0..<4000).map { "c\($0) int" }.joined(separator: ",") + ")"
        guard case .createTable(let table)? = kind(long) else {
            Issue.record("not parsed")
            return
        }
        #expect(table.elements.count == 4000)
    }
}
