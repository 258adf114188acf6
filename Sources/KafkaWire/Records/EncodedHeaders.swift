import WireCore

/// The headers of a record in the form in which they are sent: made once, and copied into every record that has them.
///
/// Layout: header count varint, each: name length varint, name, value length varint (-1 null), value
public struct EncodedHeaders: Sendable, Equatable, ExpressibleByArrayLiteral {
    /// The count included.
    let bytes: [UInt8]

    public init(_ headers: [RecordHeader]) {
        var writer = ByteWriter(capacityBytes: 16 + headers.count * 64)
        writer.zigZagVarint(Int64(headers.count))
        for header in headers {
            writer.zigZagVarint(Int64(header.key.utf8.count))
            writer.utf8(header.key)
            writer.zigZagVarint(Int64(header.value?.count ?? -1))
            if let value = header.value { writer.bytes(value) }
        }
        bytes = writer.array()
    }

    public init(arrayLiteral elements: RecordHeader...) { self.init(elements) }

    /// No headers.
    public static let none = EncodedHeaders([])
}
