/// Whether rows can still be read by an earlier definition after a change that the storage engine makes without
/// touching the rows (ALGORITHM=INSTANT, a rename of tables): the server then returns them to an older transaction too,
/// under the new names.
enum DefinitionChange {
    /// Whether every column of the old definition is the same in the new one. Columns that were added are not selected,
    /// and their statement follows in the stream; columns that were renamed may have exchanged their names.
    ///
    /// - Parameters: two texts of SHOW CREATE TABLE.
    static func keepsColumns(from old: String, to new: String) -> Bool {
        if old == new { return true }
        var rest = columns(new)[...]
        for column in columns(old) {
            guard let index = rest.firstIndex(of: column) else { return false }
            rest = rest[(index + 1)...]
        }
        return true
    }

    /// The lines of the columns, in order: the server prints each on a line of its own that begins with its name.
    private static func columns(_ definition: String) -> [Substring] {
        definition.split(separator: "\n").filter { $0.hasPrefix("  `") }.map { $0.last == "," ? $0.dropLast() : $0 }
    }
}

/// A table's columns have changed since its definition was read.
struct TableChangedError: Error, Hashable, CustomStringConvertible {
    let table: TableID

    var description: String { "the columns of \(table) changed before its rows were read" }
}
