/// A transform or a converter failed for a record and `errors.tolerance` does not allow to skip it.
struct ToleranceExceededError: Error, CustomStringConvertible {
    let cause: any Error

    var description: String { "Tolerance exceeded in error handler: \(cause)" }
}
