import ConnectData

/// The include and exclude lists for databases, tables and columns.
package struct TableFilter: Sendable {
    private enum Rule: Sendable {
        case all
        case including(PatternList)
        case excluding(PatternList)

        func includes(_ name: String) -> Bool {
            switch self {
            case .all: true
            case .including(let list): list.matches(name)
            case .excluding(let list): !list.matches(name)
            }
        }
    }

    private let databases: Rule
    private let tables: Rule
    private let columns: Rule

    /// Everything but the system's own databases.
    package init() {
        databases = .all
        tables = .all
        columns = .all
    }

    /// Reads `database.include.list` and its kin (and 1.9's `database.whitelist`).
    init(_ configuration: [String: String]) throws {
        func rule(_ kind: String) throws -> Rule {
            func list(_ names: String...) throws -> PatternList? {
                guard let name = names.first(where: { configuration[$0] != nil }), let text = configuration[name] else {
                    return nil
                }
                do {
                    let list = try PatternList(text)
                    return list.patterns.isEmpty ? nil : list
                } catch {
                    throw ConfigError(name: name, value: text, reason: "\(error)")
                }
            }
            if let list = try list("\(kind).include.list", "\(kind).whitelist") { return .including(list) }
            if let list = try list("\(kind).exclude.list", "\(kind).blacklist") { return .excluding(list) }
            return .all
        }
        databases = try rule("database")
        tables = try rule("table")
        columns = try rule("column")
    }

    /// Whether rows of the table are captured.
    package func includes(_ table: TableID) -> Bool {
        includesDatabase(table.database) && tables.includes(table.description)
    }

    /// Whether the database may hold captured tables, by the database lists and the built-in ones alone.
    package func includesDatabase(_ database: String) -> Bool {
        !Self.isBuiltIn(database) && listsInclude(database: database)
    }

    /// Whether the lists of databases let this one through. Without a list they let the built-in ones through too:
    /// statements about these are then recorded.
    package func listsInclude(database: String) -> Bool { databases.includes(database) }

    /// Whether the column is part of row values. Keys are never filtered.
    package func includesColumn(_ column: String, of table: TableID) -> Bool {
        if case .all = columns { return true }
        return columns.includes("\(table).\(column)")
    }

    /// The captured tables in the order in which a snapshot reads them: for each expression of the table include list
    /// in turn its tables, sorted; without a list all of them, sorted.
    package func snapshotOrder(_ tables: [TableID], _ profile: DebeziumProfile) -> [TableID] {
        let captured = tables.filter(includes).sorted()
        guard case .including(let list) = self.tables else { return captured }
        var ordered: [TableID] = []
        var seen: Set<TableID> = []
        for pattern in list.patterns {
            ordered += captured.filter { table in
                let isListed = profile.ordersTablesByWholeMatches
                    ? pattern.matchesWhole(table.description) : pattern.find(table.description)
                return isListed && !seen.contains(table)
            }
            seen.formUnion(ordered)
        }
        return ordered
    }

    package static func isBuiltIn(_ database: String) -> Bool { builtInDatabases.contains(database.lowercased()) }

    package static let builtInDatabases: Set<String> = ["mysql", "performance_schema", "sys", "information_schema"]
}
