import KafkaProtocol
import WireCore
import WireStreams

/// A cluster's brokers and the topics that were asked for, from the responses to Metadata requests.
///
/// A machine without I/O and clock.
struct ClusterMetadata: Sendable {
    /// What a response has changed, besides its own contents.
    enum Change: Equatable, Sendable {
        case clusterID(from: String, to: String)
        /// No broker has this address any more.
        case addressRemoved(SocketAddress)
    }

    private struct Leader: Sendable {
        var id: Int32
        var epoch: Int32
    }

    private struct KnownTopic: Sendable {
        var id: KafkaUUID
        var leaders: [Int32: Leader]
        var requestedAt: MonotonicInstant
    }

    private(set) var clusterID: String?
    private(set) var controllerID: Int32 = -1
    private(set) var brokers: [Int32: BrokerDescription] = [:]
    private var topics: [String: KnownTopic] = [:]
    private var updatedAt: MonotonicInstant?
    /// The first request since the last response.
    private var requestedAt: MonotonicInstant?
    private var isStale = false
    /// Topics that nobody asks for are forgotten, as with `metadata.max.idle.ms` of Java's producer.
    static let topicIdleMillisecondsMax = 300_000

    // MARK: Responses

    /// Applies a response. A response without brokers (of a broker that has just started) changes nothing.
    ///
    /// A broker may answer with a leader that is older than one that is known already (KIP-320): the response is then
    /// corrected.
    mutating func update(_ response: inout MetadataResponse, now: MonotonicInstant) -> [Change] {
        guard !response.brokers.isEmpty else { return [] }
        var changes: [Change] = []
        if let new = response.clusterID {
            if let old = clusterID, old != new {
                changes.append(.clusterID(from: old, to: new))
                topics = [:]
            }
            clusterID = new
        }
        controllerID = response.controllerID
        let old = Set(brokers.values.map(\.address))
        brokers = [:]
        for broker in response.brokers {
            guard let port = UInt16(exactly: broker.port) else { continue }
            let address = SocketAddress(host: broker.host, port: port)
            brokers[broker.nodeID] = BrokerDescription(id: broker.nodeID, address: address, rack: broker.rack)
        }
        let removed = old.subtracting(brokers.values.map(\.address))
        changes += removed.sorted { ($0.host, $0.port) < ($1.host, $1.port) }.map { .addressRemoved($0) }
        for index in response.topics.indices { update(&response.topics[index], now) }
        topics = topics.filter { now.milliseconds(since: $0.value.requestedAt) <= Self.topicIdleMillisecondsMax }
        (updatedAt, requestedAt, isStale) = (now, nil, false)
        return changes
    }

    /// Adds or replaces a broker that a response names (KIP-951).
    mutating func add(_ broker: BrokerDescription) { brokers[broker.id] = broker }

    private mutating func update(_ topic: inout MetadataResponse.Topic, _ now: MonotonicInstant) {
        guard let name = topic.name, topic.errorCode == .none else { return }
        var known = KnownTopic(id: topic.topicID, leaders: [:], requestedAt: now)
        // A topic with another id was deleted and created again.
        if let earlier = topics[name], earlier.id == topic.topicID || topic.topicID == .zero {
            known.leaders = earlier.leaders
            if known.id == .zero { known.id = earlier.id }
        }
        for index in topic.partitions.indices {
            let partition = topic.partitions[index]
            let leader = Leader(id: partition.leaderID, epoch: partition.leaderEpoch)
            if let earlier = known.leaders[partition.partitionIndex], leader.epoch >= 0, leader.epoch < earlier.epoch {
                topic.partitions[index].leaderID = earlier.id
                topic.partitions[index].leaderEpoch = earlier.epoch
            } else {
                known.leaders[partition.partitionIndex] = leader
            }
        }
        topics[name] = known
    }

    // MARK: Topic ids

    /// The id of a topic that was asked for (KIP-516); nil if it is unknown, or the broker has none.
    func topicID(of name: String) -> KafkaUUID? { topics[name].flatMap { $0.id == .zero ? nil : $0.id } }

    /// A broker does not know the id (UNKNOWN_TOPIC_ID, INCONSISTENT_TOPIC_ID): the topic is named until new metadata
    /// has its id.
    mutating func forgetTopicID(of name: String) {
        topics[name]?.id = .zero
        isStale = true
    }

    // MARK: Requests

    /// Whether the brokers should be asked for before they are used: the metadata is old, or a broker could not be
    /// reached.
    func needsRefresh(now: MonotonicInstant, ageMillisecondsMax: Int) -> Bool {
        guard let updatedAt else { return true }
        return isStale || now.milliseconds(since: updatedAt) >= ageMillisecondsMax
    }

    mutating func noteFailure() { isStale = true }

    /// A request for metadata begins. Returns whether there was no response for the trigger's time, so that the
    /// bootstrap servers should be used again (KIP-1102).
    mutating func requestBegins(now: MonotonicInstant, triggerMilliseconds: Int) -> Bool {
        guard let requestedAt else {
            requestedAt = now
            return false
        }
        return !brokers.isEmpty && now.milliseconds(since: requestedAt) >= triggerMilliseconds
    }

    /// Forgets the brokers, so that the bootstrap servers are used (KIP-899). What is known about topics remains valid.
    mutating func rebootstrap(now: MonotonicInstant) {
        brokers = [:]
        controllerID = -1
        (requestedAt, isStale) = (now, true)
    }

    /// The known brokers, beginning with a different one for each `rotation`.
    func addresses(rotation: Int) -> [SocketAddress] {
        let sorted = brokers.values.sorted { $0.id < $1.id }.map(\.address)
        guard !sorted.isEmpty else { return [] }
        let start = abs(rotation % sorted.count)
        return Array(sorted[start...] + sorted[..<start])
    }
}

extension TopicDescription {
    /// Returns nil if the topic does not exist.
    init?(_ topic: MetadataResponse.Topic) {
        guard let name = topic.name, topic.errorCode == .none else { return nil }
        self.init(
            name: name, id: topic.topicID, isInternal: topic.isInternal,
            partitions: topic.partitions.sorted { $0.partitionIndex < $1.partitionIndex }.map { partition in
                Partition(
                    index: partition.partitionIndex, leader: partition.leaderID, leaderEpoch: partition.leaderEpoch,
                    replicas: partition.replicaNodes, inSyncReplicas: partition.isrNodes)
            })
    }
}
