/// The settings of a server and a configuration for tracking tables.
package struct SchemaRules: Sendable {
    /// MySQL's `lower_case_table_names`.
    package enum TableNameCase: Int, Sendable {
        /// Names are kept and compared as written.
        case sensitive = 0
        /// Names are stored in lower case.
        case lowered = 1
        /// Names are kept as written and compared case-insensitively.
        case preserved = 2

        /// The name by which a table is looked up.
        func key(_ id: TableID) -> TableID {
            self == .sensitive ? id : TableID(database: id.database.lowercased(), table: id.table.lowercased())
        }
    }

    package var profile: DebeziumProfile
    package var tableNameCase: TableNameCase
    /// `include.schema.comments`.
    package var includesComments: Bool
    /// `skip.unparseable.ddl`.
    package var skipsUnparsable: Bool
    /// `store.only.captured.tables.ddl` (1.9: also `store.only.monitored.tables.ddl`). Definitions of all tables are
    /// tracked nevertheless, since a table may be renamed to a captured name or be the template of another.
    package var storesOnlyCapturedTables: Bool
    /// `store.only.captured.databases.ddl`.
    package var storesOnlyCapturedDatabases: Bool
    /// Whether rows of this table are captured: an unparsable statement about any other is not an error.
    package var captures: @Sendable (TableID) -> Bool
    /// Whether the lists of databases include this one.
    package var listsIncludeDatabase: @Sendable (String) -> Bool

    package init(
        profile: DebeziumProfile, tableNameCase: TableNameCase = .sensitive, includesComments: Bool = false,
        skipsUnparsable: Bool = false, storesOnlyCapturedTables: Bool = false,
        storesOnlyCapturedDatabases: Bool = false,
        captures: @escaping @Sendable (TableID) -> Bool = { _ in true },
        listsIncludeDatabase: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.profile = profile
        self.tableNameCase = tableNameCase
        self.includesComments = includesComments
        self.skipsUnparsable = skipsUnparsable
        self.storesOnlyCapturedTables = storesOnlyCapturedTables
        self.storesOnlyCapturedDatabases = storesOnlyCapturedDatabases
        self.captures = captures
        self.listsIncludeDatabase = listsIncludeDatabase
    }
}
