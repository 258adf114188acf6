/// A connector that writes records of Kafka topics to an external system
/// (`org.apache.kafka.connect.sink.SinkConnector`).
package protocol SinkConnector: Connector {
    /// Starts the connector. Throws if it cannot work with this configuration.
    func start(_ configuration: [String: String], context: any ConnectorContext) throws

    /// Checks consumer offsets that a user wants to store, and alters those that the connector keeps in the external
    /// system. Called on an instance that was not started.
    ///
    /// - Parameter offsets: the new offset of each partition; nil resets the partition.
    /// - Returns: whether the connector has checked the offsets and there are no others to alter.
    func alterOffsets(_ configuration: [String: String], _ offsets: [TopicPartition: Int64?]) throws -> Bool
}

extension SinkConnector {
    package func alterOffsets(
        _ configuration: [String: String], _ offsets: [TopicPartition: Int64?]
    ) throws -> Bool { false }
}

/// One partition of a Kafka topic.
package struct TopicPartition: Hashable, Sendable, CustomStringConvertible {
    package let topic: String
    package let partition: Int32

    package init(_ topic: String, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    package var description: String { "\(topic)-\(partition)" }
}
