/// The kind of a request: its first two bytes. Keys that this version does not name can be represented.
public struct APIKey: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number in the protocol.
    public let rawValue: Int16

    /// The key with this number.
    public init(rawValue: Int16) { self.rawValue = rawValue }

    public var description: String { name }
}
