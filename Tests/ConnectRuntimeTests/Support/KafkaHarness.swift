import KafkaBroker
import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import ConnectRuntime

/// A Kafka broker in this process with a directory of its own. A test holds, refuses or drops requests of the worker,
/// and reads what is stored with a client whose requests are always handled.
final class KafkaHarness: Sendable {
    /// Decides about a request of the worker; nil leaves the decision to the rules added earlier. `count` is the number
    /// of requests of its kind so far, including this one.
    typealias Rule = @Sendable (_ request: InterceptedRequest, _ count: Int) -> Interception?

    struct RuleID: Sendable {
        fileprivate let number: Int
    }

    private struct State: Sendable {
        var rules: [(id: Int, body: Rule)] = []
        var nextRule = 0
        var counts: [APIKey: Int] = [:]
        var requestCount = 0
        var createdTopics: [CreateTopicsRequest.CreatableTopic] = []
    }

    let broker: DevelopmentBroker
    let client: KafkaClient
    /// The worker's view of the broker, for tests without a worker.
    let cluster: KafkaCluster
    private let directory: TemporaryDirectory
    private let state = Monitor(State())

    private static let clientID = "test"
    /// The maximum time that a test waits for something to happen.
    static let waitMilliseconds = 10_000

    init() throws {
        directory = try TemporaryDirectory()
        var configuration = DevelopmentBrokerConfiguration(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        // Tests of lost memberships need sessions shorter than the six seconds that Kafka allows.
        configuration.limits.sessionTimeoutMilliseconds = 1...1_800_000
        broker = try DevelopmentBroker(configuration)
        client = Self.makeClient(broker, clientID: Self.clientID)
        cluster = KafkaCluster(try WorkerHarness.configuration(Self.properties(broker)))
        broker.interceptors.add { [state] request in
            guard request.clientID != Self.clientID else { return nil }
            let (rules, count) = state.update { state in
                state.requestCount += 1
                state.counts[request.apiKey, default: 0] += 1
                if let creation = request.message as? CreateTopicsRequest { state.createdTopics += creation.topics }
                return (state.rules, state.counts[request.apiKey, default: 0])
            }
            for rule in rules.reversed() {
                if let interception = rule.body(request, count) { return interception }
            }
            return nil
        }
        broker.start()
    }

    deinit {
        cluster.close()
        client.close()
        broker.stop()
    }

    private static func makeClient(_ broker: DevelopmentBroker, clientID: String) -> KafkaClient {
        var configuration = KafkaClientConfiguration(bootstrapServers: [broker.address], clientID: clientID)
        configuration.apiTimeoutMilliseconds = waitMilliseconds
        return KafkaClient(configuration)
    }

    private static func properties(_ broker: DevelopmentBroker) -> [String: String] {
        [
            "bootstrap.servers": broker.address.description, "config.storage.replication.factor": "1",
            "offset.storage.replication.factor": "1", "status.storage.replication.factor": "1",
            "offset.storage.partitions": "3", "status.storage.partitions": "2",
        ]
    }

    /// Worker properties for this broker.
    var properties: [String: String] { Self.properties(broker) }
    var admin: KafkaAdmin { KafkaAdmin(client) }

    // MARK: Faults

    /// Applies `rule` to the worker's requests from now on, before the rules added earlier.
    @discardableResult
    func intercept(_ rule: @escaping Rule) -> RuleID {
        state.update { state in
            defer { state.nextRule += 1 }
            state.rules.append((state.nextRule, rule))
            return RuleID(number: state.nextRule)
        }
    }

    /// Applies `interception` to the worker's requests of these kinds, and for one topic if `topic` is given.
    @discardableResult
    func intercept(_ keys: Set<APIKey>, topic: String? = nil, _ interception: Interception) -> RuleID {
        intercept { request, _ in
            keys.contains(request.apiKey) && topic.map(request.concerns(topic:)) != false ? interception : nil
        }
    }

    /// Holds the worker's requests of a kind until the gate is opened.
    func hold(_ key: APIKey, topic: String? = nil) -> RequestGate {
        let gate = RequestGate()
        intercept([key], topic: topic, .hold(gate))
        return gate
    }

    func remove(_ rule: RuleID) { state.update { state in state.rules.removeAll { $0.id == rule.number } } }

    /// Creates topics with one replica if the worker requests more, since there is one broker.
    func createTopicsWithOneReplica() {
        intercept { [admin] request, _ in
            guard let creation = request.message as? CreateTopicsRequest else { return nil }
            let topics = creation.topics.map { topic in
                NewTopic(
                    name: topic.name, partitions: topic.numPartitions, replicationFactor: 1,
                    configuration: topic.configs.map { (name: $0.name, value: $0.value ?? "") })
            }
            do { try admin.createTopics(topics).get() } catch { return .disconnect }
            return .refuse(.topicAlreadyExists)
        }
    }

    // MARK: Requests

    /// The number of requests that the worker has sent.
    var requestCount: Int { state.withLock { $0.requestCount } }

    func requestCount(_ key: APIKey) -> Int { state.withLock { $0.counts[key, default: 0] } }

    /// The topics that the worker has requested to create.
    var createdTopics: [CreateTopicsRequest.CreatableTopic] { state.withLock { $0.createdTopics } }

    /// Waits until the worker has sent more than `count` requests. Returns false if that takes longer than the given
    /// time.
    @discardableResult
    func awaitRequests(moreThan count: Int, milliseconds: Int) -> Bool {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: milliseconds)
        return state.wait(until: deadline) { $0.requestCount > count ? true : nil } ?? false
    }

