import KafkaWire
import Testing
import WireStreams

@testable import ConnectRuntime

/// Every property that `docs/worker-properties.md` calls supported has an effect: a value other than the default, and
/// what it changes. A supported property without a row here fails.
@Suite struct WorkerPropertyEffectTests {
    private struct Effect: Sendable {
        let name: String
        let value: String
        /// Properties without which this one has none.
        let more: [String: String]
        /// What is read where the property is used.
        let observe: @Sendable (WorkerConfiguration) throws -> String
        let expected: String

        init(
            _ name: String, _ value: String, more: [String: String] = [:], _ expected: String,
            _ observe: @escaping @Sendable (WorkerConfiguration) throws -> String
        ) {
            (self.name, self.value, self.more) = (name, value, more)
            (self.expected, self.observe) = (expected, observe)
        }
    }

    private static let json = "org.apache.kafka.connect.json.JsonConverter"

    private static func topic(_ topic: WorkerConfiguration.InternalTopic) -> String {
        let settings = topic.configuration.map { " \($0.name)=\($0.value)" }.joined()
        return "\(topic.name) \(topic.partitions) \(topic.replicationFactor)\(settings)"
    }

    private static let worker: [Effect] = [
        Effect("bootstrap.servers", "k:1,l:2", "k:1 l:2") {
            KafkaCluster.clientConfiguration($0, clientID: "").bootstrapServers.map(\.description).joined(separator: " ")
        },
        Effect("group.id", "other", "other") { $0.groupID },
        Effect("client.id", "mine", "mine") { $0.memberClientID },
        Effect("session.timeout.ms", "6000", "6000") { "\($0.sessionTimeoutMilliseconds)" },
        Effect("heartbeat.interval.ms", "500", "500") { "\($0.heartbeatIntervalMilliseconds)" },
        Effect("rebalance.timeout.ms", "7000", "7000") { "\($0.rebalanceTimeoutMilliseconds)" },
        Effect("connect.protocol", "eager", "eager") { $0.connectProtocol.rawValue },
        Effect("request.timeout.ms", "11", "11") {
            "\(KafkaCluster.clientConfiguration($0, clientID: "").requestTimeoutMilliseconds)"
        },
        Effect("metadata.max.age.ms", "12", "12") {
            "\(KafkaCluster.clientConfiguration($0, clientID: "").metadataMaxAgeMilliseconds)"
        },
        Effect("socket.connection.setup.timeout.ms", "13", "13") {
            "\(KafkaCluster.clientConfiguration($0, clientID: "").connectTimeoutMilliseconds)"
        },
        Effect("default.api.timeout.ms", "14", "14") {
            "\(KafkaCluster.clientConfiguration($0, clientID: "").apiTimeoutMilliseconds)"
        },
        Effect("inter.worker.key.size", "128", "16") { "\($0.sessionKeyBytes)" },
        Effect("inter.worker.key.ttl.ms", "60000", "60000") { "\($0.sessionKeyLifetimeMilliseconds)" },
        Effect("config.storage.topic", "cc", "cc 1 3") { topic($0.configTopic) },
        Effect("config.storage.replication.factor", "1", "configs 1 1") { topic($0.configTopic) },
        Effect("config.storage.*", "9", "configs 1 3 *=9") { topic($0.configTopic) },
        Effect("offset.storage.topic", "oo", "oo 25 3") { topic($0.offsetTopic) },
        Effect("offset.storage.replication.factor", "1", "offsets 25 1") { topic($0.offsetTopic) },
        Effect("offset.storage.partitions", "2", "offsets 2 3") { topic($0.offsetTopic) },
        Effect("offset.storage.*", "9", "offsets 25 3 *=9") { topic($0.offsetTopic) },
        Effect("status.storage.topic", "ss", "ss 5 3") { topic($0.statusTopic) },
        Effect("status.storage.replication.factor", "1", "status 5 1") { topic($0.statusTopic) },
        Effect("status.storage.partitions", "2", "status 2 3") { topic($0.statusTopic) },
        Effect("status.storage.*", "9", "status 5 3 *=9") { topic($0.statusTopic) },
        // JsonConverter is the only one that is built, and both properties are required: without them nothing starts.
        Effect("key.converter", json, json) { $0.keyConverter.className },
        Effect("key.converter.*", "9", "9") { $0.keyConverter.properties["*"] ?? "" },
        Effect("value.converter", json, json) { $0.valueConverter.className },
        Effect("value.converter.*", "9", "9") { $0.valueConverter.properties["*"] ?? "" },
        Effect("header.converter", json, json) { $0.headerConverter.className },
        Effect("header.converter.*", "9", "9") { $0.headerConverter.properties["*"] ?? "" },
        Effect("offset.flush.interval.ms", "15", "15") { "\($0.offsetFlushIntervalMilliseconds)" },
        Effect("offset.flush.timeout.ms", "16", "16") { "\($0.offsetFlushTimeoutMilliseconds)" },
        Effect("task.shutdown.graceful.timeout.ms", "17", "17") { "\($0.gracefulShutdownMilliseconds)" },
        Effect("topic.creation.enable", "false", "false") { "\($0.topicCreationEnabled)" },
        Effect("topic.tracking.enable", "false", "false") { "\($0.topicTrackingEnabled)" },
        Effect("topic.tracking.allow.reset", "false", "false") { "\($0.topicTrackingResetAllowed)" },
        Effect("connector.client.config.override.policy", "None", "[producer.override.linger.ms]") {
            "\(ProducerSettings.overrideErrors(["producer.override.linger.ms": "1"], worker: $0).map(\.name))"
                .replacing("\"", with: "")
        },
        Effect("listeners", "http://127.0.0.1:9", "127.0.0.1:9") { "\($0.listeners[0])" },
        Effect("rest.advertised.host.name", "me", "http://me:8083/") { $0.advertisedURL },
        Effect("rest.advertised.port", "18", "http://127.0.0.1:18/") { $0.advertisedURL },
        Effect("rest.host.name", "127.0.0.2", more: ["listeners": ""], "127.0.0.2:8083") { "\($0.listeners[0])" },
        Effect("rest.port", "19", more: ["listeners": "", "rest.host.name": "h"], "h:19") { "\($0.listeners[0])" },
        Effect("access.control.allow.origin", "http://o", "true") { "\($0.crossOrigin?.allows("http://o") == true)" },
        Effect("access.control.allow.methods", "PUT", more: ["access.control.allow.origin": "*"], "PUT") {
            let headers = ["Origin": "o", "Access-Control-Request-Method": "PUT"].map {
                HTTPRequest.Header(name: $0.key, value: $0.value)
            }
            let request = HTTPRequest(method: "OPTIONS", path: "/", query: nil, minorVersion: 1, headers: headers)
            return $0.crossOrigin?.headers(for: request).first { $0.name == "Access-Control-Allow-Methods" }?.value ?? ""
        },
        Effect("cdcd.rest.allowed.hosts", "a,b", "a b") { ($0.allowedHosts ?? []).sorted().joined(separator: " ") },
        // Each has its own row below.
        Effect("producer.*", "9", more: ["producer.linger.ms": "20"], "20") { "\($0.producer.lingerMilliseconds)" },
    ]

    private static let producer: [Effect] = [
        Effect("linger.ms", "20", "20") { "\($0.producer.lingerMilliseconds)" },
        Effect("batch.size", "21", "21") { "\($0.producer.batchBytesMax ?? -1)" },
        Effect("buffer.memory", "22", "22") { "\($0.producer.bufferBytesMax)" },
        Effect("max.request.size", "23", "23") { "\($0.producer.requestBytesMax)" },
        Effect("request.timeout.ms", "24", "24") { "\($0.producer.requestTimeoutMilliseconds)" },
        Effect("delivery.timeout.ms", "25", "25") { "\($0.producer.deliveryTimeoutMilliseconds)" },
    ]

    private func check(_ effect: Effect, as name: String) throws {
        let with = try effect.observe(try WorkerHarness.configuration(effect.more.merging([name: effect.value]) { $1 }))
        guard !["key.converter", "value.converter"].contains(name) else {
            #expect(throws: WorkerConfigurationError.self) { try WorkerHarness.configuration([name: ""]) }
            return #expect(with == effect.expected)
        }
        let without = try effect.observe(try WorkerHarness.configuration(effect.name == "producer.*" ? [:] : effect.more))
        #expect(without != effect.expected && with == effect.expected, "\(name): \(without), then \(with)")
    }

    @Test func everySupportedPropertyHasAnEffect() throws {
        var supported: Set<String> = []
        for (name, rule) in WorkerPropertyCatalog.rules { if case .honoured = rule { supported.insert(name) } }
        for (prefix, rule) in WorkerPropertyCatalog.prefixes {
            if case .honoured = rule { supported.insert(prefix + "*") }
        }
        #expect(supported.subtracting(Self.worker.map(\.name)) == [], "without a row")
        for effect in Self.worker { try check(effect, as: effect.name) }
    }

    @Test func everySupportedPropertyOfTheProducerHasAnEffect() throws {
        var supported: Set<String> = []
        for (name, rule) in WorkerPropertyCatalog.producerRules { if case .honoured = rule { supported.insert(name) } }
        #expect(supported.subtracting(Self.producer.map(\.name)) == [], "without a row")
        for effect in Self.producer { try check(effect, as: "producer." + effect.name) }
    }
}
