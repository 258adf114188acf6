import KafkaProtocol
import WireCore
import WireStreams

extension RequestHandler {
    static let metadata = RequestHandler(MetadataRequest.self) { service, request, context in
        service.metadata(request, context: context)
    }
    static let describeTopicPartitions = RequestHandler(DescribeTopicPartitionsRequest.self) {
        service, request, context in
        service.describeTopicPartitions(request, context)
    }
}

extension BrokerService {
    /// Metadata. A topic that is requested by name and does not exist is created, if client and broker allow it.
    func metadata(_ request: MetadataRequest, context: RequestContext) -> MetadataResponse {
        var response = MetadataResponse()
        response.clusterID = identity.clusterID
        response.controllerID = membership.controller
        response.brokers = membership.running.compactMap { id in
            guard let address = address(ofNode: id, context) else { return nil }
            var broker = MetadataResponse.Broker()
            broker.nodeID = id
            broker.host = address.host
            broker.port = Int32(address.port)
            return broker
        }
        if request.includeClusterAuthorizedOperations {
            response.clusterAuthorizedOperations = AuthorizedOperations.cluster
        }
        response.topics = describeTopics(request, context)
        for index in response.topics.indices
        where request.includeTopicAuthorizedOperations && response.topics[index].errorCode == .none {
            response.topics[index].topicAuthorizedOperations = AuthorizedOperations.topic
        }
        return response
    }

    private func describeTopics(_ request: MetadataRequest, _ context: RequestContext) -> [MetadataResponse.Topic] {
        let running = membership.running
        // All topics: null, and in version 0 an empty list.
        guard let wanted = request.topics, !(context.version == 0 && wanted.isEmpty) else {
            return topics.all.map { describe($0, running) }
        }
        let clientAllows = context.version < 4 || request.allowAutoTopicCreation
        let mayCreate = configuration.createsTopicsAutomatically && clientAllows
        return wanted.distinct(by: { TopicKey(name: $0.name, id: $0.topicID) }).map { entry in
            if let name = entry.name, entry.topicID == .zero { return describe(name, mayCreate: mayCreate, running) }
            if let topic = topics.topic(id: entry.topicID) { return describe(topic, running) }
            var absent = MetadataResponse.Topic()
            absent.errorCode = .unknownTopicID
            // The name is nullable since version 12.
            absent.name = context.version >= 12 ? nil : ""
            absent.topicID = entry.topicID
            return absent
        }
    }

    private struct TopicKey: Hashable {
        let name: String?
        let id: KafkaUUID
    }

    private func describe(_ name: String, mayCreate: Bool, _ running: [Int32]) -> MetadataResponse.Topic {
        if let topic = topics.topic(named: name) { return describe(topic, running) }
        var absent = MetadataResponse.Topic()
        absent.name = name
        guard TopicName.validationError(name) == nil else {
            absent.errorCode = .invalidTopicException
            return absent
        }
        absent.errorCode = .unknownTopicOrPartition
        guard mayCreate, name != TopicName.clusterMetadata, topics.collision(with: name) == nil else { return absent }
        do throws(StorageError) {
            let created = try topics.create(
                name: name, partitionCount: Int(configuration.partitionCountDefault),
                configuration: TopicConfiguration())
            // nil if another connection has just created it.
            if let topic = created ?? topics.topic(named: name) { return describe(topic, running) }
        } catch {
            Self.logger.error("The topic \(name) cannot be created: \(error)")
            absent.errorCode = .kafkaStorageError
        }
        return absent
    }

    private func describe(_ topic: BrokerTopic, _ running: [Int32]) -> MetadataResponse.Topic {
        var entry = MetadataResponse.Topic()
        entry.name = topic.name
        entry.topicID = topic.id
        entry.partitions = topic.partitions.enumerated().map { index, log in
            let registration = log.registration
            var partition = MetadataResponse.Partition()
            partition.partitionIndex = Int32(index)
            partition.leaderID = registration.leader
            partition.leaderEpoch = registration.leaderEpoch
            if !running.contains(registration.leader) {
                partition.errorCode = .leaderNotAvailable
                partition.leaderID = -1
            }
            partition.replicaNodes = registration.replicas
            partition.isrNodes = registration.replicas.filter(running.contains)
            partition.offlineReplicas = registration.replicas.filter { !running.contains($0) }
            return partition
        }
        return entry
    }

    /// DescribeTopicPartitions: the requested topics or all, sorted by name, in pages.
    func describeTopicPartitions(
        _ request: DescribeTopicPartitionsRequest, _: RequestContext
    ) -> DescribeTopicPartitionsResponse {
        var response = DescribeTopicPartitionsResponse()
        let running = membership.running
        let names = request.topics.isEmpty ? topics.all.map(\.name) : Set(request.topics.map(\.name)).sorted()
        var remainingPartitions = max(1, min(Int(request.responsePartitionLimit), 2000))
        for name in names {
            if let cursor = request.cursor, name < cursor.topicName { continue }
            var entry = DescribeTopicPartitionsResponse.Topic()
            entry.name = name
            guard let topic = topics.topic(named: name) else {
                let isValid = TopicName.validationError(name) == nil
                entry.errorCode = isValid ? .unknownTopicOrPartition : .invalidTopicException
                response.topics.append(entry)
                continue
            }
            entry.topicID = topic.id
            entry.topicAuthorizedOperations = AuthorizedOperations.topic
            let cursor = request.cursor.flatMap { $0.topicName == name ? Int($0.partitionIndex) : nil }
            let first = max(0, cursor ?? 0)
            for index in topic.partitions.indices where index >= first {
                guard remainingPartitions > 0 else {
                    var next = DescribeTopicPartitionsResponse.Cursor()
                    next.topicName = name
                    next.partitionIndex = Int32(index)
                    response.nextCursor = next
                    break
                }
                remainingPartitions -= 1
                entry.partitions.append(
                    Self.describe(topic.partitions[index].registration, ofPartition: index, running))
            }
            if !entry.partitions.isEmpty { response.topics.append(entry) }
            if response.nextCursor != nil { break }
        }
        return response
    }

    private static func describe(
        _ registration: PartitionRegistration, ofPartition index: Int, _ running: [Int32]
    ) -> DescribeTopicPartitionsResponse.Partition {
        var partition = DescribeTopicPartitionsResponse.Partition()
        partition.partitionIndex = Int32(index)
        partition.leaderID = registration.leader
        partition.leaderEpoch = registration.leaderEpoch
        // Unlike in Metadata, a missing leader is no error.
        if !running.contains(registration.leader) { partition.leaderID = -1 }
        partition.replicaNodes = registration.replicas
        partition.isrNodes = registration.replicas.filter(running.contains)
        partition.offlineReplicas = registration.replicas.filter { !running.contains($0) }
        partition.eligibleLeaderReplicas = []
        partition.lastKnownElr = []
        return partition
    }
}
