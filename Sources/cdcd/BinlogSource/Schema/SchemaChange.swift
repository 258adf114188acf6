/// The effect of one statement, in the form in which Debezium records it: one change for each record of the schema
/// history and of the schema change topic.
package struct SchemaChange: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case create, alter, drop
        /// A TRUNCATE of a table: emitted as `op` `t` unless skipped, and not as a record of its own.
        case truncate
        /// A statement about a database, a variable or anything else than a table.
        case database
    }

    package var kind: Kind
    /// `databaseName` of the records; empty for statements without a database.
    package var database: String
    /// The statement's text in the records: as written, except that DROP TABLE is split and rewritten, and RENAME TABLE
    /// is split.
    package var ddl: String
    package var tables: [TableChange]
    /// The tables that the statement names, in the order in which `source.table` joins them with commas. Without any it
    /// is null; one empty name makes it the empty text, as in Debezium for statements that it cannot parse.
    package var sourceTables: [String]
    /// Whether it is recorded in the schema history. All changes except `.truncate` are published to the schema change
    /// topic.
    package var isRecorded: Bool

    package init(
        kind: Kind, database: String, ddl: String, tables: [TableChange] = [], sourceTables: [String] = [],
        isRecorded: Bool = true
    ) {
        self.kind = kind
        self.database = database
        self.ddl = ddl
        self.tables = tables
        self.sourceTables = sourceTables
        self.isRecorded = isRecorded
    }
}

/// One element of `tableChanges`.
package struct TableChange: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case create = "CREATE"
        case alter = "ALTER"
        case drop = "DROP"
    }

    package var kind: Kind
    package var id: TableID
    /// The name before a rename.
    package var previousID: TableID?
    /// The table after the change; nil for DROP.
    package var definition: TableDefinition?

    package init(kind: Kind, id: TableID, previousID: TableID? = nil, definition: TableDefinition? = nil) {
        self.kind = kind
        self.id = id
        self.previousID = previousID
        self.definition = definition
    }
}
