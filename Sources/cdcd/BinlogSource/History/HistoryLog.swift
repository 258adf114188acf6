import ConnectData

/// The place where schema history is kept: in production one partition of a Kafka topic.
///
/// Used from the task's thread only.
package protocol HistoryLog: AnyObject {
    func exists() throws -> Bool
    /// Creates the topic with one partition and endless retention, as Debezium does.
    func create() throws
    /// Appends and returns when the records are durable.
    func append(_ records: [[UInt8]]) throws
    /// Hands over every record from the beginning to the end as it is now.
    func replay(_ body: ([UInt8]) throws -> Void) throws
    func close()
    /// Ends a call that waits, from any thread, with `CancellationError`; the log cannot be used afterwards.
    var cancel: @Sendable () -> Void { get }
}

/// Where a connector's schema history is, from `schema.history.internal.*` or `database.history.*`.
package struct HistoryLogLocation: Hashable, Sendable {
    package var topic: String
    /// As configured: `host:port,host:port`.
    package var bootstrapServers: String
    /// `<server>-schemahistory`, in 1.9 `<server>-dbhistory`.
    package var clientID: String
    /// How long a question to the brokers may take before it counts as failed, and is asked again.
    package var queryTimeoutMilliseconds: Int
    package var createTimeoutMilliseconds: Int
    /// How long a record may wait until it is stored; nil: as long as it takes.
    package var deliveryTimeoutMilliseconds: Int?

    package init(
        topic: String, bootstrapServers: String, clientID: String, queryTimeoutMilliseconds: Int = 3000,
        createTimeoutMilliseconds: Int = 30_000, deliveryTimeoutMilliseconds: Int? = nil
    ) {
        self.topic = topic
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.queryTimeoutMilliseconds = queryTimeoutMilliseconds
        self.createTimeoutMilliseconds = createTimeoutMilliseconds
        self.deliveryTimeoutMilliseconds = deliveryTimeoutMilliseconds
    }
}

/// Reports `.interrupted` while the history cannot be reached and is waited for. From any thread.
package typealias HistoryConditionReport = @Sendable (TaskControl.Condition) -> Void

/// Opens the log at a location; the connector is given one, so that it knows no Kafka.
package typealias HistoryLogOpener =
    @Sendable (HistoryLogLocation, _ report: @escaping HistoryConditionReport) throws -> any HistoryLog