    /// Waits until the worker has sent `count` requests of a kind.
    func awaitRequests(_ key: APIKey, count: Int, sourceLocation: SourceLocation = #_sourceLocation) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: Self.waitMilliseconds)
        let isDone = state.wait(until: deadline) { $0.counts[key, default: 0] >= count ? true : nil } ?? false
        #expect(isDone, "fewer than \(count) \(key) requests", sourceLocation: sourceLocation)
    }

    /// Waits until the worker has requested to create `count` topics, and returns them.
    func awaitCreatedTopics(
        _ count: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) -> [CreateTopicsRequest.CreatableTopic] {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: Self.waitMilliseconds)
        let topics = state.wait(until: deadline) { $0.createdTopics.count >= count ? $0.createdTopics : nil }
        #expect(topics != nil, "fewer than \(count) topics", sourceLocation: sourceLocation)
        return topics ?? []
    }

    // MARK: Topics

    /// The log of a store on a topic of this broker, which is created.
    func openLog(_ topic: String, purpose: InternalTopicPurpose = .offsets) throws -> KafkaTopicLog {
        let topic = WorkerConfiguration.InternalTopic(
            name: topic, partitions: 1, replicationFactor: 1, configuration: [])
        return try cluster.openLog(topic, purpose: purpose)
    }

    /// All records of a topic, partition by partition.
    func records(_ topic: String) throws -> [ConsumedRecord] {
        var records: [ConsumedRecord] = []
        try TopicReader(client, topic: topic).readToEnd { records.append($0) }
        return records.sorted { ($0.partition, $0.offset) < ($1.partition, $1.offset) }
    }

    /// The last value of each key of a topic, as text.
    func latest(_ topic: String) throws -> [String: String] {
        var latest: [String: String] = [:]
        for record in try records(topic) { latest[record.keyText ?? ""] = record.valueText }
        return latest
    }

    /// Waits until the records of a topic satisfy a condition, and returns them in the order in which they were read.
    @discardableResult
    func awaitRecords(
        _ topic: String, sourceLocation: SourceLocation = #_sourceLocation, until isDone: ([ConsumedRecord]) -> Bool
    ) throws -> [ConsumedRecord] {
        let reader = try TopicReader(client, topic: topic)
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: Self.waitMilliseconds)
        var records: [ConsumedRecord] = []
        while !isDone(records) {
            let left = deadline.milliseconds(since: .now)
            guard left > 0 else {
                Issue.record("the condition does not hold for \(records.count) records of \(topic)", sourceLocation: sourceLocation)
                break
            }
            records += try reader.poll(maxWaitMilliseconds: left)
        }
        return records
    }

    /// Creates a compacted topic that contains these records.
    func store(_ records: [StoreRecord], in topic: String) throws {
        let partitions = (records.map(\.partition).max() ?? 0) + 1
        try admin.createTopics([
            NewTopic(
                name: topic, partitions: partitions, replicationFactor: 1,
                configuration: [(name: "cleanup.policy", value: "compact")])
        ]).get()
        let producer = KafkaProducer(client)
        let handle = try producer.topic(topic)
        for record in records {
            try RecordBatchBuilder.withBytes(record.key) { key in
                try RecordBatchBuilder.withBytes(record.value) { value in
                    try producer.append(
                        to: handle, partition: record.partition, key: key, value: value,
                        timestampMilliseconds: record.timestampMilliseconds)
                }
            }
        }
        try producer.awaitDelivery(timeoutMilliseconds: Self.waitMilliseconds)
        producer.close(timeoutMilliseconds: 1000)
    }

    // MARK: Members of the worker's group

    /// A membership of the worker's group that the test drives. Its session lasts for half a minute without heartbeats.
    func makeMember(clientID: String = KafkaHarness.clientID) -> GroupMembership {
        GroupMembership(
            Self.makeClient(broker, clientID: clientID),
            GroupConfiguration(
                groupID: "g", protocolType: "connect", sessionTimeoutMilliseconds: 30_000,
                rebalanceTimeoutMilliseconds: 30_000))
    }

    /// Joins the worker's group as a worker with this URL. Blocks until the group has formed.
    ///
    /// - Parameter assigning: called if the member leads the group, before it assigns nothing to all members.
    func join(
        _ member: GroupMembership, url: String, host: WorkerHost?, assigning: () -> Void = {}
    ) throws {
        let metadata = MemberMetadata(url: url, configOffset: 1, host: host)
        let protocols = ConnectProtocol.allCases.map { offer in
            (name: offer.name, metadata: metadata.encoded(version: offer.version))
        }
        _ = try member.join(protocols: protocols) { name, members in
            assigning()
            let version = ConnectProtocol.version(ofProtocolNamed: name)
            let assignment = GroupAssignment(leader: members[0].memberID, leaderURL: url, configOffset: 1)
            return Dictionary(uniqueKeysWithValues: members.map { ($0.memberID, assignment.encoded(version: version)) })
        }
    }

    /// The members of the worker's group and its state.
    func group() throws -> GroupDescription { try admin.describeGroup("g") }

    /// Waits until the worker's group has a state, for example `Empty`.
    func awaitGroup(state wanted: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: Self.waitMilliseconds)
        var found = try group().state
        while found != wanted, MonotonicInstant.now < deadline {
            // Sessions end without a request.
            awaitRequests(moreThan: requestCount, milliseconds: 20)
            found = try group().state
        }
        #expect(found == wanted, sourceLocation: sourceLocation)
    }
}

extension InterceptedRequest {
    func writes(to topic: String) -> Bool { apiKey == .produce && concerns(topic: topic) }
}

extension ConsumedRecord {
    var keyText: String? { key.map { String(decoding: $0, as: UTF8.self) } }
    var valueText: String? { value.map { String(decoding: $0, as: UTF8.self) } }
}
