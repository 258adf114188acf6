import WireCore

/// One row of the text protocol: a view of its packet, with the position of each cell. Valid as long as the packet.
/// Layout: for each column the value lenenc, or 0xFB for NULL.
@usableFromInline package struct TextRow {
    @usableFromInline package private(set) var packet: UnsafeRawBufferPointer
    /// The position of each cell; a negative lower bound denotes NULL.
    @usableFromInline package private(set) var cells: ContiguousArray<Range<Int>>

    package init() {
        packet = UnsafeRawBufferPointer(start: nil, count: 0)
        cells = []
    }

    /// A row whose cells are known.
    init(_ packet: UnsafeRawBufferPointer, cells: ContiguousArray<Range<Int>>) {
        self.packet = packet
        self.cells = cells
    }

    /// Finds the cells of a row. Throws unless it has exactly `columnCount` of them.
    package init(
        _ packet: UnsafeRawBufferPointer, columnCount: Int, reusing cells: consuming ContiguousArray<Range<Int>>
    ) throws(WireError) {
        self.packet = packet
        self.cells = cells
        try decode(packet, columnCount: columnCount)
    }

    /// The same, reusing the memory of the previous row.
    package mutating func decode(_ packet: UnsafeRawBufferPointer, columnCount: Int) throws(WireError) {
        var cells: ContiguousArray<Range<Int>> = []
        swap(&cells, &self.cells)
        self.packet = packet
        cells.removeAll(keepingCapacity: true)
        var reader = ByteReader(packet)
        for _ in 0..<columnCount {
            if reader.peekByte() == 0xFB {
                try reader.skip(1)
                cells.append(-1 ..< -1)
                continue
            }
            let count = try reader.lengthEncodedCount()
            let start = reader.offset
            try reader.skip(count)
            cells.append(start..<start + count)
        }
        try reader.finish()
        self.cells = cells
    }

    package var count: Int { cells.count }

    package func isNull(_ index: Int) -> Bool { bytes(index) == nil }

    /// The cell's text as bytes in the connection's character set; nil for NULL.
    @inlinable
    package func bytes(_ index: Int) -> UnsafeRawBufferPointer? {
        let range = cells[index]
        return range.lowerBound < 0 ? nil : UnsafeRawBufferPointer(rebasing: packet[range])
    }

    /// The same. Precondition: `index` is less than `count`, which only debug builds check.
    @inlinable @inline(__always)
    package func bytes(unchecked index: Int) -> UnsafeRawBufferPointer? {
        let range = cells.withUnsafeBufferPointer { $0[index] }
        guard range.lowerBound >= 0, let start = packet.baseAddress else { return nil }
        return UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.upperBound &- range.lowerBound)
    }

    /// The cell as a string; nil for NULL.
    package func text(_ index: Int) -> String? { bytes(index).map { String(decoding: $0, as: UTF8.self) } }
}
