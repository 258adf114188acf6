import KafkaProtocol

/// A topic as it was created.
public struct CreatedTopic: Sendable, Equatable {
    /// The topic's id (KIP-516); zero if the broker has none, or if the topic was only validated.
    public var id: KafkaUUID
    /// The number of partitions; nil if the broker does not report it (before 2.4).
    public var partitions: Int32?
    /// The number of replicas of each partition; nil if the broker does not report it (before 2.4).
    public var replicationFactor: Int16?
    /// The topic's configuration; nil if the broker does not report it (before 2.4, or without the permission to
    /// describe configurations).
    public var configuration: [ConfigEntry]?

    init(_ topic: CreateTopicsResponse.CreatableTopicResult) {
        id = topic.topicID
        partitions = topic.numPartitions < 0 ? nil : topic.numPartitions
        replicationFactor = topic.replicationFactor < 0 ? nil : topic.replicationFactor
        guard topic.topicConfigErrorCode == .none, topic.numPartitions >= 0 else { return }
        configuration = topic.configs?.map { config in
            ConfigEntry(
                name: config.name, value: config.value,
                source: ConfigEntry.Source(rawValue: config.configSource) ?? .unknown,
                isReadOnly: config.readOnly, isSensitive: config.isSensitive)
        }
    }
}

/// An entry of the list of topics.
public struct TopicListing: Sendable, Equatable {
    /// The topic's name.
    public var name: String
    /// The topic's id (KIP-516); zero if the broker has none.
    public var id: KafkaUUID
    /// Whether it is one of Kafka's own topics, for example `__consumer_offsets`.
    public var isInternal: Bool
}
