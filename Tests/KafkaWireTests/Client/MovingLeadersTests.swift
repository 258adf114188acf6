import KafkaProtocol
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire

/// Producers and consumers continue while leaders move and nodes stop and start: nothing is lost, repeated or out of
/// order.
@Suite(.serialized, .ownThreads) struct MovingLeadersTests {
    private static let partitionCount: Int32 = 3

    /// Three nodes and a client of them.
    private final class Nodes {
        private let directory: TemporaryDirectory
        let broker: DevelopmentBroker
        let client: KafkaClient

        init() throws {
            directory = try TemporaryDirectory()
            var configuration = DevelopmentBrokerConfiguration(
                listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
            configuration.nodeCount = 3
            broker = try DevelopmentBroker(configuration)
            broker.start()
            let addresses = broker.cluster.nodes.compactMap { $0.addresses["PLAINTEXT"] }
            var clientConfiguration = KafkaClientConfiguration(bootstrapServers: addresses, clientID: "test")
            clientConfiguration.retryBackoffMilliseconds = 5
            clientConfiguration.retryBackoffMaxMilliseconds = 50
            clientConfiguration.reconnectBackoffMaxMilliseconds = 100
            client = KafkaClient(clientConfiguration)
        }

        func makeTopic(_ name: String) throws {
            let topic = NewTopic(
                name: name, partitions: MovingLeadersTests.partitionCount, replicationFactor: 3)
            try KafkaAdmin(client).createTopics([topic]).get()
        }

        func end() {
            client.close()
            broker.stop()
        }

        /// One change, which the generator chooses.
        func change(_ topics: [String], using generator: inout SeededGenerator) throws -> String {
            let cluster = broker.cluster
            let running = cluster.nodes.filter(\.isRunning).map(\.id)
            let stopped = cluster.nodes.filter { !$0.isRunning }.map(\.id)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0 where running.count > 1, 1 where running.count > 1:
                let id = running.randomElement(using: &generator) ?? running[0]
                try cluster.stop(node: id)
                return "stopped node \(id)"
            case 0...2 where !stopped.isEmpty:
                let id = stopped.randomElement(using: &generator) ?? stopped[0]
                try cluster.start(node: id)
                return "started node \(id)"
            case 3:
                try cluster.electPreferredLeaders()
                return "elected the preferred leaders"
            default:
                let id = running.randomElement(using: &generator) ?? running[0]
                let topic = topics.randomElement(using: &generator) ?? topics[0]
                let partition = Int32.random(in: 0..<MovingLeadersTests.partitionCount, using: &generator)
                try cluster.moveLeader(ofTopic: topic, partition: partition, to: id)
                return "moved \(topic)-\(partition) to node \(id)"
            }
        }
    }

    /// What the threads have done so far.
    private struct Progress {
        /// The producers are to end.
        var isEnding = false
        /// The producers have ended: nothing else is written.
        var isWritten = false
        /// The numbers of acknowledged records, and those of committed transactions, by partition.
        var acknowledged = [[Int]](repeating: [], count: Int(partitionCount))
        var committed = [[Int]](repeating: [], count: Int(partitionCount))
        var failures: [String] = []
        /// What the consumer without a group and the group have received.
        var read: [String: [Int]] = [:]
        var readByGroup: [String: Set<Int>] = [:]

        var stepCount: Int { acknowledged.joined().count + committed.joined().count }
    }

    /// KIP-951: the response that names the new leader has its address, which the client need not know.
    @Test func newLeaderIsReachedWithoutMetadata() throws {
        let nodes = try Nodes()
        defer { nodes.end() }
        try nodes.makeTopic("t")
        let cluster = nodes.broker.cluster
        let target = try #require(cluster.nodes.last?.id)
        try cluster.stop(node: target)
        var configuration = ProducerConfiguration()
        configuration.deliveryTimeoutMilliseconds = 20_000
        let producer = KafkaProducer(nodes.client, configuration)
        defer { producer.close(timeoutMilliseconds: 0) }
        try producer.sendAndWait(KafkaRecord(topic: "t", partition: 0, value: "1"))
        nodes.broker.interceptors.add { $0.apiKey == .metadata ? .ignore : nil }
        try cluster.start(node: target)
        try cluster.moveLeader(ofTopic: "t", partition: 0, to: target)
        try producer.sendAndWait(KafkaRecord(topic: "t", partition: 0, value: "2"))
    }

