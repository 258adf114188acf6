/// The kind of a request: its first two bytes. Keys without a name in this version can be represented.
public struct APIKey: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number in the protocol.
    public let rawValue: Int16

    /// The key with this number.
    public init(rawValue: Int16) { self.rawValue = rawValue }

    public var description: String { name }
}
