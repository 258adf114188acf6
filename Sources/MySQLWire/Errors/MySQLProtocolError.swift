import WireCore

/// Bytes from the server that the protocol does not allow, and their location.
public struct MySQLProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The packet or event that was being decoded, by its name in the protocol's documentation.
    public let context: String
    /// The defect, and its offset in the packet or event.
    public let fault: WireError
    /// A few bytes around the offset; nil if they are no longer available.
    package let nearby: HexWindow?

    package init(_ context: String, _ fault: WireError, nearby: HexWindow? = nil) {
        self.context = context
        self.fault = fault
        self.nearby = nearby
    }

    public var description: String {
        "malformed \(context): \(fault)" + (nearby.map { " (bytes around it: \($0))" } ?? "")
    }
}
