/// The tables and databases at one position of the binlog.
package struct DatabaseSchema: Sendable {
    package let rules: SchemaRules
    var catalog = SchemaCatalog()
    /// Variables that statements set: `character_set_server`, `character_set_database` and others, in lower case.
    var sessionVariables: [String: String] = [:]
    var globalVariables: [String: String] = [:]
    var notices: [SchemaWarning] = []

    package init(rules: SchemaRules) { self.rules = rules }

    /// Notices of the statements since the last call.
    package mutating func takeNotices() -> [SchemaWarning] {
        defer { notices = [] }
        return notices
    }

    /// All tables, sorted by name.
    package var tables: [TableDefinition] { catalog.tables.sorted { $0.id < $1.id } }

    /// The definition of this table, found by the server's rules of case.
    package func table(_ id: TableID) -> TableDefinition? { catalog[key(id)] }

    func key(_ id: TableID) -> TableID {
        guard rules.tableNameCase != .sensitive else { return id }
        return TableID(database: id.database.lowercased(), table: id.table.lowercased())
    }

    func databaseKey(_ name: String) -> String { rules.tableNameCase == .sensitive ? name : name.lowercased() }

    var profile: DebeziumProfile { rules.profile }

    /// Applies a text of one or more statements and returns what Debezium would record of it.
    ///
    /// The text may be anything that a QUERY event has: transactions and rows give no change. If it throws, the schema
    /// is as it was.
    ///
    /// Throws if the text cannot be read, or does not fit the schema, and could change a captured table.
    package mutating func apply(
        _ text: String, defaultDatabase: String, sqlMode: SQLMode = []
    ) throws(DDLError) -> [SchemaChange] {
        let statement = LoggedStatement(text, sqlMode: sqlMode)
        return try apply(statement, parsed: parse(statement), defaultDatabase: defaultDatabase)
    }

    /// The statements of a text, as this generation reads it; empty if it is ignored.
    func parse(_ statement: LoggedStatement) -> [ParsedStatement] {
        if statement.filter.isIgnored { return [] }
        return DDLParser.parse(profile.schemaChanges.normalizesQuotes ? statement.normalizingQuotes() : statement.lexed)
    }

    /// The same with a text that is classified and parsed already.
    mutating func apply(
        _ statement: LoggedStatement, parsed: [ParsedStatement], defaultDatabase: String
    ) throws(DDLError) -> [SchemaChange] {
        if statement.filter.isIgnored { return [] }
        let variables = (session: sessionVariables, global: globalVariables)
        let noticeCount = notices.count
        catalog.begin()
        var events: [SchemaEvent] = []
        do throws(DDLError) {
            for statement in parsed { events += try follow(statement, defaultDatabase: defaultDatabase) }
        } catch {
            catalog.revert()
            (sessionVariables, globalVariables) = variables
            notices.removeSubrange(noticeCount...)
            throw error
        }
        catalog.commit()
        if statement.filter.dropsRecord(profile) { return [] }
        return SchemaChangeBuilder(schema: self, text: statement.text, defaultDatabase: defaultDatabase)
            .changes(of: events)
    }
}
