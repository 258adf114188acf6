import ConnectData
import HTTPWire
import KafkaBroker
import KafkaProtocol
import KafkaWire
import PluginTestSupport
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

/// How the worker creates, checks and reads its topics.
@Suite struct KafkaClusterTests {
    private let kafka: KafkaHarness

    init() throws { kafka = try KafkaHarness() }

    /// The worker's Kafka cluster with further properties.
    private func cluster(_ properties: [String: String] = [:]) throws -> (KafkaCluster, WorkerConfiguration) {
        let configuration = try WorkerHarness.configuration(kafka.properties.merging(properties) { $1 })
        return (KafkaCluster(configuration), configuration)
    }

    private func values(_ topic: String) throws -> [String] { try kafka.records(topic).map { $0.valueText ?? "" } }

    @Test func internalTopicIsCreatedAndItsRecordsAreRead() throws {
        let (cluster, configuration) = try cluster(["offset.storage.min.insync.replicas": "1"])
        #expect(try cluster.clusterID() == kafka.broker.clusterID)
        let log = try cluster.openLog(configuration.offsetTopic, purpose: .offsets)
        let key = Array("[\"c\",{\"a\":1}]".utf8)
        try log.append(key: key, value: Array("{\"p\":1}".utf8))
        log.append(key: key, value: nil) { _ in }
        log.awaitDelivery(timeoutMilliseconds: 5000)
        var read: [StoreRecord] = []
        try log.readToEnd { read.append($0) }
        #expect(read.map(\.key) == [key, key] && read.map(\.value) == [Array("{\"p\":1}".utf8), nil])
        try log.readToEnd { _ in Issue.record("there is no new record") }
        log.close(timeoutMilliseconds: 1000)
        let admin = kafka.admin
        #expect(try admin.describeTopic("offsets")?.partitions.count == 3)
        let settings = try admin.topicConfiguration("offsets")
        #expect(settings.first { $0.name == "cleanup.policy" }?.value == "compact")
        #expect(settings.first { $0.name == "min.insync.replicas" }?.value == "1")
        cluster.close()
    }

    @Test func topicThatIsNotCompactedOrHasTooManyPartitionsStopsTheStart() throws {
        let admin = kafka.admin
        try admin.createTopics([
            NewTopic(name: "offsets", partitions: 1, replicationFactor: 1, configuration: [(name: "cleanup.policy", value: "delete")]),
            NewTopic(name: "configs", partitions: 2, replicationFactor: 1, configuration: [(name: "cleanup.policy", value: "compact")]),
        ]).get()
        let (cluster, configuration) = try cluster()
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

    /// A storage topic is deleted, and a broker or a tool creates it again with other settings.
    @Test func topicThatIsNoLongerCompactedIsRefusedByName() throws {
        let (cluster, configuration) = try cluster(["offset.flush.timeout.ms": "200"])
        defer { cluster.close() }
        let log = try cluster.openLog(configuration.offsetTopic, purpose: .offsets)
        defer { log.close(timeoutMilliseconds: 1000) }
        try log.append(key: [1], value: [1])
        let admin = kafka.admin
        try admin.deleteTopics(["offsets"]).get()
        // The producer finds that the topic does not exist, and retries.
        #expect(throws: KafkaError.self) { try log.append(key: [1], value: [2]) }
        try admin.createTopics([
            NewTopic(name: "offsets", partitions: 3, configuration: [(name: "cleanup.policy", value: "delete")])
        ]).get()
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

    @Test func deletedTopicIsCreatedAgainAfterThreeFailedWrites() throws {
        let (cluster, configuration) = try cluster(["offset.flush.timeout.ms": "200"])
        defer { cluster.close() }
        let log = try cluster.openLog(configuration.offsetTopic, purpose: .offsets)
        defer { log.close(timeoutMilliseconds: 1000) }
        try log.append(key: [1], value: [1])
        let admin = kafka.admin
        try admin.deleteTopics(["offsets"]).get()
        for _ in 0..<3 { #expect(throws: KafkaError.self) { try log.append(key: [1], value: [2]) } }
        try log.append(key: [1], value: [3])
        #expect(try admin.topicConfiguration("offsets").first { $0.name == "cleanup.policy" }?.value == "compact")
        #expect(try values("offsets") == ["\u{3}"])
        // Reading continues too.
        var read: [[UInt8]?] = []
        try log.readToEnd { read.append($0.value) }
        #expect(read.last == [3])
    }

    /// A task that starts then needs the topic before any offset is committed.
    @Test func deletedTopicIsCreatedAgainAfterAFailedRead() throws {
        let (cluster, configuration) = try cluster(["default.api.timeout.ms": "300"])
        defer { cluster.close() }
        let log = try cluster.openLog(configuration.offsetTopic, purpose: .offsets)
        defer { log.close(timeoutMilliseconds: 1000) }
        try log.append(key: [1], value: [1])
        try log.readToEnd { _ in }
        let admin = kafka.admin
        try admin.deleteTopics(["offsets"]).get()
        #expect(throws: KafkaError.self) { try log.readToEnd { _ in } }
        try log.readToEnd { _ in Issue.record("the new topic is empty") }
        #expect(try admin.topicConfiguration("offsets").first { $0.name == "cleanup.policy" }?.value == "compact")
    }

    @Test func restartedWorkerContinuesFromItsStoredOffsets() throws {
        let source: JSONObject = ["server": .string("s")]
        // Emits three numbers in each run, beginning at the stored one.
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
                configuration: try WorkerHarness.configuration(kafka.properties),
                plugins: TestPlugins.registry(adding: [connector.plugin]))
            try worker.start()
            let body = "{\"name\":\"a\",\"config\":{\"connector.class\":\"MySql\",\"database.hostname\":\"h\"}}"
            let request = HTTPRequest(
                method: "POST", path: "/connectors", query: nil, minorVersion: 1,
                headers: [HTTPRequest.Header(name: "Content-Type", value: "application/json")], body: Array(body.utf8))
            #expect(worker.service.answer(request).status == (run == 1 ? 201 : 409))
            try kafka.awaitRecords("numbers") { $0.count >= run * 3 }
            worker.stop()
            #expect(worker.awaitTermination() == .stopped)
        }
        #expect(try values("numbers") == (0..<9).map { "\"n\($0)\"" })
    }
}
