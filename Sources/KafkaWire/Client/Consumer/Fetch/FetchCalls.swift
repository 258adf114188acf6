import KafkaProtocol
import WireCore

/// Carries out the jobs of a `FetchMachine` with blocking calls.
struct FetchCalls: Sendable {
    let client: KafkaClient
    let cancellation: Cancellation
    let isolation: IsolationLevel
    var minBytes = 1
    var maxBytes = 50 << 20
    var rack: String?
    var allowsTopicCreation = false
    /// Fetches committed offsets; nil without a group.
    var committed: (@Sendable ([TopicPartition]) throws(KafkaError) -> [TopicPartition: FetchPosition?])?

    /// Consumers need OffsetForLeaderEpoch in a version that checks the leader's epoch and needs no cluster permission.
    private static let epochVersionMin: Int16 = 3
    /// Later versions name topics by their ids only.
    private static let fetchVersionWithNames: Int16 = 12
    private static let latestTimestamp: Int64 = -1
    private static let earliestTimestamp: Int64 = -2

    /// - Parameter maxWaitMilliseconds: how long the broker may wait for records.
    func run(_ job: FetchJob, maxWaitMilliseconds: Int) -> FetchResult {
        do throws(KafkaError) {
            switch job {
            case .metadata(let topics): return .metadata(try metadata(topics))
            case .committed(let partitions): return .committed(try committed?(partitions) ?? [:])
            case .list(let broker, let targets): return .listed(try list(targets, broker))
            case .validate(let broker, let positions): return .validated(try validate(positions, broker))
            case .fetch(let plan): return try fetch(plan, maxWaitMilliseconds)
            }
        } catch { return .failed(error) }
    }

    private func metadata(_ topics: [String]) throws(KafkaError) -> [String: Result<TopicDescription, KafkaError>] {
        let response = try client.metadata(topics: topics, allowsCreation: allowsTopicCreation, cancellation)
        var found: [String: Result<TopicDescription, KafkaError>] = [:]
        for topic in response.topics {
            guard let name = topic.name else { continue }
            if let description = TopicDescription(topic) {
                found[name] = .success(description)
            } else {
                found[name] = .failure(.code(topic.errorCode, about: "topic \(name)"))
            }
        }
        return found
    }

    private func list(
        _ targets: [TopicPartition: FetchJob.ListedTarget], _ broker: Int32
    ) throws(KafkaError) -> [TopicPartition: Result<FetchPosition?, KafkaError>] {
        var request = ListOffsetsRequest()
        request.replicaID = -1
        request.isolationLevel = isolation.rawValue
        request.timeoutMilliseconds = Int32(clamping: client.configuration.requestTimeoutMilliseconds)
        request.topics = targets.keys.byTopic.map { name, partitions in
            var topic = ListOffsetsRequest.ListOffsetsTopic()
            topic.name = name
            topic.partitions = partitions.map { index in
                var partition = ListOffsetsRequest.ListOffsetsPartition()
                partition.partitionIndex = index
                guard let asked = targets[TopicPartition(name, index)] else { return partition }
                partition.timestamp = Self.timestamp(of: asked.target)
                partition.currentLeaderEpoch = asked.leaderEpoch
                return partition
            }
            return topic
        }
        let response = try client.withBroker(broker, cancellation) { connection throws(KafkaError) in
            try connection.request(request)
        }
        var listed: [TopicPartition: Result<FetchPosition?, KafkaError>] = [:]
        for topic in response.topics {
            for partition in topic.partitions {
                let name = TopicPartition(topic.name, partition.partitionIndex)
                guard partition.errorCode == .none else {
                    listed[name] = .failure(.code(partition.errorCode, about: "offsets of \(name)"))
                    continue
                }
                // The listed epoch is that of the record at the offset, not of the one before it.
                listed[name] = .success(partition.offset < 0 ? nil : FetchPosition(offset: partition.offset))
            }
        }
        return listed
    }

    private static func timestamp(of target: PartitionState.Target) -> Int64 {
        switch target {
        case .earliest, .nearest: earliestTimestamp
        case .latest: latestTimestamp
        case .time(let milliseconds): milliseconds
        case .age(let milliseconds):
            max(0, WallTime.now.epochMilliseconds - Int64(milliseconds))
        }
    }

