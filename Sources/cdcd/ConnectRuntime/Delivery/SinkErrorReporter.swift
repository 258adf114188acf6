import ConnectData
import WireCore

/// What happens to records that a sink connector cannot convert, transform or write: they are logged, sent to the dead
/// letter queue, and skipped or not (`RetryWithToleranceOperator`, `WorkerErrantRecordReporter` of Connect).
struct SinkErrorReporter {
    private static let logger = Logger("org.apache.kafka.connect.runtime.errors.LogReporter")

    let id: TaskID
    let errors: ErrorHandling
    let deadLetters: DeadLetterQueue?
    let metrics: SinkTaskMetrics?

    /// Whether a task's reports of records have any effect; otherwise it fails with its own error.
    var acceptsReports: Bool { deadLetters != nil || errors.logsErrors }

    /// - Throws: `ToleranceExceededError` if the record may not be skipped. It is reported all the same, as in Connect.
    func report(
        _ error: RecordStageError, _ consumed: SinkRecord.Consumed, of place: TopicPartition, offset: Int64,
        timestampType: SinkRecord.TimestampType?
    ) throws {
        metrics?.task.recordsFailed(1, areErrors: error.stage != .taskPut || !errors.skipsRecords)
        if errors.logsErrors {
            Self.logger.error(message(error, consumed, place, offset, timestampType))
            metrics?.task.logged.add()
        }
        if let deadLetters {
            metrics?.deadLetters.add()
            try deadLetters.send(consumed, of: place, offset: offset, error)
        }
        guard errors.skipsRecords else { throw ToleranceExceededError(cause: error.cause) }
        metrics?.task.skipped.add()
    }

    private func message(
        _ error: RecordStageError, _ consumed: SinkRecord.Consumed, _ place: TopicPartition, _ offset: Int64,
        _ timestampType: SinkRecord.TimestampType?
    ) -> String {
        var text = "Error encountered in task \(id). Executing stage '\(error.stage.rawValue)' with class "
            + "'\(error.className)'"
        if errors.logsRecords {
            text += ", where consumed record is {topic='\(place.topic)', partition=\(place.partition), offset=\(offset)"
            if let timestamp = consumed.timestampMilliseconds, let timestampType {
                text += ", timestamp=\(timestamp), timestampType=\(timestampType.javaName)"
            }
            text += "}"
        }
        return "\(text). \(error)"
    }
}

extension SinkRecord.TimestampType {
    fileprivate var javaName: String {
        switch self {
        case .createTime: "CreateTime"
        case .logAppendTime: "LogAppendTime"
        }
    }
}
