/// Reads the parts of a compressed frame; a part that is not there throws.
struct FrameReader {
    private let codec: String
    let source: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ source: UnsafeRawBufferPointer, codec: String) {
        self.source = source
        self.codec = codec
    }

    /// 16 magic numbers of frames that decoders of LZ4 and Zstandard skip.
    private static let skippableMagics: ClosedRange<UInt32> = 0x184D_2A50...0x184D_2A5F

    /// Reads one or more frames, to the end; those that begin with `magic` are given to `readFrame` after it.
    mutating func frames(
        magic: UInt32, _ readFrame: (inout FrameReader) throws(CompressionError) -> Void
    ) throws(CompressionError) {
        repeat {
            let found = try number(UInt32.self)
            if Self.skippableMagics.contains(found) {
                _ = try bytes(Int(try number(UInt32.self)))
            } else if found == magic {
                try readFrame(&self)
            } else {
                throw .corrupt(codec: codec, reason: "a frame begins with the magic number \(found)")
            }
        } while position < source.count
    }

    mutating func bytes(_ count: Int) throws(CompressionError) -> UnsafeRawBufferPointer {
        guard count <= source.count - position else { throw .corrupt(codec: codec, reason: "the data ends too early") }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: source[position..<position + count])
    }

    mutating func number<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(CompressionError) -> T {
        T(littleEndian: try bytes(MemoryLayout<T>.size).loadUnaligned(as: T.self))
    }
}
