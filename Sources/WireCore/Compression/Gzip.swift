import CZlib

/// The gzip format (RFC 1952) through zlib.
package enum Gzip {
    /// zlib's window of 2^15 bytes, with a gzip header (16 more) or either header found by itself (32 more).
    private static let writingWindowBits: Int32 = 15 + 16
    private static let readingWindowBits: Int32 = 15 + 32

    package static let defaultLevel: Int32 = -1

    /// Appends `bytes`, compressed, as one gzip member.
    ///
    /// - Parameter level: 1 (fast) to 9 (small); -1 is zlib's own choice. Others are clamped.
    package static func compress(
        _ bytes: UnsafeRawBufferPointer, level: Int32 = defaultLevel, into writer: inout ByteWriter
    ) {
        var stream = z_stream()
        let level = min(max(level, -1), 9)
        let code = deflateInit2_(
            &stream, level, Z_DEFLATED, writingWindowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(code == Z_OK, "zlib has no memory (\(code))")
        defer { deflateEnd(&stream) }
        var rest = bytes
        var result = Z_OK
        while result != Z_STREAM_END {
            feed(&stream, &rest)
            let isLast = rest.isEmpty
            writer.appending(atMost: max(4096, Int(stream.avail_in) / 2)) { room in
                stream.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.avail_out = UInt32(room.count)
                result = deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                return room.count - Int(stream.avail_out)
            }
        }
    }

    /// Appends the content of one or more gzip members (or a zlib stream).
    ///
    /// Throws if the data is damaged, truncated, or expands to more than `limitBytes`.
    package static func expand(
        _ bytes: UnsafeRawBufferPointer, limitBytes: Int, into writer: inout ByteWriter
    ) throws(CompressionError) {
        var stream = z_stream()
        let code = inflateInit2_(&stream, readingWindowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(code == Z_OK, "zlib has no memory (\(code))")
        defer { inflateEnd(&stream) }
        let start = writer.count
        var rest = bytes
        while true {
            feed(&stream, &rest)
            var result = Z_OK
            writer.appending(atMost: 64 << 10) { room in
                stream.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.avail_out = UInt32(room.count)
                result = inflate(&stream, Z_NO_FLUSH)
                return room.count - Int(stream.avail_out)
            }
            guard writer.count - start <= limitBytes else { throw .tooLarge(codec: "gzip", limitBytes: limitBytes) }
            let isConsumed = stream.avail_in == 0 && rest.isEmpty
            switch result {
            case Z_STREAM_END:
                if isConsumed { return }
                inflateReset(&stream)
            case Z_OK where !(isConsumed && stream.avail_out > 0): continue
            case Z_OK, Z_BUF_ERROR: throw .corrupt(codec: "gzip", reason: "the data ends too early")
            default: throw .corrupt(codec: "gzip", reason: stream.msg.map { String(cString: $0) } ?? "code \(result)")
            }
        }
    }

    /// Passes the next piece to zlib when it has consumed the last one; its counters have 32 bits.
    private static func feed(_ stream: inout z_stream, _ rest: inout UnsafeRawBufferPointer) {
        guard stream.avail_in == 0, let address = rest.baseAddress else { return }
        let count = min(rest.count, 1 << 30)
        stream.next_in = UnsafeMutablePointer(mutating: address.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(count)
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
}
