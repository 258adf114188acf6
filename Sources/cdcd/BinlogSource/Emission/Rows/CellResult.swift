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

/// The columns of a row whose values could not be represented.
struct ConversionFailures {
    /// Places of the cells, each once a row.
    private(set) var cells: [Int] = []

    @inline(__always) var isEmpty: Bool { cells.isEmpty }

    mutating func note(_ cell: Int) { cells.append(cell) }

    mutating func removeAll() { cells.removeAll(keepingCapacity: true) }
}
