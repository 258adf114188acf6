import WireCore

/// Walks over the row images of an event.
package struct RowImages {
    private let bytes: UnsafeRawBufferPointer
    private let columnCount: Int
    private let hasFullImages: Bool
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer, columnCount: Int, hasFullImages: Bool) {
        self.bytes = bytes
        self.columnCount = columnCount
        self.hasFullImages = hasFullImages
    }

    package var isAtEnd: Bool { offset == bytes.count }

    /// Finds the cells of the next image. Every length is checked against the remaining bytes.
    ///
    /// Also throws if the images do not have all columns of the table map, because their columns cannot be identified.
    ///
    /// Layout: NULL bitmap, one bit for each column | the cells that are not NULL
    package mutating func next(into image: inout RowImage, columns: [ColumnStorage]) throws(WireError) {
        guard hasFullImages, columns.count == columnCount, columnCount > 0 else { throw unfit(columns.count) }
        let bitmapBytes = (columns.count + 7) / 8
        let total = bytes.count
        guard total - offset >= bitmapBytes else { throw truncated(bitmapBytes) }
        let bitmap = offset
        offset += bitmapBytes
        image.bytes = bytes
        if image.cells.count != columns.count {
            image.cells = ContiguousArray(repeating: .init(offset: 0, length: -1), count: columns.count)
        }
        for index in 0..<columns.count {
            if bytes[bitmap + index >> 3] & (1 << UInt8(truncatingIfNeeded: index & 7)) != 0 {
                image.cells[index] = .init(offset: 0, length: -1)
                continue
            }
            let length: Int
            switch columns[index].extent {
            case .fixed(let count): length = count
            case .prefixed(let prefix):
                guard total - offset >= prefix else { throw truncated(prefix) }
                var value = 0
                for place in 0..<prefix { value |= Int(bytes[offset + place]) << (place * 8) }
                length = value
                offset += prefix
            }
            guard total - offset >= length else { throw truncated(length) }
            image.cells[index] = .init(
                offset: Int32(truncatingIfNeeded: offset), length: Int32(truncatingIfNeeded: length))
            offset += length
        }
    }

    private func unfit(_ mapped: Int) -> WireError {
        let reason =
            hasFullImages
            ? "rows of \(columnCount) columns after a table map of \(mapped)"
            : "row images without all columns (binlog_row_image is not FULL)"
        return WireError(.invalidValue(reason), at: offset)
    }

    private func truncated(_ needed: Int) -> WireError {
        WireError(.truncated(neededBytes: needed, remainingBytes: bytes.count - offset), at: offset)
    }
}
