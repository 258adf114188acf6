import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore
import WireStreams

@testable import ConnectRuntime

/// A Kafka cluster in memory: what the worker stores and what its tasks produce can be looked at, and deliveries held
/// back or refused.
final class MemoryCluster: WorkerKafka {
    struct Produced: Sendable, Equatable {
        var topic: String
        var partition: Int32?
        var key: [UInt8]?
        var value: [UInt8]?
        var tag: UInt64

        var valueText: String { String(decoding: value ?? [], as: UTF8.self) }
    }

    struct State: Sendable {
        var logs: [String: [StoreRecord]] = [:]
        var produced: [Produced] = []
        var createdTopics: [NewTopic] = []
        /// Records are kept and not acknowledged until `release`.
        var holdsDelivery = false
        var held: [(listener: any DeliveryListener, topic: String, tag: UInt64)] = []
        var members: [GroupDescription.Member] = []
        /// Of a group that has members.
        var groupState = "Stable"
        var removedMembers: [String] = []
        var generation: Int32 = 0
        var hasLeft = false
        /// Appends are stored, and yet whoever made them hears nothing.
        var losesAnswers = false
        /// Appends to the offsets topic fail.
        var refusedAppends: KafkaError?
        /// Appends to these topics' logs wait until `releaseAppends`.
        var heldAppendTopics: Set<String> = []
        var heldAppends: [HeldAppend] = []
        /// Reads of the offsets topic fail, or wait.
        var refusedReads: KafkaError?
        var holdsReads = false
        var readCount = 0
        /// The coordinator does not answer members.
        var isCoordinatorAway = false
        /// What the next heartbeats are answered; `.stable` once they are used up.
        var standings: [HeartbeatResult] = []
        /// The internal topics that were opened, as they were asked for.
        var openedTopics: [InternalTopicPurpose: WorkerConfiguration.InternalTopic] = [:]
        var heartbeatCount = 0
        /// The coordinator lets those who leave wait.
        var isCoordinatorSilent = false
    }

    struct HeldAppend: Sendable {
        var topic: String
        var key: [UInt8]
        var value: [UInt8]?
        var completion: @Sendable (Result<RecordMetadata, any Error>) -> Void
    }

    let state = Monitor(State())

    fileprivate static func store(_ append: HeldAppend, _ state: inout State) -> RecordMetadata {
        let offset = Int64(state.logs[append.topic, default: []].count)
        state.logs[append.topic, default: []].append(StoreRecord(offset: offset, key: append.key, value: append.value))
        return RecordMetadata(partition: 0, offset: offset)
    }

    /// Stores what appends were held back.
    func releaseAppends() {
        let stored = state.update { state -> [(HeldAppend, RecordMetadata)] in
            state.heldAppendTopics = []
            defer { state.heldAppends = [] }
            return state.heldAppends.map { ($0, Self.store($0, &state)) }
        }
        for (append, place) in stored { append.completion(.success(place)) }
    }

    func clusterID() throws -> String? { "Y2RjZC10ZXN0LWNsdXN0ZQ" }

    func openLog(_ topic: WorkerConfiguration.InternalTopic, purpose: InternalTopicPurpose) throws -> any TopicLog {
        state.update { $0.openedTopics[purpose] = topic }
        return MemoryLog(cluster: self, topic: topic.name)
    }

    func makeProducer(
        _ settings: KafkaClientSettings, clientID: String, listener: any DeliveryListener
    ) throws -> any RecordProducer { MemoryProducer(cluster: self, listener: listener) }

    func ensureTopic(_ topic: NewTopic) throws {
        state.update { state in
            if !state.createdTopics.contains(where: { $0.name == topic.name }) { state.createdTopics.append(topic) }
        }
    }

    func makeMembership() -> any WorkerMembership { MemoryMembership(cluster: self) }

    func close() {}

    /// Acknowledges what was held back, and everything from now on.
    func release() {
        let held = state.update { state in
            state.holdsDelivery = false
            defer { state.held = [] }
            return state.held
        }
        for item in held {
            item.listener.finished(
                topic: item.topic, partition: 0, tags: [TagRun(tag: item.tag, count: 1)], error: nil)
        }
    }

    /// Refuses what was held back.
    func refuse(_ error: KafkaError) {
        let held = state.update { state in
            defer { state.held = [] }
            return state.held
        }
        for item in held {
            item.listener.finished(
                topic: item.topic, partition: 0, tags: [TagRun(tag: item.tag, count: 1)], error: error)
        }
    }

    /// The last value of each key of a topic, as text.
    func latest(_ topic: String) -> [String: String] {
        var latest: [String: String] = [:]
        for record in state.withLock({ $0.logs[topic] ?? [] }) {
            latest[record.keyText ?? ""] = record.value.map { String(decoding: $0, as: UTF8.self) }
        }
        return latest
    }

    func records(of topic: String) -> [StoreRecord] { state.withLock { $0.logs[topic] ?? [] } }
}

