import KafkaProtocol

extension KafkaClient {
    /// The names of topics with these ids; those that the broker does not know are left out. Throws
    /// `.unsupportedVersion` before Kafka 3.1.
    func topicNames(
        _ ids: Set<KafkaUUID>, _ cancellation: Cancellation
    ) throws(KafkaError) -> [KafkaUUID: String] {
        var request = MetadataRequest()
        request.allowAutoTopicCreation = false
        request.topics = ids.map { id in
            var topic = MetadataRequest.Topic()
            topic.topicID = id
            topic.name = nil
            return topic
        }
        let response = try withAnyBroker(cancellation) { connection throws(KafkaError) in
            try connection.request(request)
        }
        var names: [KafkaUUID: String] = [:]
        for topic in response.topics where topic.errorCode == .none { names[topic.topicID] = topic.name }
        return names
    }
}
