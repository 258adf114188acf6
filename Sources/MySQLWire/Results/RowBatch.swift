import WireCore

/// Consecutive rows of a result set in one block of memory.
final class RowBatch: Sendable {
    /// The limits of a batch. One row may exceed the number of bytes.
    static let rowsMax = 512
    static let bytesMax = 256 << 10

    let columns: RowColumns
    let count: Int
    private let bytes: [UInt8]
    /// The cells of all rows, in order; a negative lower bound denotes NULL.
    private let cells: [Range<Int>]

    init(_ columns: RowColumns, _ bytes: [UInt8], _ cells: [Range<Int>], count: Int) {
        self.columns = columns
        self.bytes = bytes
        self.cells = cells
        self.count = count
    }

    /// - Parameter body: receives the cell's bytes; nil for NULL.
    func withCell<R>(
        row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) throws(WireError) -> R
    ) throws(WireError) -> R {
        precondition(column >= 0 && column < columns.list.count, "the row has no column \(column)")
        let range = cells[row * columns.list.count + column]
        guard range.lowerBound >= 0 else { return try body(nil) }
        let result = bytes[range].withUnsafeBytes { bytes in
            Result { () throws(WireError) in try body(bytes) }
        }
        return try result.get()
    }
}
