/// The cells of one row image: views of the event. Reused from row to row, so that reading allocates nothing.
@usableFromInline package struct RowImage {
    /// The stored bytes of each cell; without a base address for NULL.
    @usableFromInline var cells: ContiguousArray<UnsafeRawBufferPointer> = []

    @inlinable package init() {}

    @inlinable package var count: Int { cells.count }

    @inlinable package func isNull(_ index: Int) -> Bool { cells[index].baseAddress == nil }

    /// The cell's stored bytes without a length prefix; nil for NULL.
    @inlinable
    package subscript(index: Int) -> UnsafeRawBufferPointer? {
        // Called for each cell: a call that is not inlined costs 2 % of a wide row.
        @inline(__always) get {
            let cell = cells[index]
            return cell.baseAddress == nil ? nil : cell
        }
    }

    /// The same. Precondition: `index` is less than `count`, which only debug builds check.
    @inlinable @inline(__always)
    package subscript(unchecked index: Int) -> UnsafeRawBufferPointer? {
        let cell = cells.withUnsafeBufferPointer { $0[index] }
        return cell.baseAddress == nil ? nil : cell
    }
}
