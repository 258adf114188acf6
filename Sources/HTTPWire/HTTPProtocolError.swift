/// A request that cannot be understood or served: the status to answer with, and why.
///
/// The connection is closed after the answer, since nobody knows where the next request would begin.
package struct HTTPProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
    package let status: Int
    package let reason: String

    package init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }

    package var description: String { "HTTP \(status): \(reason)" }
}
