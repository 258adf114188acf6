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
        let bitmapBytes = (columnCount + 7) / 8
        guard let base = bytes.baseAddress, bytes.count - offset >= bitmapBytes else { throw truncated(bitmapBytes) }
        if image.cells.count != columnCount {
            image.cells = ContiguousArray(repeating: Self.null, count: columnCount)
        }
        let (bitmap, total) = (offset, bytes.count)
        var position = offset + bitmapBytes
        // The bounds of both arrays were checked above, once for all cells.
        let missing: Int? = image.cells.withUnsafeMutableBufferPointer { cells in
            columns.withUnsafeBufferPointer { columns in
                for index in 0..<columns.count {
                    let nullBits = base.load(fromByteOffset: bitmap &+ index &>> 3, as: UInt8.self)
                    if nullBits & (1 &<< UInt8(truncatingIfNeeded: index & 7)) != 0 {
                        cells[index] = Self.null
                        continue
                    }
                    let length: Int
                    switch columns[index].extent {
                    case .fixed(let count): length = count
                    case .prefixed(let prefix):
                        guard total &- position >= prefix else { return prefix }
                        let bytes = UnsafeRawBufferPointer(start: base + position, count: prefix)
                        // Of 1 to 4 bytes.
                        length = Int(truncatingIfNeeded: bytes.littleEndian(prefix))
                        position &+= prefix
                    }
                    guard total &- position >= length else { return length }
                    cells[index] = UnsafeRawBufferPointer(start: base + position, count: length)
                    position &+= length
                }
                return nil
            }
        }
        offset = position
        if let missing { throw truncated(missing) }
    }

    private static var null: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

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
