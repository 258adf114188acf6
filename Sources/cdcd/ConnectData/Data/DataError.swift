/// A value that does not fit its schema or that a converter or transform cannot work with: Connect's `DataException`.
@usableFromInline package struct DataError: JavaException, Hashable, Sendable, CustomStringConvertible {
    /// The class of the exception that Connect throws.
    package enum ExceptionClass: String, Sendable {
        case data = "org.apache.kafka.connect.errors.DataException"
        case connect = "org.apache.kafka.connect.errors.ConnectException"
        case schemaBuilder = "org.apache.kafka.connect.errors.SchemaBuilderException"
        case illegalArgument = "java.lang.IllegalArgumentException"
        case indexOutOfBounds = "java.lang.IndexOutOfBoundsException"
        case nullPointer = "java.lang.NullPointerException"
    }

    package let message: String
    package let exceptionClass: ExceptionClass

    package init(_ message: String, as exceptionClass: ExceptionClass = .data) {
        self.message = message
        self.exceptionClass = exceptionClass
    }

    package var exceptionClassName: String { exceptionClass.rawValue }
    @usableFromInline package var description: String { message }
}
