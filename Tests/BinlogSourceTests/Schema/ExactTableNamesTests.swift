import Testing

@testable import BinlogSource

/// For the server, `é` as one character and as `e` with an accent are names of two different tables or databases.
@Suite struct ExactTableNamesTests {
    @Test func canonicallyEquivalentNamesAreDifferentTables() throws {
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        var schema = DatabaseSchema(rules: SchemaRules(profile: .v36))
        for statement in [
            "CREATE TABLE `\(composed)` (a int)", "CREATE TABLE `\(decomposed)` (b int)",
            "CREATE TABLE `\(composed)`.`t` (c int)", "CREATE TABLE `\(decomposed)`.`t` (d int)",
        ] { _ = try schema.apply(statement, defaultDatabase: "x") }
        func columns(_ database: String, _ table: String) -> [String]? {
            schema.table(TableID(database: database, table: table))?.columns.map(\.name)
        }
        #expect(columns("x", composed) == ["a"] && columns("x", decomposed) == ["b"])
        #expect(columns(composed, "t") == ["c"] && columns(decomposed, "t") == ["d"])
        _ = try schema.apply("DROP TABLE `\(composed)`", defaultDatabase: "x")
        _ = try schema.apply("DROP DATABASE `\(decomposed)`", defaultDatabase: "x")
        #expect(columns("x", composed) == nil && columns("x", decomposed) == ["b"])
        #expect(columns(composed, "t") == ["c"] && columns(decomposed, "t") == nil)
        #expect(Set([TableID(database: "x", table: composed), TableID(database: "x", table: decomposed)]).count == 2)
    }
}
