/// A value that does not fit its schema or that a converter or transform cannot work with: Connect's `DataException`.
@usableFromInline package struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The class of the exception that Connect throws, which dead letter queues show.
    package enum ExceptionClass: String, Sendable {
        case data = "org.apache.kafka.connect.errors.DataException"
        case connect = "org.apache.kafka.connect.errors.ConnectException"
        case schemaBuilder = "org.apache.kafka.connect.errors.SchemaBuilderException"
        case illegalArgument = "java.lang.IllegalArgumentException"
    }

    package let message: String
    package let exceptionClass: ExceptionClass

    package init(_ message: String, as exceptionClass: ExceptionClass = .data) {
        self.message = message
        self.exceptionClass = exceptionClass
    }

    @usableFromInline package var description: String { message }
}
