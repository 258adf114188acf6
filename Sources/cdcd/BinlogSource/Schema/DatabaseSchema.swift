/// The tables and databases at one position of the binlog.
package struct DatabaseSchema: Sendable {
    package let rules: SchemaRules
    var catalog = SchemaCatalog()
    /// Variables that statements set: `character_set_server`, `character_set_database` and others, in lower case.
    var sessionVariables: [String: String] = [:]
    var globalVariables: [String: String] = [:]
    var warnings: [SchemaWarning] = []

    package init(rules: SchemaRules) { self.rules = rules }

    /// Warnings of the statements since the last call.
    package mutating func takeWarnings() -> [SchemaWarning] {
        defer { warnings = [] }
        return warnings
    }

    /// All tables, sorted by name.
    package var tables: [TableDefinition] { catalog.tables.sorted { $0.id < $1.id } }

    /// The definition of this table, looked up by the server's rules of case.
    package func table(_ id: TableID) -> TableDefinition? { catalog[key(id)] }

    func key(_ id: TableID) -> TableID { rules.tableNameCase.key(id) }

    func databaseKey(_ name: String) -> String { rules.tableNameCase == .sensitive ? name : name.lowercased() }

    var profile: DebeziumProfile { rules.profile }

    /// Applies a text of one or more statements and returns what Debezium would record for it.
    ///
    /// The text may be that of any QUERY event: transactions and row changes give no change. If it throws, the schema
    /// is unchanged.
    ///
    /// Throws if the text cannot be parsed, or does not match the schema, and could change a captured table.
    package mutating func apply(
        _ text: String, defaultDatabase: String, sqlMode: SQLMode = []
    ) throws(DDLError) -> [SchemaChange] {
        let statement = LoggedStatement(text, sqlMode: sqlMode)
        return try apply(statement, parsed: parse(statement), defaultDatabase: defaultDatabase)
    }

    /// The statements of a text, as this generation parses it; empty if it is ignored.
    func parse(_ statement: LoggedStatement) -> [ParsedStatement] { Self.parse(statement, for: profile) }

    static func parse(_ statement: LoggedStatement, for profile: DebeziumProfile) -> [ParsedStatement] {
        if statement.filter.isIgnored { return [] }
        return DDLParser.parse(profile.schemaChanges.normalizesQuotes ? statement.normalizingQuotes() : statement.lexed)
    }

    /// The same for a text that is already classified and parsed.
    mutating func apply(
        _ statement: LoggedStatement, parsed: [ParsedStatement], defaultDatabase: String
    ) throws(DDLError) -> [SchemaChange] {
        if statement.filter.isIgnored { return [] }
        let variables = (session: sessionVariables, global: globalVariables)
        let warningCount = warnings.count
        catalog.begin()
        var events: [SchemaEvent] = []
        do throws(DDLError) {
            for statement in parsed { events += try follow(statement, defaultDatabase: defaultDatabase) }
        } catch {
            catalog.revert()
            (sessionVariables, globalVariables) = variables
            warnings.removeSubrange(warningCount...)
            throw error
        }
        catalog.commit()
        if statement.filter.dropsRecord(profile) { return [] }
        return SchemaChangeBuilder(schema: self, text: statement.text, defaultDatabase: defaultDatabase)
            .changes(of: events)
    }
}
