import ConnectData

/// The outcome of decoding a cell.
enum CellResult {
    case value(ConnectValue)
    /// Emitted as NULL: a zero date, an empty JSON document.
    case none
    /// A value that the column's representation cannot hold, for example a TIME of 30 hours as a time of day.
    case unrepresentable
    /// Bytes that the type does not allow.
    case damaged(String)

    /// - Parameter value: nil if it is unrepresentable.
    @inline(__always)
    init(_ value: ConnectValue?) { self = value.map { .value($0) } ?? .unrepresentable }
}

/// The columns of a row whose values could not be represented.
struct ConversionFailures {
    /// Indexes of the columns in the table, each once per row.
    private(set) var columns: [Int] = []

    @inline(__always) var isEmpty: Bool { columns.isEmpty }

    mutating func note(_ column: Int) { columns.append(column) }

    mutating func removeAll() { columns.removeAll(keepingCapacity: true) }
}
