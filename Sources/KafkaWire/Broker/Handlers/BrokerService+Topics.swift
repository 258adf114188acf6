import KafkaProtocol
import WireCore

extension RequestHandler {
    static let createTopics = RequestHandler(CreateTopicsRequest.self) { service, request, context in
        service.createTopics(request, context)
    }
    static let deleteTopics = RequestHandler(DeleteTopicsRequest.self) { service, request, context in
        service.deleteTopics(request, context: context)
    }
    static let createPartitions = RequestHandler(CreatePartitionsRequest.self) { service, request, context in
        service.createPartitions(request, context)
    }
}

extension BrokerService {
    /// CreateTopics.
    func createTopics(_ request: CreateTopicsRequest, _ context: RequestContext) -> CreateTopicsResponse {
        var response = CreateTopicsResponse()
        let counts = Dictionary(request.topics.map { ($0.name, 1) }, uniquingKeysWith: +)
        for wanted in request.topics {
            var result = CreateTopicsResponse.CreatableTopicResult()
            result.name = wanted.name
            result.errorMessage = nil
            do throws(AdminError) {
                guard counts[wanted.name] == 1 else {
                    throw AdminError(.invalidRequest, "Duplicate topic name.")
                }
                if !request.validateOnly { try quotaEnforcement.checkMutations(since: 6, context) }
                try create(wanted, validateOnly: request.validateOnly, into: &result)
                if !request.validateOnly { quotaEnforcement.recordMutations(Int(result.numPartitions), context) }
            } catch {
                result.errorCode = error.code
                result.errorMessage = error.message
                result.configs = nil
            }
            response.topics.append(result)
        }
        response.throttleTimeMilliseconds = quotaEnforcement.mutationThrottleMilliseconds(
            since: 6, response.topics.map(\.errorCode), context)
        return response
    }

    private func create(
        _ wanted: CreateTopicsRequest.CreatableTopic, validateOnly: Bool,
        into result: inout CreateTopicsResponse.CreatableTopicResult
    ) throws(AdminError) {
        if let reason = TopicName.validationError(wanted.name) { throw AdminError(.invalidTopicException, reason) }
        guard wanted.name != TopicName.clusterMetadata else {
            throw AdminError(.invalidRequest, "Creation of internal topic \(wanted.name) is prohibited.")
        }
        guard topics.topic(named: wanted.name) == nil else {
            throw AdminError(.topicAlreadyExists, "Topic '\(wanted.name)' already exists.")
        }
        if let other = topics.collision(with: wanted.name) {
            throw AdminError(
                .invalidTopicException, "Topic '\(wanted.name)' collides with existing topic: \(other)")
        }
        let (count, replicas) = try partitions(of: wanted)
        var settings = TopicConfiguration()
        for entry in wanted.configs {
            guard let value = entry.value else {
                throw AdminError(.invalidConfig, "Null value not supported for topic configs: \(entry.name)")
            }
            try check(entry.name, value)
            settings[entry.name] = value
        }
        try checkTogether(settings)
        // Kafka answers with an id even if it does not create the topic.
        result.topicID = KafkaUUID.random()
        if !validateOnly {
            do throws(StorageError) {
                let created = try topics.create(
                    name: wanted.name, partitionCount: count, configuration: settings, replicas: replicas)
                guard let created else {
                    result.errorCode = .topicAlreadyExists
                    result.errorMessage = "Topic '\(wanted.name)' already exists."
                    return
                }
                result.topicID = created.id
            } catch {
                throw AdminError(error)
            }
        }
        result.numPartitions = Int32(count)
        result.replicationFactor = Int16(clamping: replicas.count(ofNodes: nodes.count))
        result.configs = TopicSetting.all.map { setting in
            var entry = CreateTopicsResponse.CreatableTopicConfigs()
            entry.name = setting.name
            entry.value = settings.effective(setting.name)
            entry.configSource = (settings[setting.name] == nil ? ConfigSource.builtIn : .topic).rawValue
            return entry
        }
    }

    /// The number of partitions that a new topic gets, and their replicas.
    private func partitions(
        of wanted: CreateTopicsRequest.CreatableTopic
    ) throws(AdminError) -> (count: Int, ReplicaAssignment) {
        if !wanted.assignments.isEmpty {
            guard wanted.numPartitions == -1, wanted.replicationFactor == -1 else {
                throw AdminError(
                    .invalidRequest, "Both numPartitions or replicationFactor and replicasAssignments were set.")
            }
            let assignments = wanted.assignments.sorted { $0.partitionIndex < $1.partitionIndex }
            let replicas = assignments.map(\.brokerIDs)
            for assigned in replicas { try check(replicas: assigned, replicas[0].count) }
            guard assignments.map(\.partitionIndex) == Array(0..<Int32(clamping: assignments.count)) else {
                throw AdminError(
                    .invalidReplicaAssignment, "partitions should be a consecutive 0-based integer sequence")
            }
            try checkPartitionCount(replicas.count)
            return (replicas.count, .given(replicas))
        }
        guard wanted.replicationFactor == -1 || (1...nodes.count).contains(Int(wanted.replicationFactor)) else {
            throw AdminError(
                .invalidReplicationFactor,
                wanted.replicationFactor <= 0
                    ? "Replication factor must be larger than 0, or -1 to use the default value."
                    : "Unable to replicate the partition \(wanted.replicationFactor) time(s): The target replication factor "
                        + "of \(wanted.replicationFactor) cannot be reached because only \(nodes.count) broker(s) are "
                        + "registered or some brokers have all their log directories cordoned.")
        }
        let count = wanted.numPartitions == -1 ? configuration.partitionCountDefault : wanted.numPartitions
        guard count > 0 else {
            throw AdminError(
                .invalidPartitions, "Number of partitions was set to an invalid non-positive value.")
        }
        try checkPartitionCount(Int(count))
        return (Int(count), wanted.replicationFactor == -1 ? .all : .count(Int(wanted.replicationFactor)))
    }

