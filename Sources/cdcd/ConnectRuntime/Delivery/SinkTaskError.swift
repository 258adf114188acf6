import ConnectData

/// A sink task cannot write records, and passing them again is of no use.
struct SinkTaskError: JavaException, CustomStringConvertible {
    let cause: any Error

    var exceptionClassName: String { "org.apache.kafka.connect.errors.ConnectException" }
    var description: String {
        "Exiting WorkerSinkTask due to unrecoverable exception.\nCaused by: \(StackTrace.text(of: cause))"
    }
}
