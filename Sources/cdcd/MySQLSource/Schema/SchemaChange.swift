/// What one statement did, in the form in which Debezium tells it: one of these for each record of the schema
/// history and of the schema change topic.
public struct SchemaChange: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case create, alter, drop
        /// A TRUNCATE of a table: gives an `op` `t` where that is not skipped, and no record of its own.
        case truncate
        /// A statement about a database, a variable or something else than a table.
        case database
    }

    public var kind: Kind
    /// `databaseName` of the records; empty for statements without a database.
    public var database: String
    /// The statement's text as the records show it: as written, but DROP TABLE is split and written anew, and
    /// RENAME TABLE is split.
    public var ddl: String
    public var tables: [TableChange]
    /// The tables that the statement names, in the order in which `source.table` joins them with commas.
    public var sourceTables: [String]

    public init(kind: Kind, database: String, ddl: String, tables: [TableChange] = [], sourceTables: [String] = []) {
        self.kind = kind
        self.database = database
        self.ddl = ddl
        self.tables = tables
        self.sourceTables = sourceTables
    }
}

/// One element of `tableChanges`.
public struct TableChange: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case create = "CREATE"
        case alter = "ALTER"
        case drop = "DROP"
    }

    public var kind: Kind
    public var id: TableID
    /// The name before a rename.
    public var previousID: TableID?
    /// The table after the change; nil for DROP in 3.6.
    public var definition: TableDefinition?

    public init(kind: Kind, id: TableID, previousID: TableID? = nil, definition: TableDefinition? = nil) {
        self.kind = kind
        self.id = id
        self.previousID = previousID
        self.definition = definition
    }
}
