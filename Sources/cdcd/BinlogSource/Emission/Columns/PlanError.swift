/// The rows of a table cannot be planned, or do not fit the plan.
package struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    package let table: TableID
    package let column: String?
    package let reason: String
    package let remedy: String?

    init(table: TableID, column: String? = nil, _ reason: String, remedy: String? = nil) {
        self.table = table
        self.column = column
        self.reason = reason
        self.remedy = remedy
    }

    package var description: String {
        let subject = column.map { "Column \($0) of table \(table)" } ?? "Rows of table \(table)"
        return "\(subject) cannot be captured: \(reason)" + (remedy.map { ". \($0)" } ?? "")
    }
}

extension PlanError {
    /// Leaves a column out of the rows.
    static func remedy(excluding column: String, of table: TableID) -> String {
        "Exclude the column with column.exclude.list=\(table.database).\(table.table).\(column)"
    }
}
