import WireCore

/// The tables and databases of a schema, by names in the case in which they are compared, and the changes to undo if a
/// text of several statements fails.
///
/// A change costs what it touches, however many tables there are: nothing holds a second copy of the dictionaries, of
/// which the next change would have to make a copy.
struct SchemaCatalog: Sendable {
    private struct Database: Sendable {
        var tables: [ExactName: TableDefinition] = [:]
        var characterSet: String?
    }

    /// What was there before a change.
    private enum Undo: Sendable {
        case table(TableID, TableDefinition?)
        case characterSet(String?, database: String)
        case database(Database?, name: String)
    }

    private var databases: [ExactName: Database] = [:]
    /// The changes since `begin`; nil if nothing is to be undone.
    private var undos: [Undo]?

    /// All tables, in no order.
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

    /// Makes the changes that follow undoable.
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