    private func validate(
        _ positions: [TopicPartition: FetchJob.ValidatedPosition], _ broker: Int32
    ) throws(KafkaError) -> [TopicPartition: Result<FetchPosition, KafkaError>] {
        var request = OffsetForLeaderEpochRequest()
        request.replicaID = -1
        request.topics = positions.keys.byTopic.map { name, partitions in
            var topic = OffsetForLeaderEpochRequest.OffsetForLeaderTopic()
            topic.topic = name
            topic.partitions = partitions.map { index in
                var partition = OffsetForLeaderEpochRequest.OffsetForLeaderPartition()
                partition.partition = index
                guard let position = positions[TopicPartition(name, index)] else { return partition }
                partition.leaderEpoch = position.epoch
                partition.currentLeaderEpoch = position.leaderEpoch
                return partition
            }
            return topic
        }
        let response = try client.withBroker(broker, cancellation) { connection throws(KafkaError) in
            let key = OffsetForLeaderEpochRequest.apiKey
            guard try connection.versions.version(of: key) >= Self.epochVersionMin else {
                throw .unsupportedVersion(key, broker: connection.versions[key])
            }
            return try connection.request(request)
        }
        var ends: [TopicPartition: Result<FetchPosition, KafkaError>] = [:]
        for topic in response.topics {
            for partition in topic.partitions {
                let name = TopicPartition(topic.topic, partition.partition)
                ends[name] =
                    partition.errorCode == .none
                    ? .success(FetchPosition(offset: partition.endOffset, epoch: partition.leaderEpoch))
                    : .failure(.code(partition.errorCode, about: "epochs of \(name)"))
            }
        }
        return ends
    }

    // MARK: Fetch

    private func fetch(_ plan: FetchRequestPlan, _ maxWaitMilliseconds: Int) throws(KafkaError) -> FetchResult {
        let request = request(plan, maxWaitMilliseconds)
        let response = try client.withBroker(plan.broker, cancellation) { connection throws(KafkaError) in
            try connection.request(
                request, atMost: plan.request.usesTopicIDs ? .max : Self.fetchVersionWithNames,
                extraTimeoutMilliseconds: maxWaitMilliseconds)
        }
        client.learn(response.nodeEndpoints.compactMap { BrokerDescription($0) })
        var names: [KafkaUUID: String] = [:]
        for (name, asked) in plan.partitions where asked.topicID != .zero { names[asked.topicID] = name.topic }
        var answers: [FetchAnswer] = []
        for topic in response.responses {
            let name = topic.topicID == .zero ? topic.topic : names[topic.topicID]
            for data in topic.partitions {
                answers.append(
                    FetchAnswer(partition: name.map { TopicPartition($0, data.partitionIndex) }, data: data))
            }
        }
        return .fetched(response.errorCode, sessionID: response.sessionID, answers)
    }

    private func request(_ plan: FetchRequestPlan, _ maxWaitMilliseconds: Int) -> FetchRequest {
        var request = FetchRequest()
        request.maxWaitMilliseconds = Int32(clamping: maxWaitMilliseconds)
        request.minBytes = Int32(clamping: minBytes)
        request.maxBytes = Int32(clamping: maxBytes)
        request.isolationLevel = isolation.rawValue
        request.sessionID = plan.request.sessionID
        request.sessionEpoch = plan.request.epoch
        request.rackID = rack ?? ""
        for name in plan.request.partitions {
            guard let asked = plan.partitions[name] else { continue }
            if request.topics.last?.topic != name.topic {
                var topic = FetchRequest.FetchTopic()
                topic.topic = name.topic
                topic.topicID = asked.topicID
                request.topics.append(topic)
            }
            var partition = FetchRequest.FetchPartition()
            partition.partition = name.partition
            partition.currentLeaderEpoch = asked.leaderEpoch
            partition.fetchOffset = asked.offset
            partition.lastFetchedEpoch = asked.lastFetchedEpoch
            partition.partitionMaxBytes = asked.bytesMax
            request.topics[request.topics.count - 1].partitions.append(partition)
        }
        request.forgottenTopicsData = plan.request.forgotten.keys.byTopic.map { name, partitions in
            var topic = FetchRequest.ForgottenTopic()
            topic.topic = name
            topic.topicID = partitions.first.flatMap { plan.request.forgotten[TopicPartition(name, $0)] } ?? .zero
            topic.partitions = partitions
            return topic
        }
        return request
    }

    /// Closes a fetch session.
    func close(_ plan: FetchRequestPlan) throws(KafkaError) {
        let request = request(plan, 0)
        _ = try client.withBroker(plan.broker, cancellation) { connection throws(KafkaError) in
            try connection.request(request, atMost: plan.request.usesTopicIDs ? .max : Self.fetchVersionWithNames)
        }
    }
}
