import WireCore

/// A table's full name, in the server's case. Compared by its bytes, as the server compares names of tables.
package struct TableID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let database: String
    package let table: String

    package init(database: String, table: String) {
        self.database = database
        self.table = table
    }

    package static func == (a: TableID, b: TableID) -> Bool {
        a.table.isExactly(b.table) && a.database.isExactly(b.database)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ExactName(database))
        hasher.combine(ExactName(table))
    }

    /// `database.table`: the form that filters match and messages contain.
    package var description: String { "\(database).\(table)" }

    /// `"database"."table"`: the form of Debezium's `tableChanges` and schema history.
    package var quoted: String { database.isEmpty ? "\"\(table)\"" : "\"\(database)\".\"\(table)\"" }

    /// Java's order of the full names: by UTF-16 units.
    package static func < (a: TableID, b: TableID) -> Bool {
        a.description.utf16.lexicographicallyPrecedes(b.description.utf16)
    }
}
