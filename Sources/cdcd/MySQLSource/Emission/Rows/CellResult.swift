import ConnectData

/// What reading a cell gave.
enum CellResult {
    case value(ConnectValue)
    /// Stands for NULL: a zero date, an empty JSON document.
    case none
    /// A value that the column's representation does not have, for example a TIME of 30 hours as a time of day.
    case unrepresentable
    /// Bytes that the type does not allow.
    case damaged(String)

    /// Nil: unrepresentable.
    @inline(__always)
    init(_ value: ConnectValue?) { self = value.map { .value($0) } ?? .unrepresentable }
}

/// What stands for NULL in a column.
struct NullRule: Sendable, Hashable {
    /// `.null` where NULL is allowed; else the default, or the type's fallback.
    let value: ConnectValue
    let isOptional: Bool
    /// The default; nil where there is none.
    let defaultValue: ConnectValue?
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

/// The columns of a row whose values could not be represented.
struct ConversionFailures {
    /// Places of the cells, each once a row.
    private(set) var cells: [Int] = []

    @inline(__always) var isEmpty: Bool { cells.isEmpty }

    mutating func note(_ cell: Int) { cells.append(cell) }

    mutating func removeAll() { cells.removeAll(keepingCapacity: true) }
}
