import WireCore

/// A table's full name, in the case the server gives. Compared by its bytes, as the server compares names of tables.
public struct TableID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let database: String
    public let table: String

    public init(database: String, table: String) {
        self.database = database
        self.table = table
    }

    public static func == (a: TableID, b: TableID) -> Bool {
        a.table.isExactly(b.table) && a.database.isExactly(b.database)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(ExactName(database))
        hasher.combine(ExactName(table))
    }

    /// `database.table`: the form that filters match and messages show.
    public var description: String { "\(database).\(table)" }

    /// `"database"."table"`: the form of Debezium's `tableChanges` and schema history.
    public var quoted: String { database.isEmpty ? "\"\(table)\"" : "\"\(database)\".\"\(table)\"" }

    /// Java's order of the full names: by UTF-16 units.
    public static func < (a: TableID, b: TableID) -> Bool {
        a.description.utf16.lexicographicallyPrecedes(b.description.utf16)
    }
}
