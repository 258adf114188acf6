import KafkaProtocol
import WireCore

extension RequestHandler {
    static let electLeaders = RequestHandler(ElectLeadersRequest.self) { service, request, context in
        service.electLeaders(request, context)
    }
}

extension BrokerService {
    private typealias PartitionResult = ElectLeadersResponse.PartitionResult

    /// ElectLeaders: makes the first replica the leader (type 0), or any running one if there is no leader (type 1).
    /// Without partitions, all that need it.
    func electLeaders(_ request: ElectLeadersRequest, _: RequestContext) -> ElectLeadersResponse {
        var response = ElectLeadersResponse()
        let wanted = request.topicPartitions ?? topics.all.map { topic in
            var entry = ElectLeadersRequest.TopicPartitions()
            entry.topic = topic.name
            entry.partitions = topic.partitions.indices.map { Int32($0) }
            return entry
        }
        let isValid = (0...1).contains(request.electionType)
        if !isValid { response.errorCode = .invalidRequest }
        let found = isValid
            ? wanted.flatMap { entry in entry.partitions.compactMap { topics.partition(entry.topic, $0) } } : []
        let refusals = elect(found, type: request.electionType)
        response.replicaElectionResults = wanted.distinct(by: \.topic).map { entry in
            var result = ElectLeadersResponse.ReplicaElectionResult()
            result.topic = entry.topic
            result.partitionResult = entry.partitions.distinct { $0 }.compactMap { index in
                var partition = PartitionResult()
                partition.partitionID = index
                let refusal: AdminError?
                if !isValid {
                    refusal = AdminError(.invalidRequest, "Unknown election type \(request.electionType)")
                } else if let found = topics.partition(entry.topic, index) {
                    refusal = refusals[found.key]
                } else {
                    refusal = absence(entry.topic, index)
                }
                if request.topicPartitions == nil, refusal?.code == .electionNotNeeded { return nil }
                partition.errorCode = refusal?.code ?? .none
                partition.errorMessage = refusal?.message
                return partition
            }
            return result
        }
        return response
    }

    private func absence(_ topic: String, _ index: Int32) -> AdminError {
        let exists = topics.topic(named: topic) != nil
        return AdminError(
            .unknownTopicOrPartition, exists ? "No such partition as \(topic)-\(index)" : "No such topic as \(topic)")
    }

    /// Returns why partitions keep their leader, in Kafka's words.
    private func elect(
        _ partitions: [TopicRegistry.Partition], type: Int8
    ) -> [PartitionJournalEntry.Partition: AdminError] {
        var refusals: [PartitionJournalEntry.Partition: AdminError] = [:]
        do throws(StorageError) {
            try topics.changeRegistrations(of: partitions.distinct(by: \.key)) { partition, registration, running in
                let preferred = registration.replicas[0]
                if type == 0 ? registration.leader == preferred : registration.leader != -1 {
                    let text = "Leader election not needed for topic partition."
                    refusals[partition.key] = AdminError(.electionNotNeeded, text)
                } else if type == 0, !running.contains(preferred) {
                    let text = "The preferred leader was not available."
                    refusals[partition.key] = AdminError(.preferredLeaderNotAvailable, text)
                } else if type == 0 {
                    registration.move(to: preferred)
                } else {
                    registration.elect(running)
                    let text = "Eligible topic partition leaders are not available."
                    if registration.leader == -1 {
                        refusals[partition.key] = AdminError(.eligibleLeadersNotAvailable, text)
                    }
                }
            }
        } catch {
            Self.logger.error("The leaders of partitions cannot be stored: \(error)")
            for partition in partitions { refusals[partition.key] = AdminError(error) }
        }
        return refusals
    }
}