private final class MemoryLog: TopicLog {
    private let cluster: MemoryCluster
    private let topic: String
    private let position = Mutex(0)

    init(cluster: MemoryCluster, topic: String) {
        self.cluster = cluster
        self.topic = topic
    }

    func readToEnd(_ body: (StoreRecord) -> Void) throws {
        if topic == "offsets" {
            cluster.state.update { $0.readCount += 1 }
            _ = cluster.state.wait { $0.holdsReads ? nil : true }
            if let error = cluster.state.withLock({ $0.refusedReads }) { throw error }
        }
        let start = position.withLock { $0 }
        let records = cluster.records(of: topic)
        for record in records[start...] { body(record) }
        position.withLock { $0 = records.count }
    }

    func append(
        key: [UInt8], value: [UInt8]?, completion: @escaping @Sendable (Result<RecordMetadata, any Error>) -> Void
    ) {
        let append = MemoryCluster.HeldAppend(topic: topic, key: key, value: value, completion: completion)
        let outcome = cluster.state.update { state -> Result<RecordMetadata, any Error>? in
            if state.heldAppendTopics.contains(topic) {
                state.heldAppends.append(append)
                return nil
            }
            if topic == "offsets", let error = state.refusedAppends { return .failure(error) }
            let place = MemoryCluster.store(append, &state)
            if state.losesAnswers {
                return .failure(KafkaError.timedOut(what: "append", milliseconds: 1, lastError: nil))
            }
            return .success(place)
        }
        if let outcome { completion(outcome) }
    }

    func awaitDelivery(timeoutMilliseconds: Int) {}
    func close(timeoutMilliseconds: Int) {}
}

private final class MemoryProducer: RecordProducer {
    private let cluster: MemoryCluster
    private let listener: any DeliveryListener

    init(cluster: MemoryCluster, listener: any DeliveryListener) {
        self.cluster = cluster
        self.listener = listener
    }

    func topic(_ name: String) throws -> TopicHandle { TopicHandle(name: name, topic: nil) }

    func append(
        to topic: TopicHandle, partition: Int32?, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: EncodedHeaders, timestampMilliseconds: Int64?, tag: UInt64
    ) throws {
        let record = MemoryCluster.Produced(
            topic: topic.name, partition: partition, key: key.map { [UInt8]($0) }, value: value.map { [UInt8]($0) },
            tag: tag)
        let listener = listener
        let isHeld = cluster.state.update { state in
            state.produced.append(record)
            if state.holdsDelivery { state.held.append((listener: listener, topic: record.topic, tag: tag)) }
            return state.holdsDelivery
        }
        if !isHeld {
            listener.finished(topic: topic.name, partition: 0, tags: [TagRun(tag: tag, count: 1)], error: nil)
        }
    }

    func flush() {}
    func close(timeoutMilliseconds: Int) {}
    func abort() {}
}

private final class MemoryMembership: WorkerMembership {
    private let cluster: MemoryCluster

    init(cluster: MemoryCluster) { self.cluster = cluster }

    private func requireCoordinator() throws {
        if cluster.state.withLock({ $0.isCoordinatorAway }) {
            throw KafkaError.timedOut(what: "coordinator", milliseconds: 1, lastError: nil)
        }
    }

    func describe() throws -> GroupDescription {
        try requireCoordinator()
        let (members, state) = cluster.state.withLock { ($0.members, $0.groupState) }
        return GroupDescription(
            groupID: "g", state: members.isEmpty ? "Empty" : state, protocolType: "connect", protocolName: "sessioned",
            members: members)
    }

    func remove(memberIDs: [String]) throws {
        cluster.state.update { state in
            state.removedMembers += memberIDs
            state.members.removeAll { memberIDs.contains($0.memberID) }
        }
    }

    func join(
        protocols: [(name: String, metadata: [UInt8])],
        assign: (_ protocolName: String, _ members: [GroupMemberMetadata]) throws -> [String: [UInt8]]
    ) throws -> GroupGeneration {
        try requireCoordinator()
        let generation = cluster.state.update { state in
            state.generation += 1
            return state.generation
        }
        let assignments = try assign(
            protocols[0].name, [GroupMemberMetadata(memberID: "member-1", metadata: protocols[0].metadata)])
        return GroupGeneration(
            memberID: "member-1", generation: generation, leaderID: "member-1", protocolName: protocols[0].name,
            assignment: assignments["member-1"] ?? [])
    }

    func heartbeat() throws -> HeartbeatResult {
        try requireCoordinator()
        return cluster.state.update { state in
            state.heartbeatCount += 1
            return state.standings.isEmpty ? .stable : state.standings.removeFirst()
        }
    }

    func leave() throws {
        let patience = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        guard cluster.state.wait(until: patience, for: { $0.isCoordinatorSilent ? nil : true }) == true else {
            throw KafkaError.timedOut(what: "leave", milliseconds: 20_000, lastError: nil)
        }
        cluster.state.update { $0.hasLeft = true }
    }

    func cancel() {}
}
