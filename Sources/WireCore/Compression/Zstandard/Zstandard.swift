/// The Zstandard format (RFC 8878).
///
/// Frame: magic 0xFD2FB528 | descriptor | [window 1] | [dictionary id 1, 2, 4] | [content size 1, 2, 4, 8]
/// | blocks: header 3 (bit 0: the last; bits 1 and 2: type; size), bytes | [checksum 4: low half of XXH64].
package enum Zstandard {
    static let name = "zstd"
    static let magic: UInt32 = 0xFD2F_B528

    static func corrupt(_ reason: String) -> CompressionError { .corrupt(codec: name, reason: reason) }

    /// Appends the content of one or more frames.
    ///
    /// - Throws: `.corrupt`, also if a checksum is wrong; `.tooLarge`; `.unsupported` if a frame needs a dictionary.
    package static func expand(
        _ bytes: UnsafeRawBufferPointer, limitBytes: Int, into writer: inout ByteWriter
    ) throws(CompressionError) {
        var reader = FrameReader(bytes, codec: name)
        var decoder = ZstandardBlockDecoder()
        let limit = writer.count + limitBytes
        try reader.frames(magic: magic) { (reader) throws(CompressionError) in
            try expandFrame(&reader, &decoder, limit: limit, limitBytes: limitBytes, into: &writer)
        }
    }

    private static func expandFrame(
        _ reader: inout FrameReader, _ decoder: inout ZstandardBlockDecoder, limit: Int, limitBytes: Int,
        into writer: inout ByteWriter
    ) throws(CompressionError) {
        let header = try ZstandardFrameHeader(&reader)
        if let size = header.contentBytes {
            guard size <= UInt64(limit - writer.count) else { throw .tooLarge(codec: name, limitBytes: limitBytes) }
        }
        let blockBytesMax = Int(min(header.windowBytes, UInt64(ZstandardBlockDecoder.blockBytesMax)))
        decoder.beginFrame()
        let start = writer.count
        var isLast = false
        while !isLast {
            let block = Int(try reader.bytes(3).littleEndian(3))
            isLast = block & 1 == 1
            let (type, size) = (block >> 1 & 3, block >> 3)
            let room = min(blockBytesMax, limit - writer.count)
            if type < 2 {
                guard size <= blockBytesMax else { throw corrupt("a block is too large") }
                guard size <= room else { throw .tooLarge(codec: name, limitBytes: limitBytes) }
            }
            switch type {
            case 0: writer.bytes(try reader.bytes(size))
            case 1:
                let byte = try reader.number(UInt8.self)
                writer.room(for: size).update(repeating: byte, count: size)
                writer.end += size
            case 2:
                let content = try reader.bytes(size)
                let target = writer.room(for: room + WideCopy.slackBytes)
                do {
                    writer.end = try decoder.expand(
                        content, to: target, contentBytesMax: room, history: target - (writer.count - start))
                } catch {
                    if room < blockBytesMax { throw .tooLarge(codec: name, limitBytes: limitBytes) }
                    throw corrupt(error.reason)
                }
            default: throw corrupt("the type of a block is reserved")
            }
        }
        if let size = header.contentBytes, size != UInt64(writer.count - start) {
            throw corrupt("a frame contains \(writer.count - start) bytes instead of \(size)")
        }
        if header.hasChecksum {
            let expected = try reader.number(UInt32.self)
            let found = writer.withUnsafeBytes { XXHash64.hash(UnsafeRawBufferPointer(rebasing: $0[start...])) }
            guard UInt32(truncatingIfNeeded: found) == expected else { throw corrupt("the checksum of a frame is wrong") }
        }
    }
}
