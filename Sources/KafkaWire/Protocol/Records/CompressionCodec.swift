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

    /// The levels that Kafka accepts for this codec (KIP-390); nil for codecs without levels.
    ///
    /// Gzip's -1 is zlib's own choice, as if no level was set; 0, which would store the records, is refused by Kafka,
    /// too.
    public var levels: ClosedRange<Int32>? {
        switch self {
        case .none, .snappy: nil
        case .gzip: 1...9
        case .lz4: 1...17
        case .zstd: -131_072...22
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
    /// - Parameter level: in the codec's range; nil is its default, as in Kafka's Java client.
    package func compress(_ records: UnsafeRawBufferPointer, level: Int32? = nil, into writer: inout ByteWriter) {
        switch self {
        case .none: writer.bytes(records)
        case .gzip: Gzip.compress(records, level: level ?? Gzip.defaultLevel, into: &writer)
        case .snappy: XerialSnappy.compress(records, into: &writer)
        case .lz4: LZ4.compress(records, level: level ?? LZ4.defaultLevel, into: &writer)
        case .zstd: Zstandard.compress(records, level: level ?? Zstandard.defaultLevel, into: &writer)
        }
    }

    /// Calls `body` with the expanded records of a batch: `payload` itself if the codec is `none`.
    ///
    /// - Parameters:
    ///   - messageFormat: the batch's magic number. In formats 0 and 1, clients computed LZ4's checksum of a frame's
    ///     header over too many bytes (KIP-57); it is not compared.
    ///   - limitBytes: the maximum number of bytes that the records may expand to.
    ///   - failure: converts `.unsupported`, `.corrupt` or `.tooLarge` to the error that is thrown.
    package func withExpanded<R, E: Error>(
        _ payload: UnsafeRawBufferPointer, messageFormat: Int8 = 2, limitBytes: Int = expandedBytesMax,
        failure: (CompressionError) -> E, _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        if self == .none { return try body(payload) }
        var expanded = ByteWriter(capacityBytes: min(payload.count * 4, limitBytes))
        do throws(CompressionError) {
            try expand(payload, messageFormat: messageFormat, limitBytes: limitBytes, into: &expanded)
        } catch { throw failure(error) }
        return try expanded.withUnsafeBytes(body)
    }

    /// The same, in memory of its own.
    package func expanded(
        _ payload: UnsafeRawBufferPointer, limitBytes: Int = expandedBytesMax
    ) throws(CompressionError) -> [UInt8] {
        var expanded = ByteWriter(capacityBytes: min(payload.count * 4, limitBytes))
        try expand(payload, messageFormat: 2, limitBytes: limitBytes, into: &expanded)
        return expanded.array()
    }

    private func expand(
        _ payload: UnsafeRawBufferPointer, messageFormat: Int8, limitBytes: Int, into writer: inout ByteWriter
    ) throws(CompressionError) {
        switch self {
        case .none: writer.bytes(payload)
        case .gzip: try Gzip.expand(payload, limitBytes: limitBytes, into: &writer)
        case .snappy: try XerialSnappy.expand(payload, limitBytes: limitBytes, into: &writer)
        case .lz4:
            try LZ4.expand(payload, limitBytes: limitBytes, checksHeaders: messageFormat >= 2, into: &writer)
        case .zstd: try Zstandard.expand(payload, limitBytes: limitBytes, into: &writer)
        }
    }
}
