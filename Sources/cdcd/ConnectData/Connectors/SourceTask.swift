import WireCore

/// One unit of work of a source connector. It owns its thread: `run` blocks until it is stopped or fails. It is
/// created, run and released on one thread.
package protocol SourceTask: AnyObject {
    /// Reads the source and emits records until `control.isStopping`, then returns. A thrown error fails the
    /// task; its description becomes the trace that REST shows.
    func run(sink: any RecordSink, control: TaskControl) throws
}

/// The worker's functions for a source task.
package protocol SourceTaskContext: OffsetReader {
    var connectorName: String { get }
    var taskID: Int { get }
    /// The maximum time that a record may wait for its delivery (`delivery.timeout.ms` of the task's producer); nil is
    /// without a limit. Also applies to all other records that the task writes to Kafka.
    var deliveryTimeoutMilliseconds: Int? { get }
}

/// Passes a task's records to transforms, converters and the producer. Used from the task's thread only.
package protocol RecordSink: AnyObject {
    /// Accepts one record. Blocks while the producer's buffer is full or the task is paused. Throws if a transform or
    /// converter fails, if delivery failed permanently, or if the task is stopped while it is blocked
    /// (`CancellationError`).
    ///
    /// - Returns: false if a transform dropped the record, or an error of it was tolerated: it is not sent then.
    @discardableResult
    func emit(_ record: consuming ConnectRecord) throws -> Bool

    /// How records of this shape are emitted: as records, or as the bytes that transforms and converters would make of
    /// them. Called once for each kind of record of a version of a table.
    func encoding(of shape: RecordShape) -> RecordEncoding

    /// Counts a record that a transform drops, in place of `emit`.
    func drop() throws

    /// Marks `offset` as the position after everything emitted so far: it may be committed once all of that is
    /// acknowledged. Also sends all buffered records at once, so call it when the source has no more records available,
    /// and additionally every few thousand records.
    func checkpoint(partition: JSONObject, offset: JSONObject) throws

    /// Blocks until everything emitted so far is acknowledged by the brokers.
    func awaitDelivery() throws
}

extension RecordSink {
    package func encoding(of shape: RecordShape) -> RecordEncoding { .records }
    package func drop() throws {}
}
