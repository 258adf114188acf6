/// What an operator asks of a cluster. All calls block, and throw once `apiTimeoutMilliseconds` are over.
public struct KafkaAdmin: Sendable {
    let client: KafkaClient

    public init(_ client: KafkaClient) { self.client = client }

    public func clusterID() throws(KafkaError) -> String { throw .closed }
    public func brokers() throws(KafkaError) -> [BrokerDescription] { throw .closed }
    /// One entry per name, nil where the topic is not there.
    public func describeTopics(_ names: [String]) throws(KafkaError) -> [TopicDescription?] { throw .closed }
    /// The first refusal is thrown; `.topicAlreadyExists` among them.
    public func createTopics(_ topics: [NewTopic]) throws(KafkaError) { throw .closed }
    public func deleteTopics(_ names: [String]) throws(KafkaError) { throw .closed }
    public func topicConfiguration(_ topic: String) throws(KafkaError) -> [TopicConfigEntry] { throw .closed }
    /// Partition to offset of its next record.
    public func endOffsets(_ topic: String) throws(KafkaError) -> [Int32: Int64] { throw .closed }
    /// Partition to offset of its first record.
    public func beginningOffsets(_ topic: String) throws(KafkaError) -> [Int32: Int64] { throw .closed }
    public func describeGroup(_ groupID: String) throws(KafkaError) -> GroupDescription { throw .closed }
    public func removeMembers(group: String, memberIDs: [String]) throws(KafkaError) { throw .closed }
}