    private func checkPartitionCount(_ count: Int) throws(AdminError) {
        let limit = configuration.limits.partitionsPerTopicMax
        guard count <= limit else {
            throw AdminError(.invalidPartitions, "The development broker has at most \(limit) partitions in a topic.")
        }
    }

    /// Throws if the nodes cannot be the replicas of a partition.
    ///
    /// - Parameter count: the number of replicas of the other partitions; nil if it may differ.
    func check(replicas: [Int32], _ count: Int?) throws(AdminError) {
        let prefix = "The manual partition assignment includes"
        guard !replicas.isEmpty else {
            throw AdminError(.invalidReplicaAssignment, "\(prefix) an empty replica list.")
        }
        // Kafka names the first unknown or repeated broker in the order of their ids.
        var previous: Int32?
        for id in replicas.sorted() {
            guard membership.ids.contains(id) else {
                throw AdminError(
                    .invalidReplicaAssignment, "\(prefix) broker \(id), but no such broker is registered.")
            }
            guard id != previous else {
                throw AdminError(.invalidReplicaAssignment, "\(prefix) the broker \(id) more than once.")
            }
            previous = id
        }
        guard count == nil || replicas.count == count else {
            throw AdminError(
                .invalidReplicaAssignment,
                "\(prefix) a partition with \(replicas.count) replica(s), but this is not consistent with previous "
                    + "partitions, which have \(count ?? 0) replica(s).")
        }
    }

    /// DeleteTopics. Offsets that groups have committed for the topic are removed, too.
    func deleteTopics(_ request: DeleteTopicsRequest, context: RequestContext) -> DeleteTopicsResponse {
        var wanted = request.topics
        if context.version < 6 {
            wanted = request.topicNames.map { name in
                var entry = DeleteTopicsRequest.DeleteTopicState()
                entry.name = name
                return entry
            }
        }
        var response = DeleteTopicsResponse()
        for entry in wanted {
            var result = DeleteTopicsResponse.DeletableTopicResult()
            result.name = entry.name
            result.topicID = entry.topicID
            let topic = entry.name.map { topics.topic(named: $0) } ?? topics.topic(id: entry.topicID)
            do throws(AdminError) {
                if topic != nil { try quotaEnforcement.checkMutations(since: 5, context) }
                if let topic, try delete(topic) {
                    quotaEnforcement.recordMutations(topic.partitions.count, context)
                    result.name = topic.name
                    result.topicID = topic.id
                    groups.topicDeleted(topic.name)
                } else {
                    result.errorCode = entry.name == nil ? .unknownTopicID : .unknownTopicOrPartition
                }
            } catch {
                result.errorCode = error.code
                result.errorMessage = error.message
            }
            response.responses.append(result)
        }
        response.throttleTimeMilliseconds = quotaEnforcement.mutationThrottleMilliseconds(
            since: 5, response.responses.map(\.errorCode), context)
        return response
    }

    private func delete(_ topic: BrokerTopic) throws(AdminError) -> Bool {
        do throws(StorageError) { return try topics.delete(name: topic.name) } catch { throw AdminError(error) }
    }

    /// CreatePartitions: the number of partitions can only grow.
    func createPartitions(_ request: CreatePartitionsRequest, _ context: RequestContext) -> CreatePartitionsResponse {
        var response = CreatePartitionsResponse()
        for wanted in request.topics {
            var result = CreatePartitionsResponse.CreatePartitionsTopicResult()
            result.name = wanted.name
            do throws(AdminError) {
                if !request.validateOnly { try quotaEnforcement.checkMutations(since: 3, context) }
                let added = try grow(wanted, validateOnly: request.validateOnly)
                quotaEnforcement.recordMutations(added, context)
            } catch {
                result.errorCode = error.code
                result.errorMessage = error.message
            }
            response.results.append(result)
        }
        response.throttleTimeMilliseconds = quotaEnforcement.mutationThrottleMilliseconds(
            since: 3, response.results.map(\.errorCode), context)
        return response
    }

    /// Returns the number of added partitions.
    private func grow(
        _ wanted: CreatePartitionsRequest.CreatePartitionsTopic, validateOnly: Bool
    ) throws(AdminError) -> Int {
        guard let topic = topics.topic(named: wanted.name) else {
            throw AdminError(.unknownTopicOrPartition, "This server does not host this topic-partition.")
        }
        let present = topic.partitions.count
        guard Int(wanted.count) > present else {
            throw AdminError(
                .invalidPartitions,
                Int(wanted.count) == present
                    ? "Topic already has \(present) partition(s)."
                    : "The topic \(wanted.name) currently has \(present) partition(s); \(wanted.count) would not be an "
                        + "increase.")
        }
        try checkPartitionCount(Int(wanted.count))
        let count = topic.partitions[0].registration.replicas.count
        var replicas = ReplicaAssignment.count(count)
        if let assignments = wanted.assignments {
            let additional = Int(wanted.count) - present
            guard assignments.count == additional else {
                throw AdminError(
                    .invalidReplicaAssignment,
                    "Attempted to add \(additional) additional partition(s), but only \(assignments.count) assignment(s) "
                        + "were specified.")
            }
            for assignment in assignments { try check(replicas: assignment.brokerIDs, count) }
            replicas = .given(assignments.map(\.brokerIDs))
        }
        if validateOnly { return 0 }
        do throws(StorageError) {
            _ = try topics.change(name: wanted.name, partitionCount: Int(wanted.count), replicas: replicas)
        } catch {
            throw AdminError(error)
        }
        return Int(wanted.count) - present
    }
}
