/// The rows of a table cannot be planned, or do not fit the plan. The reason names the remedy.
package struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    package let table: TableID
    package let column: String?
    package let reason: String

    init(table: TableID, column: String? = nil, _ reason: String) {
        self.table = table
        self.column = column
        self.reason = reason
    }

    package var description: String {
        column.map { "Column \($0) of table \(table) cannot be captured: \(reason)" }
            ?? "Rows of table \(table) cannot be captured: \(reason)"
    }
}

/// A cell that has no value in messages.
package struct ConversionError: Error, Hashable, Sendable, CustomStringConvertible {
    package let table: TableID
    package let column: String?
    package let reason: String

    init(_ table: TableID, column: String?, _ reason: String) {
        self.table = table
        self.column = column
        self.reason = reason
    }

    package var description: String {
        column.map { "Column \($0) of table \(table): \(reason)" } ?? "Table \(table): \(reason)"
    }
}
