import WireCore

/// The framing that Kafka's clients use for Snappy, snappy-java's: blocks with lengths after a header.
///
/// Header: 0x82 "SNAPPY" 0 | version int32 | oldest compatible version int32. Then, for each block, its length int32 and
/// the block in Snappy's own format. A header may occur again between blocks.
package enum XerialSnappy {
    private static let magic: [UInt8] = [0x82] + Array("SNAPPY".utf8) + [0]
    private static let headerBytes = 16
    /// The content of one block.
    private static let blockBytes = 32 << 10

    static func compress(_ bytes: UnsafeRawBufferPointer, into writer: inout ByteWriter) {
        writer.bytes(magic)
        writer.bigEndian(Int32(1))
        writer.bigEndian(Int32(1))
        var rest = bytes
        while !rest.isEmpty {
            let offset = writer.count
            writer.bigEndian(Int32(0))
            Snappy.compress(UnsafeRawBufferPointer(rebasing: rest.prefix(blockBytes)), into: &writer)
            writer.patchBigEndian(Int32(writer.count - offset - 4), at: offset)
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(blockBytes))
        }
    }

    /// Appends the content of one or more frames. Bytes without a header are one block, as some clients write them.
    package static func expand(
        _ bytes: UnsafeRawBufferPointer, limitBytes: Int, into writer: inout ByteWriter
    ) throws(CompressionError) {
        guard hasHeader(bytes) else { return try Snappy.expand(bytes, limitBytes: limitBytes, into: &writer) }
        let limit = writer.count + limitBytes
        var position = 0
        while position < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            if hasHeader(rest) {
                // Some writers have the versions in another byte order.
                position += headerBytes
                continue
            }
            guard rest.count >= 4 else { throw tooShort }
            let length = Int(UInt32(bigEndian: rest.loadUnaligned(as: UInt32.self)))
            guard length <= rest.count - 4 else { throw tooShort }
            let block = UnsafeRawBufferPointer(rebasing: rest[4..<4 + length])
            do throws(CompressionError) {
                try Snappy.expand(block, limitBytes: limit - writer.count, into: &writer)
            } catch {
                guard case .tooLarge(let codec, _) = error else { throw error }
                throw .tooLarge(codec: codec, limitBytes: limitBytes)
            }
            position += 4 + length
        }
    }

    private static let tooShort = CompressionError.corrupt(codec: "snappy", reason: "the data ends too early")

    private static func hasHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= headerBytes && bytes.prefix(magic.count).elementsEqual(magic)
    }
}
