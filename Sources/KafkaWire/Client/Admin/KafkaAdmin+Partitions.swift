import KafkaProtocol

extension KafkaAdmin {
    /// Adds partitions to topics; one result for each topic, in the same order.
    ///
    /// - Parameter validateOnly: nothing is changed; errors are those that a change would have.
    public func createPartitions(
        _ topics: [NewPartitions], validateOnly: Bool = false
    ) -> [Result<Void, KafkaError>] {
        let targets = topics.map { _ in AdminTarget.controller }
        return perform(
            "creating partitions of topic", topics.map(\.topic), at: targets, where: Self.isRetriableChange
        ) { connection, items, results throws(KafkaError) in
            var request = CreatePartitionsRequest()
            request.timeoutMilliseconds = requestTimeoutMilliseconds
            request.validateOnly = validateOnly
            request.topics = items.map { index in
                var topic = CreatePartitionsRequest.CreatePartitionsTopic()
                topic.name = topics[index].topic
                topic.count = topics[index].totalCount
                let assignment = topics[index].replicaAssignment
                topic.assignments = assignment.isEmpty
                    ? nil
                    : assignment.map { brokers in
                        var assignment = CreatePartitionsRequest.CreatePartitionsAssignment()
                        assignment.brokerIDs = brokers
                        return assignment
                    }
                return topic
            }
            for topic in try connection.request(request).results {
                results.set(topic.name, topic.errorCode, topic.errorMessage, ())
            }
        }
    }

    // MARK: Reassignments (KIP-455, Kafka 2.4)

    /// Moves partitions to other brokers, or cancels their moves; one result for each, in the same order. A success
    /// means that the move has begun or was cancelled.
    public func reassignPartitions(_ reassignments: [PartitionReassignment]) -> [Result<Void, KafkaError>] {
        let partitions = reassignments.map(\.partition)
        let targets = partitions.map { _ in AdminTarget.controller }
        return perform(
            "reassigning partition", partitions.map(\.description), at: targets, where: Self.isRetriableChange
        ) { connection, items, results throws(KafkaError) in
            var request = AlterPartitionReassignmentsRequest()
            request.timeoutMilliseconds = requestTimeoutMilliseconds
            request.topics = partitions.groupedByTopic(items).map { group in
                var topic = AlterPartitionReassignmentsRequest.ReassignableTopic()
                topic.name = group.topic
                topic.partitions = group.items.map { index in
                    var partition = AlterPartitionReassignmentsRequest.ReassignablePartition()
                    partition.partitionIndex = partitions[index].partition
                    partition.replicas = reassignments[index].replicas
                    return partition
                }
                return topic
            }
            let response = try connection.request(request)
            try response.errorCode.check("reassigning partitions", response.errorMessage)
            for topic in response.responses {
                for partition in topic.partitions {
                    let name = TopicPartition(topic.name, partition.partitionIndex).description
                    results.set(name, partition.errorCode, partition.errorMessage, ())
                }
            }
        }
    }

    /// The partitions that are moving.
    ///
    /// - Parameter partitions: nil: of all topics.
    public func listPartitionReassignments(
        _ partitions: [TopicPartition]? = nil
    ) throws(KafkaError) -> [OngoingReassignment] {
        var request = ListPartitionReassignmentsRequest()
        request.timeoutMilliseconds = requestTimeoutMilliseconds
        request.topics = partitions.map { partitions in
            partitions.groupedByTopic().map { group in
                var topic = ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics()
                topic.name = group.topic
                topic.partitionIndexes = group.items.map { partitions[$0].partition }
                return topic
            }
        }
        return try self.request("listing partition reassignments", at: .controller) { connection throws(KafkaError) in
            let response = try connection.request(request)
            try response.errorCode.check("listing partition reassignments", response.errorMessage)
            return response.topics.flatMap { topic in
                topic.partitions.map { partition in
                    OngoingReassignment(
                        partition: TopicPartition(topic.name, partition.partitionIndex), replicas: partition.replicas,
                        addingReplicas: partition.addingReplicas, removingReplicas: partition.removingReplicas)
                }
            }
        }
    }

    // MARK: Leaders (Kafka 2.2)

    /// Elects leaders of partitions; one result for each, in the same order. `.electionNotNeeded` if the leader already
    /// is the one that would be elected.
    public func electLeaders(_ election: ElectionType, of partitions: [TopicPartition]) -> [Result<Void, KafkaError>] {
        let targets = partitions.map { _ in AdminTarget.controller }
        return perform(
            "electing the leader of partition", partitions.map(\.description), at: targets,
            where: Self.isRetriableChange
        ) { connection, items, results throws(KafkaError) in
            let topics = partitions.groupedByTopic(items).map { group in
                var topic = ElectLeadersRequest.TopicPartitions()
                topic.topic = group.topic
                topic.partitions = group.items.map { partitions[$0].partition }
                return topic
            }
            for result in try elect(election, topics, at: connection) {
                results.set(result.name, result.errorCode, result.message, ())
            }
        }
    }

    /// Elects leaders of all partitions. Returns those for which an election was needed, with its result.
    public func electLeadersOfAllPartitions(
        _ election: ElectionType
    ) throws(KafkaError) -> [(partition: TopicPartition, result: Result<Void, KafkaError>)] {
        try request("electing leaders", at: .controller) { connection throws(KafkaError) in
            try elect(election, nil, at: connection).filter { $0.errorCode != .electionNotNeeded }.map { result in
                let about = "electing the leader of partition \(result.name)"
                return (
                    result.partition,
                    result.errorCode == .none
                        ? .success(())
                        : .failure(.code(result.errorCode, about: about, message: result.message.nonEmpty))
                )
            }
        }
    }

    private struct Election {
        let partition: TopicPartition
        let errorCode: KafkaErrorCode
        let message: String?
        var name: String { partition.description }
    }

    private func elect(
        _ election: ElectionType, _ topics: [ElectLeadersRequest.TopicPartitions]?, at connection: BrokerConnection
    ) throws(KafkaError) -> [Election] {
        if election == .unclean {
            try connection.require(.electLeaders, version: 1, for: "electing unclean leaders")
        }
        var request = ElectLeadersRequest()
        request.electionType = election.rawValue
        request.topicPartitions = topics
        request.timeoutMilliseconds = requestTimeoutMilliseconds
        let response = try connection.request(request)
        try response.errorCode.check("electing leaders")
        return response.replicaElectionResults.flatMap { topic in
            topic.partitionResult.map { partition in
                Election(
                    partition: TopicPartition(topic.topic, partition.partitionID), errorCode: partition.errorCode,
                    message: partition.errorMessage)
            }
        }
    }
}
