import ConnectData
import Foundation
import HTTPWire
import KafkaBroker
import KafkaProtocol
import KafkaWire
import PluginTestSupport
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

/// The worker on a real Kafka protocol: the development broker, in this process.
@Suite struct KafkaClusterTests {
    /// A broker with a directory of its own, both gone at the end.
    private final class Broker {
        let broker: DevelopmentBroker
        let directory: URL

        init() throws {
            directory = FileManager.default.temporaryDirectory.appending(path: "cdcd-\(UUID().uuidString)")
            broker = try DevelopmentBroker(
                listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path)
            broker.start()
        }

        deinit {
            broker.stop()
            do { try FileManager.default.removeItem(at: directory) } catch {
                // What is left in the temporary directory hurts nobody.
            }
        }

        func properties(_ more: [String: String] = [:]) -> [String: String] {
            [
                "bootstrap.servers": broker.address.description, "group.id": "g", "config.storage.topic": "configs",
                "offset.storage.topic": "offsets", "status.storage.topic": "status",
                "config.storage.replication.factor": "1", "offset.storage.replication.factor": "1",
                "status.storage.replication.factor": "1", "offset.storage.partitions": "3",
                "key.converter": "org.apache.kafka.connect.json.JsonConverter",
                "value.converter": "org.apache.kafka.connect.json.JsonConverter", "listeners": "http://127.0.0.1:0",
                "rest.advertised.host.name": "127.0.0.1", "rest.advertised.port": "8083",
                "value.converter.schemas.enable": "false",
            ].merging(more) { $1 }
        }

        func cluster(_ more: [String: String] = [:]) throws -> (KafkaCluster, WorkerConfiguration) {
            let configuration = try WorkerConfiguration(
                properties: properties(more), plugins: TestPlugins.registry)
            return (KafkaCluster(configuration), configuration)
        }

        var client: KafkaClient { KafkaClient(KafkaClientConfiguration(bootstrapServers: [broker.address])) }

        /// The values of a topic's records, as text.
        func values(_ topic: String) throws -> [String] {
            let client = client
            defer { client.close() }
            let reader = try TopicReader(client, topic: topic)
            var values: [String] = []
            try reader.readToEnd { values.append(String(decoding: $0.value ?? [], as: UTF8.self)) }
            return values
        }
    }

    @Test func internalTopicsAreMadeAndReadAgain() throws {
        let broker = try Broker()
        let (cluster, configuration) = try broker.cluster(["offset.storage.min.insync.replicas": "1"])
        #expect(try cluster.clusterID() == broker.broker.clusterID)
        let log = try cluster.openLog(configuration.offsetTopic, purpose: .offsets)
        let key = Array("[\"c\",{\"a\":1}]".utf8)
        try log.append(key: key, value: Array("{\"p\":1}".utf8))
        log.append(key: key, value: nil) { _ in }
        log.awaitDelivery(timeoutMilliseconds: 5000)
        var read: [StoreRecord] = []
        try log.readToEnd { read.append($0) }
        #expect(read.map(\.key) == [key, key] && read.map(\.value) == [Array("{\"p\":1}".utf8), nil])
        try log.readToEnd { _ in Issue.record("nothing new is there") }
        log.close(timeoutMilliseconds: 1000)
        let admin = KafkaAdmin(broker.client)
        #expect(try admin.describeTopics(["offsets"]).first??.partitions.count == 3)
        let settings = try admin.topicConfiguration("offsets")
        #expect(settings.first { $0.name == "cleanup.policy" }?.value == "compact")
        #expect(settings.first { $0.name == "min.insync.replicas" }?.value == "1")
        cluster.close()
    }

    @Test func aTopicThatIsNotCompactedOrHasTooManyPartitionsStopsTheStart() throws {
        let broker = try Broker()
        let admin = KafkaAdmin(broker.client)
        try admin.createTopics([
            NewTopic(name: "offsets", partitions: 1, replicationFactor: 1, configuration: [(name: "cleanup.policy", value: "delete")]),
            NewTopic(name: "configs", partitions: 2, replicationFactor: 1, configuration: [(name: "cleanup.policy", value: "compact")]),
        ])
        let (cluster, configuration) = try broker.cluster()
        defer { cluster.close() }
        func refusal(_ topic: WorkerConfiguration.InternalTopic, _ purpose: InternalTopicPurpose) -> String {
            do {
                _ = try cluster.openLog(topic, purpose: purpose)
                return ""
            } catch { return "\(error)" }
        }
        #expect(refusal(configuration.offsetTopic, .offsets).contains("cleanup.policy=delete"))
        #expect(refusal(configuration.configTopic, .configs).contains("single partition"))
    }

