import WireCore

/// WRITE_ROWS, UPDATE_ROWS and DELETE_ROWS events, versions 1 and 2: the changed rows of one table.
///
/// Layout: table id u48 | flags u16 | version 2: extra data u16 length (itself included) and bytes | column count
/// lenenc | present columns bitmap | update: present columns of the after image | row images to the end
public struct RowsEvent {
    public enum Kind: Sendable { case insert, update, delete }

    public let kind: Kind
    public let tableID: UInt64
    public let columnCount: Int
    /// Whether every image has all columns (`binlog_row_image=FULL`).
    public let hasFullImages: Bool
    /// The row images, one after the other; a view of the event.
    let images: UnsafeRawBufferPointer

    /// The number that the server uses for "no table": the event only ends a statement.
    public var isDummy: Bool { tableID == 0xFF_FFFF }

    init(type: EventType, body: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        tableID = try reader.littleEndian(byteCount: 6)
        try reader.skip(2)
        switch type {
        case .writeRows, .updateRows, .deleteRows:
            let extra = Int(try reader.littleEndian(UInt16.self))
            guard extra >= 2 else { throw WireError(.badLength(extra), at: reader.absoluteOffset) }
            try reader.skip(extra - 2)
        default: break
        }
        kind =
            switch type {
            case .updateRows, .updateRowsV1: .update
            case .deleteRows, .deleteRowsV1: .delete
            default: .insert
            }
        columnCount = try reader.lengthEncodedCount()
        guard columnCount <= TableMap.columnCountMax else {
            throw WireError(.badLength(columnCount), at: reader.absoluteOffset)
        }
        var isFull = try Self.isFull(try reader.array((columnCount + 7) / 8), columnCount)
        if kind == .update {
            let after = try Self.isFull(try reader.array((columnCount + 7) / 8), columnCount)
            isFull = isFull && after
        }
        hasFullImages = isFull
        images = UnsafeRawBufferPointer(rebasing: body[reader.offset...])
    }

    private static func isFull(_ bitmap: [UInt8], _ count: Int) throws(WireError) -> Bool {
        (0..<count).allSatisfy { bitmap[$0 / 8] & (1 << ($0 % 8)) != 0 }
    }

    /// Reads the images one by one. The table map must be the one with this event's `tableID`.
    public func makeRows() -> RowImages {
        RowImages(images, columnCount: columnCount, hasFullImages: hasFullImages)
    }
}

/// Where the cells of one row image lie. Reused from row to row, so that reading allocates nothing.
public struct RowImage {
    /// Offset and length of each cell within `bytes`; a negative length stands for NULL.
    @usableFromInline var cells: ContiguousArray<CellPlace> = []
    @usableFromInline var bytes = UnsafeRawBufferPointer(start: nil, count: 0)

    @usableFromInline struct CellPlace {
        @usableFromInline var offset: Int32
        @usableFromInline var length: Int32
        @inlinable init(offset: Int32, length: Int32) {
            self.offset = offset
            self.length = length
        }
    }

    public init() {}

    @inlinable public var count: Int { cells.count }

    @inlinable public func isNull(_ index: Int) -> Bool { cells[index].length < 0 }

    /// The cell's stored bytes without a length prefix; nil for NULL.
    @inlinable
    public subscript(index: Int) -> UnsafeRawBufferPointer? {
        let place = cells[index]
        guard place.length >= 0 else { return nil }
        return UnsafeRawBufferPointer(
            rebasing: bytes[Int(place.offset)..<Int(place.offset) + Int(place.length)])
    }
}

/// Walks over the row images of an event.
public struct RowImages {
    private let bytes: UnsafeRawBufferPointer
    private let columnCount: Int
    private let hasFullImages: Bool
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer, columnCount: Int, hasFullImages: Bool) {
        self.bytes = bytes
        self.columnCount = columnCount
        self.hasFullImages = hasFullImages
    }

    public var isAtEnd: Bool { offset == bytes.count }

    /// Finds the cells of the next image. Every length is checked against what is left.
    ///
    /// Throws also where the images do not have all columns of the table map: they are not read by guess.
    ///
    /// Layout: NULL bitmap, one bit for each column | the cells that are not NULL
    public mutating func next(into image: inout RowImage, columns: [ColumnStorage]) throws(WireError) {
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
