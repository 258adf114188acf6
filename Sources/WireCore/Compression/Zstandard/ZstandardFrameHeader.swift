/// The header of a frame: what is known of its content (RFC 8878, 3.1.1.1).
struct ZstandardFrameHeader {
    let hasChecksum: Bool
    /// The content has at least as many bytes that later blocks may copy.
    let windowBytes: UInt64
    let contentBytes: UInt64?

    /// Reads the header after the magic number.
    init(_ reader: inout FrameReader) throws(CompressionError) {
        let descriptor = try reader.number(UInt8.self)
        guard descriptor & 1 << 3 == 0 else { throw Zstandard.corrupt("reserved bits are set") }
        hasChecksum = descriptor & 1 << 2 != 0
        let isSingleSegment = descriptor & 1 << 5 != 0
        var window: UInt64?
        if !isSingleSegment {
            let code = UInt64(try reader.number(UInt8.self))
            let base: UInt64 = 1 << (10 + code >> 3)
            window = base + base / 8 * (code & 7)
        }
        let dictionaryBytes = [0, 1, 2, 4][Int(descriptor & 3)]
        if try reader.bytes(dictionaryBytes).contains(where: { $0 != 0 }) {
            throw .unsupported(codec: "zstd with a dictionary")
        }
        let sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)]
        if sizeBytes > 0 {
            let size = try reader.bytes(sizeBytes).littleEndian(sizeBytes)
            contentBytes = sizeBytes == 2 ? size + 256 : size
        } else {
            contentBytes = nil
        }
        windowBytes = window ?? contentBytes ?? 0
    }
}
