/// How a server and a configuration want tables to be followed.
package struct SchemaRules: Sendable {
    /// MySQL's `lower_case_table_names`.
    package enum TableNameCase: Int, Sendable {
        /// Names are kept and compared as written.
        case sensitive = 0
        /// Names are stored in lower case.
        case lowered = 1
        /// Names are kept as written and compared without regard to case.
        case preserved = 2
    }

    package var profile: DebeziumProfile
    package var tableNameCase: TableNameCase
    /// `include.schema.comments`.
    package var includesComments: Bool
    /// `skip.unparseable.ddl`.
    package var skipsUnparsable: Bool
    /// `store.only.captured.tables.ddl` (1.9: `store.only.monitored.tables.ddl` too). Definitions of all tables are
    /// followed all the same, since a table may be renamed into a captured one or be the pattern of another.
    package var storesOnlyCapturedTables: Bool
    /// `store.only.captured.databases.ddl`.
    package var storesOnlyCapturedDatabases: Bool
    /// Whether rows of this table are captured: an unparsable statement about any other is no error.
    package var captures: @Sendable (TableID) -> Bool
    /// Whether the lists of databases let this one through.
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
