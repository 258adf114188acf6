/// A cell that has no value in messages.
package struct ConversionError: Error, Hashable, Sendable, CustomStringConvertible {
    package let table: TableID
    package let column: String?
    package let reason: String
    package let remedy: String?

    init(_ table: TableID, column: String?, _ reason: String, remedy: String? = nil) {
        self.table = table
        self.column = column
        self.reason = reason
        self.remedy = remedy
    }

    package var description: String {
        let subject = column.map { "Column \($0) of table \(table)" } ?? "Table \(table)"
        return "\(subject): \(reason)" + (remedy.map { ". \($0)" } ?? "")
    }
}
