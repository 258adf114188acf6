import KafkaProtocol
import WireCore

/// Cuts a stream into requests: a size i32, then so many bytes.
struct RequestFramer {
    enum Outcome: Equatable {
        /// So many bytes must be there before the next look.
        case needMore(bytes: Int)
        /// The request's bytes, from its header on; the next request begins behind them.
        case frame(Range<Int>)
    }

    static let sizeBytes = 4
    /// API key, version, correlation id and the length of the client id.
    static let requestBytesMin = 10
    let requestBytesMax: Int

    /// Throws where the size is that of no request, or beyond the limit.
    func next(in bytes: UnsafeRawBufferPointer) throws(WireError) -> Outcome {
        guard bytes.count >= Self.sizeBytes else { return .needMore(bytes: Self.sizeBytes) }
        var reader = ByteReader(bytes)
        let size = Int(try reader.bigEndian(Int32.self))
        guard size >= Self.requestBytesMin, size <= requestBytesMax else { throw WireError(.badLength(size), at: 0) }
        let end = Self.sizeBytes + size
        return bytes.count < end ? .needMore(bytes: end) : .frame(Self.sizeBytes..<end)
    }
}
