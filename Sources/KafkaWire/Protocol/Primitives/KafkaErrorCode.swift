/// A broker's error code. Codes without a name in this version can be represented.
public struct KafkaErrorCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number in the protocol.
    public let rawValue: Int16

    /// The code with this number.
    @inlinable
    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// The code with the protocol's name, for example `NOT_COORDINATOR`; nil if there is none.
    package init?(name: String) {
        guard let code = Self.named.first(where: { "\(Self.entry($0)?.name ?? "")" == name }) else { return nil }
        self.init(rawValue: code)
    }

    /// The numbers that may have a name.
    private static let named: ClosedRange<Int16> = -1...1000

    /// The protocol's name, for example `NOT_COORDINATOR`; `ERROR_999` for an unknown code.
    public var name: String { Self.entry(rawValue).map { "\($0.name)" } ?? "ERROR_\(rawValue)" }

    /// The message of Kafka's Java client.
    public var text: String {
        Self.entry(rawValue).map { "\($0.text)" } ?? "The broker answered with the unknown error code \(rawValue)."
    }

    /// Whether the same request may succeed later.
    public var isRetriable: Bool { Self.isRetriable(rawValue) }

    /// Whether metadata must be refreshed before a retry.
    public var requiresMetadataRefresh: Bool { Self.requiresMetadataRefresh(rawValue) }

    public var description: String { "\(name) (\(rawValue))" }
}
