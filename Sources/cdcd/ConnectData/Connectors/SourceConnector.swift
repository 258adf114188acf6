import WireCore

/// A connector that reads an external system (`org.apache.kafka.connect.source.SourceConnector`).
package protocol SourceConnector: Connector {
    /// Starts the connector. Throws if the real connector fails to start.
    func start(_ configuration: [String: String], context: any SourceConnectorContext) throws

    /// Checks offsets that a user wants to store, and alters those that the connector keeps outside of the worker.
    /// Called on an instance that was not started.
    ///
    /// - Parameter offsets: the new offset of each source partition; nil removes the partition's offset.
    /// - Returns: whether the connector has checked the offsets and there are no others to alter.
    /// - Throws: `ConnectError` if an offset cannot be used.
    func alterOffsets(_ configuration: [String: String], _ offsets: [PartitionOffset]) throws -> Bool
}

extension SourceConnector {
    package func alterOffsets(_ configuration: [String: String], _ offsets: [PartitionOffset]) throws -> Bool { false }
}

/// The offset of a source partition; nil if the partition has none, or to remove it.
package struct PartitionOffset: Sendable, Equatable {
    package let partition: JSONObject
    package let offset: JSONObject?

    package init(partition: JSONObject, offset: JSONObject?) {
        self.partition = partition
        self.offset = offset
    }
}

/// The worker's functions for a source connector.
package protocol SourceConnectorContext: ConnectorContext, OffsetReader {}

/// Reads the committed offsets of one connector (`org.apache.kafka.connect.storage.OffsetStorageReader`).
package protocol OffsetReader: Sendable {
    /// The last committed offset of this source partition; nil if there is none.
    func storedOffset(for partition: JSONObject) throws -> JSONObject?
}
