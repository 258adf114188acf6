/// Reads the parts of a compressed frame; a part that is not there throws.
struct FrameReader {
    private let codec: String
    let source: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ source: UnsafeRawBufferPointer, codec: String) {
        self.source = source
        self.codec = codec
    }

    var isAtEnd: Bool { position == source.count }

    mutating func bytes(_ count: Int) throws(CompressionError) -> UnsafeRawBufferPointer {
        guard count <= source.count - position else { throw .corrupt(codec: codec, reason: "the data ends too early") }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: source[position..<position + count])
    }

    mutating func number<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(CompressionError) -> T {
        T(littleEndian: try bytes(MemoryLayout<T>.size).loadUnaligned(as: T.self))
    }
}
