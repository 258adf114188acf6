import WireCore

/// The tables and databases of a schema, by names in the case in which they are compared, and an undo log for a text
/// whose statements fail halfway.
///
/// The cost of a change depends only on the tables that it touches: there is never a second reference to the
/// dictionaries, which would make the next change copy them.
struct SchemaCatalog: Sendable {
    private struct Database: Sendable {
        var tables: [ExactName: TableDefinition] = [:]
        var characterSet: String?
    }

    /// The state before a change.
    private enum Undo: Sendable {
        case table(TableID, TableDefinition?)
        case characterSet(String?, database: String)
        case database(Database?, name: String)
    }

    private var databases: [ExactName: Database] = [:]
    /// The changes since `begin`; nil if no undo is possible.
    private var undos: [Undo]?

    /// All tables, in no particular order.
    var tables: [TableDefinition] { databases.values.flatMap(\.tables.values) }

    subscript(key: TableID) -> TableDefinition? {
        get { databases[ExactName(key.database)]?.tables[ExactName(key.table)] }
        set {
            let old = self[key]
            undos?.append(.table(key, old))
            put(newValue, at: key)
        }
    }

    private mutating func put(_ table: TableDefinition?, at key: TableID) {
        if let table {
            databases[ExactName(key.database), default: Database()].tables[ExactName(key.table)] = table
        } else {
            databases[ExactName(key.database)]?.tables[ExactName(key.table)] = nil
        }
    }

    /// The default character set of a database, if a statement named one.
    func characterSet(ofDatabase name: String) -> String? { databases[ExactName(name)]?.characterSet }

    mutating func setCharacterSet(_ characterSet: String, ofDatabase name: String) {
        let old = databases[ExactName(name)]?.characterSet
        undos?.append(.characterSet(old, database: name))
        databases[ExactName(name), default: Database()].characterSet = characterSet
    }

    /// Removes a database with all its tables.
    mutating func removeDatabase(_ name: String) {
        let removed = databases.removeValue(forKey: ExactName(name))
        undos?.append(.database(removed, name: name))
    }

    // MARK: Undo

    /// Begins to record changes for `undo`.
    mutating func begin() { undos = [] }

    /// Keeps the changes since `begin`.
    mutating func commit() { undos = nil }

    /// Undoes the changes since `begin`.
    mutating func revert() {
        for undo in (undos ?? []).reversed() {
            switch undo {
            case .table(let key, let table): put(table, at: key)
            case .characterSet(let characterSet, let name): databases[ExactName(name)]?.characterSet = characterSet
            case .database(let database, let name): databases[ExactName(name)] = database
            }
        }
        undos = nil
    }
}