    @Test func consumerReachesANewLeaderWithoutMetadata() throws {
        let nodes = try Nodes()
        defer { nodes.end() }
        try nodes.makeTopic("t")
        let cluster = nodes.broker.cluster
        let target = try #require(cluster.nodes.last?.id)
        let producer = KafkaProducer(nodes.client)
        defer { producer.close(timeoutMilliseconds: 0) }
        try producer.sendAndWait(KafkaRecord(topic: "t", partition: 0, value: "1"))
        try cluster.stop(node: target)
        let client = KafkaClient(nodes.client.configuration)
        defer { client.close() }
        let consumer = KafkaConsumer(client, ConsumerConfiguration())
        defer { consumer.close(timeoutMilliseconds: 0) }
        try consumer.assign([TopicPartition("t", 0)])
        try consumer.seekToBeginning([TopicPartition("t", 0)])
        func values(_ count: Int) throws -> [String?] {
            let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
            var values: [String?] = []
            while values.count < count, MonotonicInstant.now < deadline {
                values += try consumer.poll(timeoutMilliseconds: 100).map { $0.text }
            }
            return values
        }
        #expect(try values(1) == ["1"])
        nodes.broker.interceptors.add { $0.apiKey == .metadata ? .ignore : nil }
        try cluster.start(node: target)
        try cluster.moveLeader(ofTopic: "t", partition: 0, to: target)
        try producer.sendAndWait(KafkaRecord(topic: "t", partition: 0, value: "2"))
        #expect(try values(1) == ["2"])
    }

    private static func record(_ topic: String, _ number: Int) -> KafkaRecord {
        KafkaRecord(topic: topic, partition: Int32(number % Int(partitionCount)), value: "\(number)")
    }

    private static func produce(_ client: KafkaClient, _ progress: Monitor<Progress>) {
        let producer = KafkaProducer(client)
        var number = 0
        do throws(KafkaError) {
            while !progress.withLock({ $0.isEnding }) {
                for _ in 0..<20 {
                    let sent = number
                    number += 1
                    try producer.append(record("idempotent", sent)) { outcome in
                        progress.update { progress in
                            switch outcome {
                            case .success: progress.acknowledged[sent % Int(partitionCount)].append(sent)
                            case .failure(let error): progress.failures.append("record \(sent): \(error)")
                            }
                        }
                    }
                }
                try producer.awaitDelivery(timeoutMilliseconds: 60_000)
            }
        } catch { progress.update { $0.failures.append("producer: \(error)") } }
        producer.close(timeoutMilliseconds: 5000)
    }

    private static func produceInTransactions(_ client: KafkaClient, _ progress: Monitor<Progress>) {
        var configuration = ProducerConfiguration()
        configuration.transactionalID = "a"
        configuration.blockMillisecondsMax = 60_000
        let producer = KafkaProducer(client, configuration)
        var number = 0
        do throws(KafkaError) {
            try producer.initTransactionsAndWait()
            while !progress.withLock({ $0.isEnding }) {
                try producer.beginTransaction()
                let numbers = number..<number + 10
                number += 10
                for number in numbers { try producer.append(record("transactional", number)) { _ in } }
                if numbers.lowerBound % 40 == 30 {
                    try producer.abortTransactionAndWait()
                } else {
                    try producer.commitTransactionAndWait()
                    progress.update { progress in
                        for number in numbers { progress.committed[number % Int(partitionCount)].append(number) }
                    }
                }
            }
        } catch { progress.update { $0.failures.append("transactions: \(error)") } }
        producer.close(timeoutMilliseconds: 5000)
    }

    private static func consume(_ client: KafkaClient, group: String?, _ progress: Monitor<Progress>) {
        var configuration = ConsumerConfiguration(groupID: group)
        configuration.offsetReset = .earliest
        configuration.isolationLevel = .readCommitted
        configuration.fetchMaxWaitMilliseconds = 100
        configuration.heartbeatIntervalMilliseconds = 50
        configuration.sessionTimeoutMilliseconds = 20_000
        configuration.autoCommitIntervalMilliseconds = 50
        let consumer = KafkaConsumer(client, configuration)
        do throws(KafkaError) {
            let topics = ["idempotent", "transactional"]
            if group == nil {
                try consumer.assign(
                    topics.flatMap { topic in (0..<partitionCount).map { TopicPartition(topic, $0) } })
            } else {
                try consumer.subscribe(to: topics)
            }
            let deadline = MonotonicInstant.now.advanced(byMilliseconds: 120_000)
            while MonotonicInstant.now < deadline {
                let records = try consumer.poll(timeoutMilliseconds: 100)
                let isComplete = progress.update { progress in
                    for record in records {
                        let key = "\(record.topic)-\(record.partition)"
                        guard let number = record.text.flatMap({ Int($0) }) else { continue }
                        if group == nil {
                            progress.read[key, default: []].append(number)
                        } else {
                            progress.readByGroup[key, default: []].insert(number)
                        }
                    }
                    guard progress.isWritten else { return false }
                    return (0..<Int(partitionCount)).allSatisfy { index in
                        let written = [
                            "idempotent-\(index)": progress.acknowledged[index].count,
                            "transactional-\(index)": progress.committed[index].count,
                        ]
                        return written.allSatisfy { key, count in
                            let found = group == nil ? progress.read[key]?.count : progress.readByGroup[key]?.count
                            return (found ?? 0) >= count
                        }
                    }
                }
                if isComplete { break }
            }
        } catch { progress.update { $0.failures.append("consumer \(group ?? ""): \(error)") } }
        consumer.close(timeoutMilliseconds: 5000)
    }

