import ConnectData

/// A transform or a converter failed for a record and `errors.tolerance` does not allow to skip it.
struct ToleranceExceededError: JavaException, CustomStringConvertible {
    let cause: any Error

    var exceptionClassName: String { "org.apache.kafka.connect.errors.ConnectException" }
    var description: String { "Tolerance exceeded in error handler\nCaused by: \(StackTrace.text(of: cause))" }
}