    /// Somebody deletes a storage topic, and a broker or a tool creates it again with other settings.
    @Test func aTopicThatIsNotCompactedAnyMoreIsRefusedByName() throws {
        let broker = try Broker()
        let (cluster, configuration) = try broker.cluster(["offset.flush.timeout.ms": "200"])
        defer { cluster.close() }
        let log = try cluster.openLog(configuration.offsetTopic, purpose: .offsets)
        defer { log.close(timeoutMilliseconds: 1000) }
        try log.append(key: [1], value: [1])
        let admin = KafkaAdmin(broker.client)
        try admin.deleteTopics(["offsets"])
        // The producer learns that the topic is gone, and looks for it.
        #expect(throws: KafkaError.self) { try log.append(key: [1], value: [2]) }
        try admin.createTopics([
            NewTopic(name: "offsets", partitions: 3, configuration: [(name: "cleanup.policy", value: "delete")])
        ])
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 30_000)
        var refusal: String?
        while refusal == nil, MonotonicInstant.now < deadline {
            do {
                try log.append(key: [1], value: [3])
            } catch let error as WorkerError {
                refusal = error.description
            } catch is KafkaError {
                // Not created, or not found, yet.
            }
        }
        #expect(refusal?.contains("offset.storage.topic") == true)
        #expect(refusal?.contains("cleanup.policy=delete") == true)
    }

    @Test func aTopicThatIsGoneIsCreatedAgainAfterThreeFailures() throws {
        let broker = try Broker()
        let (cluster, configuration) = try broker.cluster(["offset.flush.timeout.ms": "200"])
        defer { cluster.close() }
        let log = try cluster.openLog(configuration.offsetTopic, purpose: .offsets)
        defer { log.close(timeoutMilliseconds: 1000) }
        try log.append(key: [1], value: [1])
        let admin = KafkaAdmin(broker.client)
        try admin.deleteTopics(["offsets"])
        for _ in 0..<3 { #expect(throws: KafkaError.self) { try log.append(key: [1], value: [2]) } }
        try log.append(key: [1], value: [3])
        #expect(try admin.topicConfiguration("offsets").first { $0.name == "cleanup.policy" }?.value == "compact")
        #expect(try broker.values("offsets") == ["\u{3}"])
        // Reading goes on too.
        var read: [[UInt8]?] = []
        try log.readToEnd { read.append($0.value) }
        #expect(read.last == [3])
    }

    /// A task that starts then has to find the topic without anybody having committed.
    @Test func aTopicThatIsGoneIsCreatedAgainWhereItIsRead() throws {
        let broker = try Broker()
        let (cluster, configuration) = try broker.cluster(["default.api.timeout.ms": "300"])
        defer { cluster.close() }
        let log = try cluster.openLog(configuration.offsetTopic, purpose: .offsets)
        defer { log.close(timeoutMilliseconds: 1000) }
        try log.append(key: [1], value: [1])
        try log.readToEnd { _ in }
        let admin = KafkaAdmin(broker.client)
        try admin.deleteTopics(["offsets"])
        #expect(throws: KafkaError.self) { try log.readToEnd { _ in } }
        try log.readToEnd { _ in Issue.record("nothing is there any more") }
        #expect(try admin.topicConfiguration("offsets").first { $0.name == "cleanup.policy" }?.value == "compact")
    }

    @Test func aWorkerGoesOnWhereItStopped() throws {
        let broker = try Broker()
        let source: JSONObject = ["server": .string("s")]
        // Emits the numbers from the stored one on, three a run.
        let connector = ScriptedConnector(script: { sink, control, context in
            let start = try context.storedOffset(for: source)?["next"]?.integerValue ?? 0
            for number in start..<(start + 3) {
                try sink.emit(ScriptedConnector.record("n\(number)", topic: "numbers"))
                try sink.checkpoint(partition: source, offset: ["next": .integer(number + 1)])
            }
            try sink.awaitDelivery()
            ScriptedConnector.waitForStop(control)
        })
        for run in 1...3 {
            let worker = ConnectWorker(
                configuration: try WorkerConfiguration(
                    properties: broker.properties(), plugins: TestPlugins.registry),
                plugins: TestPlugins.registry(adding: [connector.plugin]))
            try worker.start()
            let body = "{\"name\":\"a\",\"config\":{\"connector.class\":\"MySql\",\"database.hostname\":\"h\"}}"
            let request = HTTPRequest(
                method: "POST", path: "/connectors", query: nil, minorVersion: 1,
                headers: [HTTPRequest.Header(name: "Content-Type", value: "application/json")], body: Array(body.utf8))
            #expect(worker.service.answer(request).status == (run == 1 ? 201 : 409))
            try awaitNumbers(broker, count: run * 3)
            worker.stop()
            #expect(worker.awaitTermination() == .stopped)
        }
        #expect(try broker.values("numbers") == (0..<9).map { "\"n\($0)\"" })
    }

    private func awaitNumbers(_ broker: Broker, count: Int) throws {
        let client = broker.client
        defer { client.close() }
        let admin = KafkaAdmin(client)
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        while MonotonicInstant.now < deadline {
            let isThere = try admin.describeTopics(["numbers"]).first.flatMap { $0 } != nil
            if isThere, try admin.endOffsets("numbers").values.reduce(0, +) >= Int64(count) { return }
        }
        Issue.record("the records do not come")
    }
}
