import WireCore

/// One row of the text protocol: a view of its packet, with the place of each cell.
///
/// Valid only while the closure runs that it was given to. The array of ranges is reused from row to row.
public struct TextRow {
    let packet: UnsafeRawBufferPointer
    /// Where each cell lies; a negative lower bound stands for NULL.
    package let cells: ContiguousArray<Range<Int>>

    /// Finds the cells. Throws where the row has not exactly `columnCount` of them.
    package init(
        _ packet: UnsafeRawBufferPointer, columnCount: Int, reusing cells: consuming ContiguousArray<Range<Int>>
    ) throws(WireError) {
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

    public var count: Int { cells.count }

    @inlinable
    public func isNull(_ index: Int) -> Bool { bytes(index) == nil }

    /// The cell's text as bytes in the connection's character set; nil for NULL.
    public func bytes(_ index: Int) -> UnsafeRawBufferPointer? {
        let range = cells[index]
        return range.lowerBound < 0 ? nil : UnsafeRawBufferPointer(rebasing: packet[range])
    }

    /// The cell as a string; nil for NULL.
    public func text(_ index: Int) -> String? { bytes(index).map { String(decoding: $0, as: UTF8.self) } }
}
