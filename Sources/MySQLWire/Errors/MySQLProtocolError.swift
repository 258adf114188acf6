import WireCore

/// Bytes from the server that the protocol does not allow, with their place.
public struct MySQLProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The packet or event that was being read, by its name in the protocol documentation.
    public let context: String
    public let fault: WireError
    public let nearby: HexWindow?

    public init(_ context: String, _ fault: WireError, nearby: HexWindow? = nil) {
        self.context = context
        self.fault = fault
        self.nearby = nearby
    }

    public var description: String {
        "malformed \(context): \(fault)" + (nearby.map { " (bytes around it: \($0))" } ?? "")
    }
}
