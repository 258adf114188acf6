/// How the records of a source task reach Kafka and when its offsets are stored.
///
/// `RecordSink.checkpoint` is the boundary: whatever was emitted before it is delivered before the offset is stored, or
/// together with it. Everything but the sink may be used from any thread.
protocol Delivery: Sendable {
    /// Connects to Kafka. Called once, on the task's thread, which the sink belongs to.
    ///
    /// - Parameter connector: the connector's configuration with the values of its variables.
    /// - Throws: `ConfigError` for invalid properties, and `CancellationError` if the task is stopped.
    func open(
        _ connector: [String: String], _ overrides: ClientOverride, _ wait: BrokerWait
    ) throws -> any DeliverySink

    /// The error that ended delivery.
    var failure: (any Error)? { get }

    /// Stores the offsets of everything that was delivered, after a commit in progress. Returns false if that failed.
    func commit() -> Bool

    /// Stores no offsets until `releaseCommits`: the worker is outside of its group.
    func holdCommits()
    func releaseCommits()

    /// Stores no more offsets: another worker may run the task.
    func endCommits()

    /// Discards the records that are not delivered and ends every wait for them. Implies `endCommits`.
    func abandon()

    /// Closes the connection to Kafka. Records that are not delivered yet are lost.
    func close()
}
