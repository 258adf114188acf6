/// A broker's error code. Codes that are not known here can be represented.
public struct KafkaErrorCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: Int16

    @inlinable
    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// The protocol's name, for example `NOT_COORDINATOR`; `ERROR_999` for an unknown code.
    public var name: String { Self.entry(rawValue).map { "\($0.name)" } ?? "ERROR_\(rawValue)" }

    /// What Kafka's Java client says for it.
    public var text: String {
        Self.entry(rawValue).map { "\($0.text)" } ?? "The broker answered with the unknown error code \(rawValue)."
    }

    /// The Java client's exception class, for texts that users compare with Java's; empty where there is none.
    public var exceptionClass: String { Self.entry(rawValue).map { "\($0.exception)" } ?? "" }

    /// Whether the same request may succeed later.
    public var isRetriable: Bool { Self.isRetriable(rawValue) }

    /// Whether the picture of the cluster must be renewed before trying again.
    public var requiresMetadataRefresh: Bool { Self.requiresMetadataRefresh(rawValue) }

    public var description: String { "\(name) (\(rawValue))" }
}
