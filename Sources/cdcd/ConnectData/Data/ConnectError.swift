/// A failure whose message Connect or one of its plugins defines (`org.apache.kafka.connect.errors.ConnectException`).
package struct ConnectError: JavaException, Hashable, Sendable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) { self.message = message }

    package var exceptionClassName: String { "org.apache.kafka.connect.errors.ConnectException" }
    package var description: String { message }
}
