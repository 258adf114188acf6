import WireCore

/// A column of a result set (Protocol::ColumnDefinition41).
///
/// Layout: catalog, schema, table alias, table, column alias, column: lenenc text each | length of the rest lenenc |
/// collation u16 | maximum length u32 | type u8 | flags u16 | decimals u8 | 2 reserved
public struct MySQLColumn: Equatable, Sendable {
    public let schema: String
    public let table: String
    public let name: String
    /// The collation's number; 63 is binary.
    public let collation: UInt16
    /// `enum_field_types`.
    public let type: UInt8
    public let flags: UInt16
    public let lengthBytesMax: UInt32

    init(name: String, type: UInt8, flags: UInt16, collation: UInt16) {
        (schema, table, self.name) = ("", "", name)
        (self.type, self.flags, self.collation) = (type, flags, collation)
        lengthBytesMax = 0
    }

    init(_ packet: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(packet)
        _ = try reader.lengthEncodedText()
        schema = try reader.lengthEncodedText()
        _ = try reader.lengthEncodedText()
        table = try reader.lengthEncodedText()
        name = try reader.lengthEncodedText()
        _ = try reader.lengthEncodedText()
        _ = try reader.lengthEncodedInteger()
        collation = try reader.littleEndian(UInt16.self)
        lengthBytesMax = try reader.littleEndian(UInt32.self)
        type = try reader.byte()
        flags = try reader.littleEndian(UInt16.self)
    }
}
