import ConnectData

/// The properties that Connect gives the clients of a task, besides those of the worker and the connector.
///
/// Source: `Worker.baseProducerConfigs` and `baseConsumerConfigs` of Connect 4.3.
enum TaskClientProperties {
    /// Batches are as large as brokers accept by default: Kafka's own 16 KiB hold two messages with schemas.
    private static let batchBytes = "1000000"

    /// Connect's own producers are not idempotent and have one request in flight. These have five requests in flight in
    /// the same order, and repeat nothing after a lost connection, unless a property that is given excludes it.
    ///
    /// Single rows do not wait for `linger.ms`: a checkpoint flushes the producer.
    ///
    /// - Parameter given: the worker's and the connector's properties, without prefix.
    static func producer(bootstrapServers: String, given: [String: String]) -> [String: String] {
        let isIdempotent = allowsIdempotence(given)
        return [
            "bootstrap.servers": bootstrapServers, "acks": "all", "enable.idempotence": "\(isIdempotent)",
            "max.in.flight.requests.per.connection": isIdempotent ? "5" : "1", "delivery.timeout.ms": "2147483647",
            "max.block.ms": "9223372036854775807", "batch.size": batchBytes,
        ]
    }

    /// The group that the tasks of a sink connector are members of.
    static func groupID(of connector: String) -> String { "connect-\(connector)" }

    /// The consumer of a sink task, whose offsets the worker commits.
    static func consumer(bootstrapServers: String, connector: String) -> [String: String] {
        [
            "bootstrap.servers": bootstrapServers, "group.id": groupID(of: connector),
            "enable.auto.commit": "false", "auto.offset.reset": "earliest",
        ]
    }

    private static func allowsIdempotence(_ given: [String: String]) -> Bool {
        func value(_ name: String) -> String? { given[name].map { JavaText.trim($0).lowercased() } }
        if value("enable.idempotence") == "false" || value("retries") == "0" { return false }
        if let acks = value("acks"), acks == "0" || acks == "1" { return false }
        return (value("max.in.flight.requests.per.connection").flatMap { Int($0) } ?? 1) <= 5
    }
}
