/// The include and exclude lists for databases, tables and columns.
public struct TableFilter: Sendable {
    public init() {}

    /// Whether rows of the table are captured.
    public func includes(_ table: TableID) -> Bool { includesDatabase(table.database) }

    /// Whether the database may hold captured tables, by the database lists and the built-in ones alone.
    public func includesDatabase(_ database: String) -> Bool { !Self.builtInDatabases.contains(database.lowercased()) }

    /// Whether the column is part of row values. Keys are never filtered.
    public func includesColumn(_ column: String, of table: TableID) -> Bool { true }

    /// The captured tables in the order in which a snapshot reads them: for each expression of the table include list in
    /// turn the tables in which it is found, sorted; without a list all of them, sorted.
    public func snapshotOrder(_ tables: [TableID]) -> [TableID] { tables.filter(includes).sorted() }

    public static let builtInDatabases: Set<String> = ["mysql", "performance_schema", "sys", "information_schema"]
}

/// `gtid.source.includes` and `gtid.source.excludes`.
public struct GTIDSourceFilter: Sendable {
    /// Whether rows of excluded sources are emitted all the same.
    public var filtersRows = true

    public init() {}

    /// Whether transactions of the source count; a UUID, or `domain-server` on MariaDB.
    public func includes(_ source: String) -> Bool { true }
}
