/// The rows of a table cannot be planned, or do not fit the plan. The reason names the remedy.
public struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    public let table: TableID
    public let column: String?
    public let reason: String

    init(table: TableID, column: String? = nil, _ reason: String) {
        self.table = table
        self.column = column
        self.reason = reason
    }

    public var description: String {
        column.map { "Column \($0) of table \(table) cannot be captured: \(reason)" }
            ?? "Rows of table \(table) cannot be captured: \(reason)"
    }
}

/// A cell that has no value in messages.
public struct ConversionError: Error, Hashable, Sendable, CustomStringConvertible {
    public let table: TableID
    public let column: String?
    public let reason: String

    init(_ table: TableID, column: String?, _ reason: String) {
        self.table = table
        self.column = column
        self.reason = reason
    }

    public var description: String {
        column.map { "Column \($0) of table \(table): \(reason)" } ?? "Table \(table): \(reason)"
    }
}
