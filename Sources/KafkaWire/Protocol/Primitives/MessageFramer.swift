import WireCore

/// Finds the requests or responses in a stream of bytes: size int32 (of what follows), then that many bytes.
package struct MessageFramer: Sendable {
    package enum Outcome: Equatable, Sendable {
        /// At least this many bytes, the size included, are needed.
        case needMore(wantedBytes: Int)
        /// A message without its size; consume `totalBytes`.
        case frame(body: Range<Int>, totalBytes: Int)
    }

    package static let sizeBytes = 4
    /// API key, API version, correlation id and the length of the client id.
    package static let requestBytesMin = 10
    /// The correlation id.
    package static let responseBytesMin = 4

    private let messageBytesMin: Int
    private let messageBytesMax: Int

    /// - Parameters:
    ///   - messageBytesMin: the minimum number of bytes of a message, without its size.
    ///   - messageBytesMax: the maximum number of bytes of a message, without its size.
    package init(messageBytesMin: Int, messageBytesMax: Int) {
        self.messageBytesMin = messageBytesMin
        self.messageBytesMax = messageBytesMax
    }

    /// Finds the message at the start of `bytes`. Throws `.badLength` if its size exceeds the limits.
    package func next(in bytes: UnsafeRawBufferPointer) throws(WireError) -> Outcome {
        guard bytes.count >= Self.sizeBytes else { return .needMore(wantedBytes: Self.sizeBytes) }
        let size = Int(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        guard size >= messageBytesMin, size <= messageBytesMax else { throw WireError(.badLength(size), at: 0) }
        let total = Self.sizeBytes + size
        guard bytes.count >= total else { return .needMore(wantedBytes: total) }
        return .frame(body: Self.sizeBytes..<total, totalBytes: total)
    }
}
