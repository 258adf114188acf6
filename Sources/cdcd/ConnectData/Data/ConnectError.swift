/// A failure whose message Connect or one of its plugins defines (`org.apache.kafka.connect.errors.ConnectException`).
package struct ConnectError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) { self.message = message }

    package var description: String { message }
}
