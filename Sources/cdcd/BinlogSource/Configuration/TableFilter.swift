import ConnectData

/// The include and exclude lists for databases, tables and columns.
package struct TableFilter: Sendable {
    var databases = NameFilter()
    var tables = NameFilter()
    var columns = NameFilter()

    /// Includes everything except the system databases.
    package init() {}

    /// Whether rows of the table are captured.
    package func includes(_ table: TableID) -> Bool {
        includesDatabase(table.database) && tables.includes(table.description)
    }

    /// Whether the database can contain captured tables: it is no system database, and the database lists include it.
    package func includesDatabase(_ database: String) -> Bool {
        !Self.isBuiltIn(database) && listsInclude(database: database)
    }

    /// Whether the database lists include the database. Without a list they include the system databases too, so that
    /// statements about these are recorded.
    package func listsInclude(database: String) -> Bool { databases.includes(database) }

    /// Whether the column is part of row values. Keys are never filtered.
    package func includesColumn(_ column: String, of table: TableID) -> Bool {
        columns.includesAll || columns.includes("\(table).\(column)")
    }

    /// The captured tables in the order in which a snapshot reads them: for each expression of the table include list
    /// in turn, its tables, sorted; all tables, sorted, if there is no list.
    package func snapshotOrder(_ tables: [TableID], _ profile: DebeziumProfile) -> [TableID] {
        let captured = tables.filter(includes).sorted()
        guard let list = self.tables.included else { return captured }
        var ordered: [TableID] = []
        var seen: Set<TableID> = []
        for pattern in list.patterns {
            ordered += captured.filter { table in
                let isListed = profile.ordersTablesByWholeMatches
                    ? pattern.matchesWholeWithoutLimit(table.description) : pattern.findWithoutLimit(table.description)
                return isListed && !seen.contains(table)
            }
            seen.formUnion(ordered)
        }
        return ordered
    }

    package static func isBuiltIn(_ database: String) -> Bool { builtInDatabases.contains(database.lowercased()) }

    package static let builtInDatabases: Set<String> = ["mysql", "performance_schema", "sys", "information_schema"]
}
