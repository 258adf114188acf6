/// A place in the source of an expression. Both numbers begin with 1; columns are Unicode scalars.
struct SourcePlace: Sendable, Hashable, CustomStringConvertible {
    let line: Int
    let column: Int

    var description: String { "line \(line), column \(column)" }
}

/// An expression that cannot be compiled, or that cannot be evaluated for a record.
struct ExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
    let message: String
    /// Set by the innermost expression that the error passes.
    private(set) var place: SourcePlace?

    init(_ message: String, at place: SourcePlace? = nil) {
        self.message = message
        self.place = place
    }

    func at(_ outer: SourcePlace) -> ExpressionError { ExpressionError(message, at: place ?? outer) }

    var description: String { place.map { "\(message) (\($0))" } ?? message }
}
