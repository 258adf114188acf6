import KafkaProtocol

/// The topics of the cluster, as far as assignments depend on them.
struct TopicCatalog: Equatable, Sendable {
    struct Topic: Equatable, Sendable {
        var id: KafkaUUID
        var partitionCount: Int32
    }

    /// Changes with each created, changed and deleted topic.
    var version: UInt64
    var topics: [String: Topic]
}
