/// A whole, small result as text, copied out of the connection.
package struct TextResult: Sendable, Equatable {
    package let columnNames: [String]
    package let rows: [[String?]]

    /// The first cell of the first row.
    package var scalar: String? { rows.first?.first ?? nil }

    /// The cells of the column with this name in any case; empty if there is no such column.
    package func column(_ name: String) -> [String?] {
        guard let index = columnNames.firstIndex(where: { $0.lowercased() == name.lowercased() }) else { return [] }
        return rows.map { $0[index] }
    }
}
