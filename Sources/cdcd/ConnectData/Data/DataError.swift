/// A value that does not fit its schema or that a converter or transform cannot work with: Connect's `DataException`.
public struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
    public let message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }
}
