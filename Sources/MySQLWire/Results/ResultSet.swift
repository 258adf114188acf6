/// A whole, small result, copied out of the connection.
public struct ResultSet: Sendable, Equatable {
    public let columnNames: [String]
    public let rows: [[String?]]

    /// The first cell of the first row.
    public var scalar: String? { rows.first?.first ?? nil }

    /// The cells of a column, by its name without regard to case; empty where there is no such column.
    public func column(_ name: String) -> [String?] {
        guard let index = columnNames.firstIndex(where: { $0.lowercased() == name.lowercased() }) else { return [] }
        return rows.map { $0[index] }
    }
}
