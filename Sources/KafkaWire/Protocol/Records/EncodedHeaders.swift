import WireCore

/// The headers of a record in their encoded form: encoded once, and copied into every record that has them.
///
/// Layout: header count varint, each: name length varint, name, value length varint (-1 null), value
package struct EncodedHeaders: Sendable, Equatable, ExpressibleByArrayLiteral {
    /// Including the count.
    package let bytes: [UInt8]

    package init(_ headers: [RecordHeader]) {
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

    package init(arrayLiteral elements: RecordHeader...) { self.init(elements) }

    /// No headers.
    package static let none = EncodedHeaders([])
}
