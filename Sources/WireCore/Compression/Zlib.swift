import CZlib

/// RFC 1950: a deflate stream between a two-byte header and an Adler-32.
package enum Zlib {
    /// The content of one whole stream.
    ///
    /// - Parameter bytesMax: the maximum size of the content in bytes.
    /// - Returns: nil if the stream is damaged, does not end with the last byte, or holds more than `bytesMax`.
    package static func inflated(_ stream: UnsafeRawBufferPointer, bytesMax: Int) -> [UInt8]? {
        guard let source = stream.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
        var isWhole = false
        let content = [UInt8](unsafeUninitializedCapacity: max(bytesMax, 1)) { target, count in
            var written = UInt(max(bytesMax, 0))
            var read = UInt(stream.count)
            let status = uncompress2(target.baseAddress, &written, source, &read)
            isWhole = status == Z_OK && read == UInt(stream.count)
            count = isWhole ? Int(written) : 0
        }
        return isWhole ? content : nil
    }
}
