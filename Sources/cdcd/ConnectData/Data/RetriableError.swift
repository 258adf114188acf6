/// A failure that may pass without a change of the record or the configuration, such as a service that cannot be
/// reached: the operation is tried again (`org.apache.kafka.connect.errors.RetriableException`). Converters, transforms
/// and sink tasks may throw it.
package struct RetriableError: JavaException, CustomStringConvertible {
    package let cause: any Error

    package init(_ cause: any Error) { self.cause = cause }

    package var exceptionClassName: String { "org.apache.kafka.connect.errors.RetriableException" }
    package var description: String { "\(cause)" }
}
