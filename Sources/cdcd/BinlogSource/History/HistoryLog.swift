import ConnectData

/// The storage of the schema history: in production one partition of a Kafka topic.
///
/// Used from the task's thread only.
package protocol HistoryLog: AnyObject {
    func exists() throws -> Bool
    /// Creates the topic with one partition and infinite retention, as Debezium does.
    func create() throws
    /// Appends chunks of records until `next` returns nil, and returns when all are durable.
    func append(chunks next: () throws -> [[UInt8]]?) throws
    /// Passes on every record from the beginning to the current end.
    func replay(_ body: ([UInt8]) throws -> Void) throws
    func close()
    /// Ends a waiting call, from any thread, with `CancellationError`; the log cannot be used afterwards.
    var cancel: @Sendable () -> Void { get }
}

extension HistoryLog {
    /// Appends the records and returns when they are durable.
    package func append(_ records: [[UInt8]]) throws {
        var rest: [[UInt8]]? = records
        try append(chunks: { rest.take() })
    }
}

/// The location of a connector's schema history, from `schema.history.internal.*` or `database.history.*`.
package struct HistoryLogLocation: Hashable, Sendable {
    package var topic: String
    /// As configured: `host:port,host:port`.
    package var bootstrapServers: String
    /// The property that configures them.
    package var bootstrapServersProperty = "schema.history.internal.kafka.bootstrap.servers"
    /// The prefix of the properties of the clients: `schema.history.internal.`, in 1.9 `database.history.`.
    package var clientPrefix = "schema.history.internal."
    /// The properties below `producer.` and `consumer.` with their whole names. They may contain secrets.
    package var clientProperties: [String: String] = [:]
    /// `<server>-schemahistory`, in 1.9 `<server>-dbhistory`.
    package var clientID: String
    /// The time after which a request to the brokers has failed and is retried.
    package var queryTimeoutMilliseconds: Int
    package var createTimeoutMilliseconds: Int
    /// The maximum time until a record is stored; nil is without a limit.
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

/// Reports `.interrupted` while the history cannot be reached. Called from any thread.
package typealias HistoryConditionReport = @Sendable (TaskControl.Condition) -> Void

/// Opens the log at a location; passed to the connector, so that it does not depend on Kafka.
package typealias HistoryLogOpener =
    @Sendable (HistoryLogLocation, _ report: @escaping HistoryConditionReport) throws -> any HistoryLog
