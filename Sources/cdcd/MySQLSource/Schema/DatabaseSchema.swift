/// The tables and databases at one position of the binlog.
public struct DatabaseSchema: Sendable {
    public var rules: SchemaRules
    public internal(set) var tables: [TableID: TableDefinition] = [:]
    /// Each database's default character set.
    public internal(set) var databaseCharacterSets: [String: String] = [:]
    /// The server's variables that statements set or the snapshot read (`character_set_server`, …), lower case.
    public internal(set) var variables: [String: String] = [:]

    public init(rules: SchemaRules) { self.rules = rules }

    /// The definition of this table, found by the server's rules of case.
    public func table(_ id: TableID) -> TableDefinition? { tables[key(id)] }

    func key(_ id: TableID) -> TableID {
        guard rules.tableNameCase != .sensitive else { return id }
        return TableID(database: id.database.lowercased(), table: id.table.lowercased())
    }

    /// Applies a text of one or more statements and tells what Debezium would record of it.
    ///
    /// Throws where the text cannot be read, or does not fit the schema, and could change a captured table.
    public mutating func apply(
        _ text: String, defaultDatabase: String, sqlMode: SQLMode = []
    ) throws(DDLError) -> [SchemaChange] {
        []
    }
}
