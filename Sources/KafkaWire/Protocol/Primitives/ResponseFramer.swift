import WireCore

/// Finds the frames in a stream of bytes: size int32 (of what follows), then that many bytes.
package struct ResponseFramer: Sendable {
    package enum Outcome: Equatable, Sendable {
        /// So many bytes in all must be there before the next look.
        case needMore(wantedBytes: Int)
        /// A frame without its size; `totalBytes` are to be consumed.
        case frame(body: Range<Int>, totalBytes: Int)
    }

    package static let sizeBytes = 4
    /// The largest frame that is believed, without its size.
    package let frameBytesMax: Int

    package init(frameBytesMax: Int) { self.frameBytesMax = frameBytesMax }

    /// Looks at the start of `bytes`. Throws for a size that no frame can have or that is above the limit.
    package func next(in bytes: UnsafeRawBufferPointer) throws(WireError) -> Outcome {
        guard bytes.count >= Self.sizeBytes else { return .needMore(wantedBytes: Self.sizeBytes) }
        let size = Int(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        guard size >= 4, size <= frameBytesMax else { throw WireError(.badLength(size), at: 0) }
        let total = Self.sizeBytes + size
        guard bytes.count >= total else { return .needMore(wantedBytes: total) }
        return .frame(body: Self.sizeBytes..<total, totalBytes: total)
    }
}
