/// Which kind of request it is: the first two bytes of every request. Keys unknown here can be represented.
public struct APIKey: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: Int16

    public init(rawValue: Int16) { self.rawValue = rawValue }

    public var description: String { name }
}
