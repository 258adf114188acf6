/// How the records of a batch are compressed: bits 0 to 2 of a batch's attributes.
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

    public init?(name: String) {
        guard let codec = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = codec
    }

    /// Whether records can be compressed and read in this codec here.
    public var isSupported: Bool { self == .none || self == .gzip }
}
