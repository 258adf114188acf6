import WireCore

/// Protocol::ColumnDefinition41: what a result set says of one column.
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
