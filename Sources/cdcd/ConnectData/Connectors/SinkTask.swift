/// One unit of work of a sink connector (`org.apache.kafka.connect.sink.SinkTask`). The worker polls a consumer and
/// calls the task; every call is made on the task's thread.
///
/// The order of calls: `open` for the partitions of the first assignment; `put` for each batch, with `preCommit` in
/// between; `close` and `open` in a rebalance; at the end `preCommit`, `close` for all partitions, `stop`. A task is
/// created (`SinkConnectorFactory.makeTask`) before its consumer has partitions.
package protocol SinkTask: AnyObject {
    /// Called when the consumer is assigned these partitions.
    func open(_ partitions: [TopicPartition]) throws

    /// Writes records to the external system, or buffers them until `preCommit`. Also called without records, at least
    /// once in each interval of commits.
    ///
    /// - Throws: `RetriableError` if the same records are to be passed again; any other error fails the task.
    func put(_ records: [SinkRecord]) throws

    /// Writes all records before these offsets to the external system.
    ///
    /// - Parameter offsets: for each assigned partition the offset after the last record that was put.
    func flush(_ offsets: [TopicPartition: Int64]) throws

    /// Returns the offsets that may be committed; a partition that is missing is not committed. By default flushes and
    /// returns all of `offsets`.
    func preCommit(_ offsets: [TopicPartition: Int64]) throws -> [TopicPartition: Int64]

    /// Called when the consumer loses these partitions, after the last `preCommit` for them.
    func close(_ partitions: [TopicPartition]) throws

    /// Releases what the task has acquired. Called once, also after an error.
    func stop()
}

extension SinkTask {
    package func open(_ partitions: [TopicPartition]) throws {}
    package func flush(_ offsets: [TopicPartition: Int64]) throws {}
    package func close(_ partitions: [TopicPartition]) throws {}

    package func preCommit(_ offsets: [TopicPartition: Int64]) throws -> [TopicPartition: Int64] {
        try flush(offsets)
        return offsets
    }
}

/// The worker's functions for a sink task. Used on the task's thread only.
package protocol SinkTaskContext: AnyObject {
    var connectorName: String { get }
    var taskID: Int { get }
    /// The partitions that are assigned to the consumer.
    var assignment: Set<TopicPartition> { get }
    /// Lets the task end a wait within `put` early when it is stopped.
    var control: TaskControl { get }

    /// Sets the offsets that are consumed from next, for a task that keeps its offsets in the external system. Takes
    /// effect when the call of the task during which it is used has ended, and replaces the records of these partitions
    /// that `put` has refused.
    func seek(_ offsets: [TopicPartition: Int64])
    /// The time until records that `put` refused with `RetriableError` are passed again.
    func setRetryTimeout(milliseconds: Int)
    /// Stops consuming from these partitions until `resume`.
    func pause(_ partitions: [TopicPartition])
    func resume(_ partitions: [TopicPartition])
    /// Commits offsets as soon as possible, not only at the end of `offset.flush.interval.ms`.
    func requestCommit()
    /// Reports a record that cannot be written: it is sent to the dead letter queue if the connector has one.
    ///
    /// - Throws: if `errors.tolerance` does not allow the record to be skipped; `error` itself if the connector has
    ///   neither a dead letter queue nor `errors.log.enable`.
    func reportErrant(_ record: SinkRecord, _ error: any Error) throws
}
