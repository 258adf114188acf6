import WireCore

/// WRITE_ROWS, UPDATE_ROWS and DELETE_ROWS events, versions 1 and 2: the changed rows of one table.
///
/// Layout: table id u48 | flags u16 | version 2: extra data u16 length (itself included) and bytes | column count
/// lenenc | present columns bitmap | update: present columns of the after image | row images to the end
package struct RowsEvent {
    package enum Kind: Sendable { case insert, update, delete }

    package let kind: Kind
    package let tableID: UInt64
    package let columnCount: Int
    /// Whether every image has all columns (`binlog_row_image=FULL`).
    package let hasFullImages: Bool
    /// The row images, one after the other; a view of the event.
    let images: UnsafeRawBufferPointer

    /// The table id that the server uses for "no table": the event only ends a statement.
    package var isDummy: Bool { tableID == 0xFF_FFFF }

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
        var isFull = Self.isFull(try reader.span((columnCount + 7) / 8), columnCount)
        if kind == .update {
            let after = Self.isFull(try reader.span((columnCount + 7) / 8), columnCount)
            isFull = isFull && after
        }
        hasFullImages = isFull
        images = UnsafeRawBufferPointer(rebasing: body[reader.offset...])
    }

    private static func isFull(_ bitmap: RawSpan, _ count: Int) -> Bool {
        (0..<count).allSatisfy { bitmap.unsafeLoad(fromByteOffset: $0 / 8, as: UInt8.self) & (1 << ($0 % 8)) != 0 }
    }

    /// Reads the images one by one. The table map must be the one with this event's `tableID`.
    package func makeRows() -> RowImages {
        RowImages(images, columnCount: columnCount, hasFullImages: hasFullImages)
    }
}
