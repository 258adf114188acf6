import WireCore

/// TABLE_MAP_EVENT: the layout of a table's rows, for the row events that follow with its id.
///
/// Layout: table id u48 | flags u16 | database u8 length, text, NUL | table u8 length, text, NUL | column count
/// lenenc | type of each column u8 | metadata lenenc length, bytes | nullability bitmap | optional metadata (type,
/// length, value)
package final class TableMap: Sendable {
    package static let columnCountMax = 4096

    package let tableID: UInt64
    package let database: String
    package let table: String
    /// Empty if there is an `unreadableColumn`.
    package let columns: [ColumnStorage]
    package let columnCount: Int
    /// A column that cannot be read, which makes all rows of the table unreadable; nil if there is none. The map alone
    /// is not an error: the caller may not read the table.
    package let unreadableColumn: UnreadableColumn?
    /// One for each column, in the order of the columns.
    package let isNullable: [Bool]
    /// The bytes of the optional metadata, and their offset in the event.
    private let optionalMetadata: (bytes: [UInt8], offset: Int)
    private let isMariaDB: Bool

    init(body: UnsafeRawBufferPointer, isMariaDB: Bool = false) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        tableID = try reader.littleEndian(byteCount: 6)
        try reader.skip(2)
        database = try Self.name(&reader)
        table = try Self.name(&reader)
        let count = try reader.lengthEncodedCount()
        guard count <= Self.columnCountMax else { throw WireError(.badLength(count), at: reader.absoluteOffset) }
        columnCount = count
        let types = try reader.array(count)
        var metadata = try reader.slice(try reader.lengthEncodedCount())
        unreadableColumn = ColumnStorage.unreadable(among: types)
        var columns: [ColumnStorage] = []
        if unreadableColumn == nil {
            columns.reserveCapacity(count)
            for type in types { columns.append(try ColumnStorage(code: type, metadata: &metadata)) }
            try metadata.finish()
        }
        self.columns = columns
        let bitmap = try reader.array((count + 7) / 8)
        isNullable = (0..<count).map { bitmap[$0 / 8] & (1 << ($0 % 8)) != 0 }
        let offset = reader.absoluteOffset
        optionalMetadata = (try reader.array(reader.remainingBytes), offset)
        self.isMariaDB = isMariaDB
    }

    /// Decodes the optional metadata; empty if a column is unreadable. Throws if it does not match the columns.
    ///
    /// It is decoded on demand, because callers read only some of a binlog's tables.
    package func metadata() throws(WireError) -> TableMapMetadata {
        guard unreadableColumn == nil else { return TableMapMetadata() }
        let bytes = optionalMetadata.bytes
        var reader = ByteReader(bytes.span.bytes, base: optionalMetadata.offset)
        return try TableMapMetadata(&reader, columns: columns, isMariaDB: isMariaDB)
    }

    @_lifetime(reader: copy reader)
    private static func name(_ reader: inout ByteReader) throws(WireError) -> String {
        let count = Int(try reader.byte())
        let text = try reader.span(count).repairedUTF8()
        try reader.skip(1)
        return text
    }
}
