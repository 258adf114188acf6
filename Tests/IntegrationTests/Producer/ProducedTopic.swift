import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireCore

/// A topic of a real cluster, producers that write to it, and what was stored. Values are numbers.
final class ProducedTopic: Sendable {
    let client: KafkaClient
    let admin: KafkaAdmin
    let name: String
    let partitionCount: Int32
    /// Brokers before 4.0 have no features.
    let isOld: Bool
    /// The level of the cluster's feature `transaction.version`.
    let transactionVersion: Int16
    private let producers = Mutex<[KafkaProducer]>([])

    init(
        partitions: Int32 = 1, configuration: [(name: String, value: String)] = [],
        observer: (any KafkaClientObserver)? = nil
    ) throws {
        name = "cdcd-producer-test-\(UInt32.random(in: 0 ... .max))"
        var client = KafkaClientConfiguration(bootstrapServers: [try #require(RealServers.kafka)], clientID: name)
        client.observer = observer
        self.client = KafkaClient(client)
        admin = KafkaAdmin(self.client)
        partitionCount = partitions
        let features = try admin.describeFeatures().finalized
        isOld = features.isEmpty
        transactionVersion = features["transaction.version"]?.upperBound ?? 0
        try admin.createTopics([
            NewTopic(name: name, partitions: partitions, replicationFactor: 1, configuration: configuration)
        ]).get()
        // The leaders have the partitions then: without acknowledgements the records for one that has not are lost.
        _ = try admin.endOffsets(name)
    }

    /// Whether the cluster is one before Kafka 4.0.
    static func isOfOldCluster() throws -> Bool {
        let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [try #require(RealServers.kafka)]))
        defer { client.close() }
        return try KafkaAdmin(client).describeFeatures().finalized.isEmpty
    }

    /// Closes the producers, the last one first, and deletes the topic.
    func end() {
        for producer in producers.withLock({ $0.reversed() }) { producer.close(timeoutMilliseconds: 2000) }
        // A topic that is left over does no harm.
        _ = admin.deleteTopics([name])
        client.close()
    }

    /// A producer that is closed at the end.
    func producer(_ change: (inout ProducerConfiguration) -> Void = { _ in }) -> KafkaProducer {
        var configuration = ProducerConfiguration()
        change(&configuration)
        let producer = KafkaProducer(client, configuration)
        producers.withLock { $0.append(producer) }
        return producer
    }

    /// A transactional producer whose id is the topic's name.
    func transactionalProducer(
        _ change: (inout ProducerConfiguration) -> Void = { _ in }
    ) throws -> KafkaProducer {
        let producer = producer { configuration in
            configuration.transactionalID = name
            configuration.blockMillisecondsMax = 20_000
            change(&configuration)
        }
        try producer.initTransactionsAndWait()
        return producer
    }

    func record(_ number: Int, bytes: Int = 0, timestampMilliseconds: Int64? = nil, key: String? = nil) -> KafkaRecord {
        let padding = bytes > 0 ? " " + String(repeating: "x", count: bytes) : ""
        return KafkaRecord(
            topic: name, partition: Int32(number) % partitionCount, key: key, value: "\(number)\(padding)",
            timestampMilliseconds: timestampMilliseconds)
    }

    /// Appends records, in turn to the partitions, and waits until all are settled.
    func write(_ numbers: Range<Int>, with producer: KafkaProducer, bytes: Int = 0) throws -> [Int: Outcome] {
        let outcomes = Outcomes()
        for number in numbers { try producer.append(record(number, bytes: bytes), completion: outcomes.entry(number)) }
        try producer.awaitDelivery(timeoutMilliseconds: 30_000)
        return outcomes.all
    }

    /// The numbers of the records, by partition. Committed records are read when the last transaction has ended.
    func numbers(_ isolation: IsolationLevel = .readUncommitted) throws -> [Int32: [Int]] {
        var found: [Int32: [Int]] = [:]
        if isolation == .readCommitted { try awaitEndOfTransactions() }
        try TopicReader(client, topic: name, isolation: isolation).readToEnd(timeoutMilliseconds: 30_000) { record in
            found[record.partition, default: []].append(Self.number(record))
        }
        return found
    }

    /// A coordinator writes the markers of a transaction after it has answered the request to end it.
    private func awaitEndOfTransactions() throws {
        let places = (0..<partitionCount).map { (partition: TopicPartition(name, $0), spec: OffsetSpec.latest) }
        func ends(_ isolation: IsolationLevel) throws -> [Int64?] {
            try admin.listOffsets(places, isolation: isolation).map { try $0.get().offset }
        }
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 30_000)
        while try ends(.readCommitted) != ends(.readUncommitted) {
            guard MonotonicInstant.now < deadline else {
                throw ExternalProgram.Failure(description: "\(name): a transaction has not ended after 30 s")
            }
        }
    }

    /// The numbers of the records of a topic with one partition.
    func inOrder(_ isolation: IsolationLevel = .readUncommitted) throws -> [Int] {
        try numbers(isolation)[0] ?? []
    }

    /// What partition `partition` holds if each of these numbers is stored once and in order.
    func share(of numbers: Range<Int>, _ partition: Int32) -> [Int] {
        numbers.filter { Int32($0) % partitionCount == partition }
    }

    static func number(_ record: ConsumedRecord) -> Int {
        let text = String(decoding: record.value ?? [], as: UTF8.self)
        return text.split(separator: " ").first.flatMap { Int($0) } ?? -1
    }
}

typealias Outcome = Result<RecordMetadata, KafkaError>

/// The outcomes of records, by number.
final class Outcomes: Sendable {
    private let found = Mutex<[Int: Outcome]>([:])

    func entry(_ number: Int) -> @Sendable (Outcome) -> Void {
        { outcome in
            self.found.withLock { found in
                if found[number] != nil { Issue.record("record \(number) has two outcomes") }
                found[number] = outcome
            }
        }
    }

    var all: [Int: Outcome] { found.withLock { $0 } }
}

extension Outcome {
    var error: KafkaError? { if case .failure(let error) = self { error } else { nil } }
    var offset: Int64? { if case .success(let metadata) = self { metadata.offset } else { nil } }
    var isSuccess: Bool { error == nil }
}
