import WireCore

/// TABLE_MAP_EVENT: how the rows of a table are laid out, valid for the row events that follow with its number.
///
/// Layout: table id u48 | flags u16 | database u8 length, text, NUL | table u8 length, text, NUL | column count
/// lenenc | type of each column u8 | metadata lenenc length, bytes | nullability bitmap | optional metadata (type,
/// length, value)
public final class TableMap: Sendable {
    public static let columnCountMax = 4096

    public let tableID: UInt64
    public let database: String
    public let table: String
    /// Empty where `unreadableReason` says why.
    public let columns: [ColumnStorage]
    public let columnCount: Int
    /// Names a column type that cannot be read, so that no row of the table can; nil where all can. The map alone
    /// is no fault: it may belong to a table of no interest.
    public let unreadableReason: String?
    /// One for each column, in the order of the columns.
    public let isNullable: [Bool]
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
        unreadableReason = ColumnStorage.unreadable(among: types)
        var columns: [ColumnStorage] = []
        if unreadableReason == nil {
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

    /// Decodes the optional metadata; empty where the columns are unreadable. Throws where it does not fit the columns.
    ///
    /// It is decoded on demand: only captured tables need it, and of most tables nothing is captured.
    public func metadata() throws(WireError) -> TableMapMetadata {
        guard unreadableReason == nil else { return TableMapMetadata() }
        let bytes = optionalMetadata.bytes
        var reader = ByteReader(bytes.span.bytes, base: optionalMetadata.offset)
        return try TableMapMetadata(&reader, columns: columns, isMariaDB: isMariaDB)
    }

    @_lifetime(reader: copy reader)
    private static func name(_ reader: inout ByteReader) throws(WireError) -> String {
        let count = Int(try reader.byte())
        let text = String(decoding: try reader.array(count), as: UTF8.self)
        try reader.skip(1)
        return text
    }
}
