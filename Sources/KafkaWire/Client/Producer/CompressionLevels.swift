import KafkaProtocol

/// How thoroughly codecs compress (KIP-390). nil is the codec's default, as in Kafka's Java client; levels outside of a
/// codec's range (`CompressionCodec.levels`) are clamped.
public struct CompressionLevels: Sendable, Equatable {
    /// 1 (fast) to 9 (small), zlib's levels; the default is 6.
    public var gzip: Int32?
    /// 1 to 17. The default, 9, is the fast strategy, as in Kafka's Java client; other levels search thoroughly: two
    /// places for a match at level 1, twice as many with each level, 4,096 from 12 on.
    public var lz4: Int32?
    /// -131,072 to 22; the default is 3. Up to 3 the fast strategy is used; higher levels search thoroughly: 4 places
    /// for a match at level 4, twice as many with every second level, 256 from 16 on.
    public var zstd: Int32?

    /// The default levels.
    public init() {}

    subscript(codec: CompressionCodec) -> Int32? {
        switch codec {
        case .none, .snappy: nil
        case .gzip: gzip
        case .lz4: lz4
        case .zstd: zstd
        }
    }
}
