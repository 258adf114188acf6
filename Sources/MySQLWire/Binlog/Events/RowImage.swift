/// The positions of the cells of one row image. Reused from row to row, so that reading allocates nothing.
@usableFromInline package struct RowImage {
    /// Offset and length of each cell within `bytes`; a negative length denotes NULL.
    @usableFromInline var cells: ContiguousArray<CellRange> = []
    @usableFromInline var bytes = UnsafeRawBufferPointer(start: nil, count: 0)

    @usableFromInline struct CellRange {
        @usableFromInline var offset: Int32
        @usableFromInline var length: Int32
        @inlinable init(offset: Int32, length: Int32) {
            self.offset = offset
            self.length = length
        }
    }

    @inlinable package init() {}

    @inlinable package var count: Int { cells.count }

    @inlinable package func isNull(_ index: Int) -> Bool { cells[index].length < 0 }

    /// The cell's stored bytes without a length prefix; nil for NULL.
    @inlinable
    package subscript(index: Int) -> UnsafeRawBufferPointer? {
        // Called for each cell: a call that is not inlined costs 2 % of a wide row.
        @inline(__always) get {
            let place = cells[index]
            guard place.length >= 0 else { return nil }
            return UnsafeRawBufferPointer(
                rebasing: bytes[Int(place.offset)..<Int(place.offset) + Int(place.length)])
        }
    }
}
