/// A request that is malformed or not supported: the status of the response, and the reason.
///
/// The connection is closed after the response, since the start of the next request is unknown.
package struct HTTPProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
    package let status: Int
    package let reason: String

    package init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }

    package var description: String { "HTTP \(status): \(reason)" }
}
