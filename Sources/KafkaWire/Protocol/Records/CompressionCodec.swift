import WireCore

/// The compression of a batch's records: bits 0 to 2 of the batch's attributes.
///
/// All compression and expansion of record batches happens in this file.
public enum CompressionCodec: Int16, Sendable, CaseIterable {
    case none = 0, gzip, snappy, lz4, zstd

    /// The name in `compression.type`.
    public var name: String {
        switch self {
        case .none: "none"
        case .gzip: "gzip"
        case .snappy: "snappy"
        case .lz4: "lz4"
        case .zstd: "zstd"
        }
    }

    /// Returns nil for a name that `compression.type` does not have.
    public init?(name: String) {
        guard let codec = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = codec
    }

    /// Whether this library can compress and expand records in this codec.
    public var isSupported: Bool {
        switch self {
        case .none, .gzip: true
        case .snappy, .lz4, .zstd: false
        }
    }

    /// The codec with this number in a batch's attributes. Throws `.unsupported` for 5 to 7, which are not defined.
    package init(number: Int16) throws(CompressionError) {
        guard let codec = Self(rawValue: number) else { throw .unsupported(codec: "codec \(number)") }
        self = codec
    }

    /// The maximum number of bytes that the records of one batch may expand to.
    ///
    /// A codec expands a few bytes to gigabytes, and neither the batch's length nor the broker's `max.message.bytes`
    /// (1 MiB by default, of compressed bytes) limits that. 256 MiB is above any batch that a producer with the usual
    /// settings can write (its `buffer.memory` limits the uncompressed records of a batch), and small enough to be
    /// allocated once.
    package static let expandedBytesMax = 256 << 20

    /// Appends `records` in this codec.
    ///
    /// - Parameter level: the codec's own scale (gzip: 1 to 9); -1 is the codec's default.
    /// - Throws: `.unsupported` for a codec that cannot be written.
    package func compress(
        _ records: UnsafeRawBufferPointer, level: Int32 = -1, into writer: inout ByteWriter
    ) throws(CompressionError) {
        switch self {
        case .none: writer.bytes(records)
        case .gzip: Gzip.compress(records, level: level, into: &writer)
        case .snappy, .lz4, .zstd: throw .unsupported(codec: name)
        }
    }

    /// Calls `body` with the expanded records of a batch: `payload` itself if the codec is `none`.
    ///
    /// - Parameters:
    ///   - limitBytes: the maximum number of bytes that the records may expand to.
    ///   - failure: converts `.unsupported`, `.corrupt` or `.tooLarge` to the error that is thrown.
    package func withExpanded<R, E: Error>(
        _ payload: UnsafeRawBufferPointer, limitBytes: Int = expandedBytesMax, failure: (CompressionError) -> E,
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        switch self {
        case .none: return try body(payload)
        case .gzip:
            var expanded = ByteWriter(capacityBytes: min(payload.count * 4, limitBytes))
            do throws(CompressionError) {
                try Gzip.expand(payload, limitBytes: limitBytes, into: &expanded)
            } catch { throw failure(error) }
            return try expanded.withUnsafeBytes(body)
        case .snappy, .lz4, .zstd: throw failure(.unsupported(codec: name))
        }
    }
}
