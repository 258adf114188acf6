import ConnectData

/// The step of a record's path in which it failed. The raw values are those of Connect's `Stage`.
enum RecordStage: String, Sendable {
    case keyConverter = "KEY_CONVERTER"
    case valueConverter = "VALUE_CONVERTER"
    case headerConverter = "HEADER_CONVERTER"
    case transformation = "TRANSFORMATION"
    case taskPut = "TASK_PUT"
}

/// A record failed in a converter, a transform or a sink task.
struct RecordStageError: Error, CustomStringConvertible {
    let stage: RecordStage
    /// Of the Java class that failed.
    let className: String
    let cause: any Error

    var description: String { "\(cause)" }

    /// The message of the outermost exception, without its causes.
    var message: Substring { description.split(separator: "\nCaused by: ", maxSplits: 1).first ?? "" }

    /// The name of the Java class that is thrown for such an error.
    var exceptionClassName: String {
        (cause as? any JavaException)?.exceptionClassName ?? "org.apache.kafka.connect.errors.ConnectException"
    }
}
