/// How a server and a configuration want tables to be followed.
public struct SchemaRules: Sendable {
    /// MySQL's `lower_case_table_names`.
    public enum TableNameCase: Int, Sendable {
        /// Names are kept and compared as written.
        case sensitive = 0
        /// Names are stored in lower case.
        case lowered = 1
        /// Names are kept as written and compared without regard to case.
        case preserved = 2
    }

    public var profile: DebeziumProfile
    public var tableNameCase: TableNameCase
    /// `include.schema.comments`.
    public var includesComments: Bool
    /// Whether the definition of this table is followed at all: all but the server's own tables, or only the
    /// captured ones with `store.only.captured.tables.ddl`.
    public var follows: @Sendable (TableID) -> Bool
    /// Whether rows of this table are captured: an unparsable statement about any other is no error.
    public var captures: @Sendable (TableID) -> Bool
    /// `skip.unparseable.ddl`.
    public var skipsUnparsable: Bool

    public init(
        profile: DebeziumProfile, tableNameCase: TableNameCase = .sensitive, includesComments: Bool = false,
        skipsUnparsable: Bool = false,
        follows: @escaping @Sendable (TableID) -> Bool = { _ in true },
        captures: @escaping @Sendable (TableID) -> Bool = { _ in true }
    ) {
        self.profile = profile
        self.tableNameCase = tableNameCase
        self.includesComments = includesComments
        self.skipsUnparsable = skipsUnparsable
        self.follows = follows
        self.captures = captures
    }
}