    @Test func nothingIsLostOrRepeatedWhileLeadersMoveAndNodesStop() throws {
        let nodes = try Nodes()
        defer { nodes.end() }
        let seed = UInt64.random(in: 0..<1 << 32)
        print("MovingLeadersTests: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        try check(nodes, changeCount: 40) { try nodes.change(["idempotent", "transactional"], using: &generator) }
    }

    /// Leaders move when a request has been received, or when it has been handled and the answer is lost.
    @Test func nothingIsLostOrRepeatedWhileRequestsMoveLeaders() throws {
        let nodes = try Nodes()
        defer { nodes.end() }
        let texts = [
            "api=Produce,move_leader=before,probability=0.1,seed=1",
            "api=Produce,move_leader=after,disconnect=after,probability=0.05,seed=2",
            "api=Produce,move_leader=after,probability=0.1,seed=3", "api=Fetch,move_leader=before,probability=0.02,seed=4",
            "api=AddPartitionsToTxn,move_leader=after,probability=0.2,seed=5",
        ]
        try nodes.broker.faults.add(texts.map { try Fault(text: $0) })
        try check(nodes, changeCount: 20) { "nothing" }
        #expect(nodes.broker.faults.entries.prefix(4).allSatisfy { $0.appliedCount > 0 })
    }

    /// Producers and consumers run while something changes.
    private func check(_ nodes: Nodes, changeCount: Int, _ change: () throws -> String) throws {
        for topic in ["idempotent", "transactional"] { try nodes.makeTopic(topic) }
        let progress = Monitor(Progress())
        let client = nodes.client
        let producers = [ThreadCompletion(), ThreadCompletion()]
        let consumers = [ThreadCompletion(), ThreadCompletion()]
        startThread(named: "producer", completion: producers[0]) { Self.produce(client, progress) }
        startThread(named: "transactions", completion: producers[1]) { Self.produceInTransactions(client, progress) }
        startThread(named: "consumer", completion: consumers[0]) { Self.consume(client, group: nil, progress) }
        startThread(named: "member", completion: consumers[1]) { Self.consume(client, group: "g", progress) }

        var changes: [String] = []
        for _ in 0..<changeCount {
            changes.append(try change())
            // Both producers get further after each change.
            let (acknowledged, committed) = progress.withLock {
                ($0.acknowledged.joined().count, $0.committed.joined().count)
            }
            let hasContinued = progress.wait(until: .now.advanced(byMilliseconds: 30_000)) { progress -> Bool? in
                let isFurther = progress.acknowledged.joined().count > acknowledged
                    && progress.committed.joined().count > committed
                return isFurther || !progress.failures.isEmpty ? true : nil
            }
            if hasContinued != true { Issue.record("no progress after: \(changes.joined(separator: ", "))") }
            if hasContinued != true || progress.withLock({ !$0.failures.isEmpty }) { break }
        }
        progress.update { $0.isEnding = true }
        for thread in producers { #expect(thread.wait(milliseconds: 60_000)) }
        progress.update { $0.isWritten = true }
        for thread in consumers { #expect(thread.wait(milliseconds: 120_000)) }

        let result = progress.withLock { $0 }
        #expect(result.failures.isEmpty, "\(changes.joined(separator: ", "))")
        for index in 0..<Int(Self.partitionCount) {
            #expect(result.read["idempotent-\(index)"] == result.acknowledged[index].sorted())
            #expect(result.read["transactional-\(index)"] == result.committed[index].sorted())
            #expect(result.readByGroup["idempotent-\(index)"] == Set(result.acknowledged[index]))
            #expect(result.readByGroup["transactional-\(index)"] == Set(result.committed[index]))
        }
        let epochs = try ["idempotent", "transactional"].flatMap { topic in
            try (0..<Self.partitionCount).map { try nodes.broker.cluster.leader(ofTopic: topic, partition: $0).epoch }
        }
        #expect(epochs.contains { $0 > 1 })
    }
}
