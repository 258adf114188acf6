import KafkaProtocol

extension KafkaAdmin {
    // MARK: Reading

    /// All topics that this client is authorized to describe, in the order of their names.
    public func listTopics() throws(KafkaError) -> [TopicListing] {
        try client.retrying("listing topics", client.cancellation) { () throws(KafkaError) in
            try client.metadata(topics: nil, client.cancellation).topics
                .compactMap { topic in
                    topic.name.map { TopicListing(name: $0, id: topic.topicID, isInternal: topic.isInternal) }
                }
                .sorted { $0.name < $1.name }
        }
    }

    /// The names of all topics that this client is authorized to describe, in ascending order.
    public func topicNames() throws(KafkaError) -> [String] { try listTopics().map(\.name) }

    /// The partitions of topics; one result for each name, in the same order. `.unknownTopicOrPartition` if a topic
    /// does not exist.
    public func describeTopics(_ names: [String]) -> [Result<TopicDescription, KafkaError>] {
        describe(names, "describing topic", at: .unknownTopicOrPartition) { name in
            var topic = MetadataRequest.Topic()
            topic.name = name
            return topic
        }
    }

    /// The partitions of topics; one result for each id, in the same order. `.unknownTopicID` if a topic does not
    /// exist.
    public func describeTopics(ids: [KafkaUUID]) -> [Result<TopicDescription, KafkaError>] {
        describe(ids.map(\.description), "describing topic id", at: .unknownTopicID, byID: true) { id in
            var topic = MetadataRequest.Topic()
            topic.name = nil
            topic.topicID = KafkaUUID(id) ?? .zero
            return topic
        }
    }

    /// A topic; nil if it does not exist.
    public func describeTopic(_ name: String) throws(KafkaError) -> TopicDescription? {
        switch describeTopics([name])[0] {
        case .success(let topic): return topic
        case .failure(let error):
            if error.errorCode == .unknownTopicOrPartition { return nil }
            throw error
        }
    }

    private func describe(
        _ names: [String], _ what: String, at missing: KafkaErrorCode, byID: Bool = false,
        _ topic: (String) -> MetadataRequest.Topic
    ) -> [Result<TopicDescription, KafkaError>] {
        let targets = names.map { _ in AdminTarget.anyBroker }
        return perform(what, names, at: targets, where: Self.isRetriableWithUnknownTopic) {
            connection, items, results throws(KafkaError) in
            if byID { try connection.require(.metadata, version: 12, for: "describing topics by id") }
            var request = MetadataRequest()
            request.allowAutoTopicCreation = false
            request.topics = items.map { topic(names[$0]) }
            let response = try connection.request(request)
            try response.errorCode.check("describing topics")
            for topic in response.topics {
                let name = byID ? topic.topicID.description : topic.name ?? ""
                guard topic.errorCode == .none, let description = TopicDescription(topic) else {
                    results.set(name, topic.errorCode == .none ? missing : topic.errorCode, nil, Self.noTopic)
                    continue
                }
                results.set(name, .none, nil, description)
            }
        }
    }

    private static var noTopic: TopicDescription { TopicDescription(name: "", partitions: []) }

    // MARK: Creating and deleting

    /// Creates topics; one result for each, in the same order. `.topicAlreadyExists` is an error.
    ///
    /// - Parameter validateOnly: nothing is created; errors are those that a creation would have.
    public func createTopics(
        _ topics: [NewTopic], validateOnly: Bool = false
    ) -> [Result<CreatedTopic, KafkaError>] {
        let targets = topics.map { _ in AdminTarget.controller }
        return perform("creating topic", topics.map(\.name), at: targets, where: Self.isRetriableChange) {
            connection, items, results throws(KafkaError) in
            var request = CreateTopicsRequest()
            request.timeoutMilliseconds = requestTimeoutMilliseconds
            request.validateOnly = validateOnly
            request.topics = items.map { CreateTopicsRequest.CreatableTopic(topics[$0]) }
            for topic in try connection.request(request).topics {
                results.set(topic.name, topic.errorCode, topic.errorMessage, CreatedTopic(topic))
            }
        }
    }

    /// Deletes topics; one result for each, in the same order. `.unknownTopicOrPartition` if one does not exist.
    public func deleteTopics(_ names: [String]) -> [Result<Void, KafkaError>] {
        delete(names, "deleting topic", byID: false)
    }

    /// Deletes topics by their ids; one result for each, in the same order. `.unknownTopicID` if one does not exist.
    ///
    /// Brokers support it since Kafka 2.8.
    public func deleteTopics(ids: [KafkaUUID]) -> [Result<Void, KafkaError>] {
        delete(ids.map(\.description), "deleting topic id", byID: true)
    }

    private func delete(_ names: [String], _ what: String, byID: Bool) -> [Result<Void, KafkaError>] {
        let targets = names.map { _ in AdminTarget.controller }
        return perform(what, names, at: targets, where: Self.isRetriableChange) {
            connection, items, results throws(KafkaError) in
            if byID { try connection.require(.deleteTopics, version: 6, for: "deleting topics by id") }
            var request = DeleteTopicsRequest()
            request.timeoutMilliseconds = requestTimeoutMilliseconds
            request.topicNames = items.map { names[$0] }
            request.topics = items.map { index in
                var topic = DeleteTopicsRequest.DeleteTopicState()
                if byID { topic.topicID = KafkaUUID(names[index]) ?? .zero } else { topic.name = names[index] }
                return topic
            }
            for topic in try connection.request(request).responses {
                let name = byID ? topic.topicID.description : topic.name ?? ""
                results.set(name, topic.errorCode, topic.errorMessage, ())
            }
        }
    }
}

extension CreateTopicsRequest.CreatableTopic {
    fileprivate init(_ topic: NewTopic) {
        self.init()
        name = topic.name
        numPartitions = topic.replicaAssignment.isEmpty ? topic.partitions : -1
        replicationFactor = topic.replicaAssignment.isEmpty ? topic.replicationFactor : -1
        assignments = topic.replicaAssignment.enumerated().map { index, brokers in
            var assignment = CreateTopicsRequest.CreatableReplicaAssignment()
            assignment.partitionIndex = Int32(index)
            assignment.brokerIDs = brokers
            return assignment
        }
        configs = topic.configuration.map { entry in
            var config = CreateTopicsRequest.CreatableTopicConfig()
            config.name = entry.name
            config.value = entry.value
            return config
        }
    }
}
