/// A value that does not fit its schema or that a converter or transform cannot work with: Connect's `DataException`.
@usableFromInline package struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) { self.message = message }

    @usableFromInline package var description: String { message }
}
