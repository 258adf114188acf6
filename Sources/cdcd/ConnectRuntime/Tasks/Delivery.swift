/// How the records of a source task reach Kafka and when its offsets are stored.
///
/// `RecordSink.checkpoint` is the boundary: whatever was emitted before it is delivered before the offset is stored, or
/// together with it. Everything but the sink may be used from any thread.
protocol Delivery: Sendable {
    /// Connects to Kafka. Called once, on the task's thread, which the sink belongs to.
    ///
    /// Throws `ConfigError` for properties that cannot be used, and `CancellationError` if the task is stopped.
    func open(_ overrides: ClientOverride, _ wait: BrokerWait) throws -> any DeliverySink

    /// Why records cannot be delivered any more.
    var failure: (any Error)? { get }

    /// Stores the offsets of everything that was delivered, after a commit in progress. Returns false if that failed.
    func commit() -> Bool

    /// Stores no offsets until `releaseCommits`: the worker is outside of its group.
    func holdCommits()
    func releaseCommits()

    /// Stores no offsets any more: another task may have taken over.
    func endCommits()

    /// Gives up what is not delivered and ends every wait for it. Implies `endCommits`.
    func abandon()

    /// Ends the connection to Kafka. What is not delivered yet is lost.
    func close()
}
