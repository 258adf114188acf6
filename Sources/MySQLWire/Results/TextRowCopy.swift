import WireCore

/// A copy of a row, in memory that is reused for the next one.
package struct TextRowCopy: ~Copyable {
    private var packet = ByteWriter(capacityBytes: 1024)
    private var cells: ContiguousArray<Range<Int>> = []

    package init() {}

    package mutating func copy(_ row: borrowing TextRow) {
        packet.reset()
        packet.bytes(row.packet)
        cells.removeAll(keepingCapacity: true)
        cells.append(contentsOf: row.cells)
    }

    /// Passes the row that was copied last.
    package func withRow<R, E: Error>(_ body: (borrowing TextRow) throws(E) -> R) throws(E) -> R {
        try packet.withUnsafeBytes { (bytes) throws(E) in try body(TextRow(bytes, cells: cells)) }
    }
}
