import ConnectData
import KafkaProtocol
import KafkaWire
import PluginTestSupport
import Testing
import WireStreams

@testable import ConnectRuntime

@Suite struct WorkerConfigurationTests {
    private static let minimal = [
        "group.id": "g", "config.storage.topic": "c", "offset.storage.topic": "o", "status.storage.topic": "s",
        "key.converter": "org.apache.kafka.connect.json.JsonConverter",
        "value.converter": "org.apache.kafka.connect.json.JsonConverter", "listeners": "http://127.0.0.1:8083",
    ]

    private func configuration(_ more: [String: String] = [:]) throws -> WorkerConfiguration {
        try WorkerConfiguration(properties: Self.minimal.merging(more) { $1 }, plugins: TestPlugins.registry)
    }

    /// The names of the properties that stop the start.
    private func refused(_ more: [String: String]) -> [String] {
        do throws(WorkerConfigurationError) {
            _ = try WorkerConfiguration(properties: Self.minimal.merging(more) { $1 }, plugins: TestPlugins.registry)
            return []
        } catch {
            return error.problems.map(\.name)
        }
    }

    @Test func defaultsEqualConnects() throws {
        let found = try configuration()
        #expect(found.bootstrapServers == [SocketAddress(host: "localhost", port: 9092)])
        #expect(found.offsetFlushIntervalMilliseconds == 60_000)
        #expect(found.offsetFlushTimeoutMilliseconds == 5000)
        #expect(found.gracefulShutdownMilliseconds == 5000)
        #expect(found.sessionTimeoutMilliseconds == 10_000)
        #expect(found.heartbeatIntervalMilliseconds == 3000)
        #expect(found.configTopic.replicationFactor == 3 && found.configTopic.partitions == 1)
        #expect(found.offsetTopic.partitions == 25 && found.statusTopic.partitions == 5)
        #expect(found.workerID == "127.0.0.1:8083" && found.advertisedURL == "http://127.0.0.1:8083/")
        // Brokers return it while a group forms, so it identifies the machine too.
        let suffix = WorkerHost.current.map { "-" + $0.clientIDSuffix } ?? ""
        #expect(found.memberClientID == "connect-127.0.0.1:8083" + suffix)
        #expect(found.headerConverter.className == "org.apache.kafka.connect.storage.SimpleHeaderConverter")
        #expect(found.warnings.isEmpty && found.notes.isEmpty)
    }

    @Test func allMissingPropertiesAreNamedTogether() {
        let expected: Set = [
            "group.id", "config.storage.topic", "offset.storage.topic", "status.storage.topic", "key.converter",
            "value.converter",
        ]
        do throws(WorkerConfigurationError) {
            _ = try WorkerConfiguration(properties: [:], plugins: TestPlugins.registry)
            Issue.record("an empty file is accepted")
        } catch {
            #expect(Set(error.problems.map(\.name)) == expected)
            for name in expected { #expect(error.description.contains("\(name) is missing")) }
        }
    }

    @Test(arguments: [
        ("security.protocol", "TLS"), ("listeners", "https://:8443"), ("rest.extension.classes", "a.B"),
        ("exactly.once.source.support", "enabled"), ("connect.protocol", "other"),
        ("key.converter", "io.confluent.connect.avro.AvroConverter"), ("producer.compression.type", "brotli"),
        ("producer.acks", "2"), ("producer.transactional.id", "orders"), ("producer.retries", "-1"),
        ("producer.security.protocol", "TLS"), ("consumer.security.protocol", "TLS"),
        ("admin.security.protocol", "TLS"), ("offset.storage.file.filename", "/tmp/x"),
        ("inter.worker.signature.algorithm", "HmacSHA512"), ("offset.flush.interval.ms", "soon"),
        ("session.timeout.ms", "0"), ("topic.creation.enable", "yes"), ("bootstrap.servers", "kafka"),
        ("access.control.allow.origin", "*)"), ("producer.partitioner.class", "a.B"),
        ("inter.worker.verification.algorithms", "HmacSHA512"), ("cdcd.rest.allowed.hosts", "a/b"),
        ("offset.storage.partitions", "0"), ("value.converter.schemas.enable", "maybe"),
        ("key.converter.plugin.version", "3"), ("header.converter.plugin.version", "[4"),
        ("bootstrap.servers", ","), ("listeners", ","), ("connector.client.config.override.policy", "none"),
    ])
    func unsupportedValueStopsTheStartByName(name: String, value: String) {
        #expect(refused([name: value]) == [name])
    }

    @Test func supportedValuesOfRestrictedPropertiesAreAccepted() {
        let fine = [
            "security.protocol": "PLAINTEXT", "exactly.once.source.support": "disabled", "config.providers": "",
            "producer.acks": "all", "producer.compression.type": "gzip", "rest.extension.classes": " ",
            "connector.client.config.override.policy": "None", "admin.listeners": "", "connect.protocol": "eager",
            "key.converter.plugin.version": "[4,5)", "header.converter.plugin.version": "4.3.1",
        ]
        #expect(refused(fine) == [])
    }

    @Test func unknownPropertiesAreWarnedAbout() throws {
        let found = try configuration(["ofset.flush.interval.ms": "1", "admin.something": "1"])
        #expect(found.warnings.count == 2)
        #expect(found.warnings.contains { $0.contains("ofset.flush.interval.ms") })
        #expect(found.warnings.contains { $0.contains("admin.something") })
    }

    @Test func propertiesWithoutEffectAreListedInOneNote() throws {
        let found = try configuration([
            "plugin.path": "/usr/share/java", "metrics.num.samples": "5",
            "consumer.share.acquire.mode": "record_limit", "consumer.max.poll.records": "1",
            "ssl.truststore.location": "/x",
        ])
        #expect(found.notes == [
            "Accepted, but without effect in this worker: consumer.share.acquire.mode, metrics.num.samples, "
                + "ssl.truststore.location",
            "Accepted, but of use to a Java worker only: plugin.path",
        ])
        #expect(found.warnings.isEmpty)
    }

    @Test(arguments: ["", "producer.", "consumer.", "admin."])
    func unsupportedSecurityPropertiesAreNamedWithoutTheirValue(prefix: String) throws {
        let found = try configuration([
            prefix + "sasl.jaas.config": "a.B required password=\"secret;", prefix + "ssl.keystore.password": "secret",
        ])
        #expect(found.warnings == [
            "\(prefix)sasl.jaas.config cannot be used: JAAS config entry not terminated by semi-colon (at character 31)",
            "\(prefix)ssl.keystore.password cannot be used: SSL key store is not specified, but key store password is "
                + "specified.",
        ])
        let right = [prefix + "sasl.jaas.config": "a.B required password=\"secret\";", prefix + "ssl.protocol": "TLSv1.2"]
        #expect(try configuration(right).warnings.isEmpty)
    }

    @Test(arguments: ["127.0.0.1", "127.0.1.1", "localhost", "::1"])
    func loopbackAdvertisedAddressIsWarnedAbout(host: String) throws {
        let found = try configuration(["rest.advertised.host.name": host])
        #expect(found.addressWarning?.contains("rest.advertised.host.name") == true)
    }

    @Test(arguments: ["10.0.0.5", "127.example", "connect", "::2"])
    func otherAdvertisedAddressIsNotWarnedAbout(host: String) throws {
        #expect(try configuration(["rest.advertised.host.name": host]).addressWarning == nil)
    }

    @Test func furtherSuffixesOfInternalTopicsAreTopicSettings() throws {
        let found = try configuration([
            "offset.storage.min.insync.replicas": "2", "offset.storage.cleanup.policy": "delete",
            "config.storage.partitions": "4", "status.storage.replication.factor": "-1",
        ])
        #expect(found.offsetTopic.configuration.map { "\($0.name)=\($0.value)" } == ["min.insync.replicas=2"])
        #expect(found.configTopic.partitions == 1)
        #expect(found.statusTopic.replicationFactor == -1)
        #expect(found.warnings.count == 2)
    }

    @Test func listenersAndAdvertisedNamesFormTheWorkersID() throws {
        #expect(try configuration(["listeners": "http://10.0.0.5:8093/"]).workerID == "10.0.0.5:8093")
        let named = try configuration(["listeners": "http://:8093", "rest.advertised.host.name": "connect.example"])
        #expect(named.workerID == "connect.example:8093")
        #expect(named.listeners == [SocketAddress(host: "", port: 8093)])
        let port = try configuration(["rest.advertised.port": "80", "rest.advertised.host.name": "h"])
        #expect(port.workerID == "h:80")
        var old = Self.minimal
        old["listeners"] = nil
        old["rest.port"] = "8099"
        old["rest.host.name"] = "127.0.0.1"
        #expect(try WorkerConfiguration(properties: old, plugins: TestPlugins.registry).workerID == "127.0.0.1:8099")
    }

    @Test func producerPropertiesAreParsedAndOverridden() throws {
        let worker = try configuration([
            "producer.compression.type": "gzip", "producer.linger.ms": "7", "producer.batch.size": "100000",
        ])
        #expect(worker.taskClient(.producer).settings.producer.compression == .gzip)
        let over = ClientOverride(
            connector: ["producer.override.linger.ms": "3", "producer.override.compression.type": "none"],
            worker: worker
        ).producer.producer
        #expect(over.lingerMilliseconds == 3 && over.compression == .none && over.batchBytesMax == 100_000)
    }

    @Test(arguments: [
        "None", "NoneConnectorClientConfigOverridePolicy",
        "org.apache.kafka.connect.connector.policy.NoneConnectorClientConfigOverridePolicy",
    ])
    func policiesHaveTheNamesOfJavasClasses(name: String) throws {
        #expect(try configuration(["connector.client.config.override.policy": name]).overridePolicy == .none)
    }

    @Test func overridesFollowThePolicy() throws {
        let none = try configuration(["connector.client.config.override.policy": "None"])
        func errors(_ properties: [String: String], _ worker: WorkerConfiguration) -> [ConfigError] {
            ClientOverride(connector: properties, worker: worker).errors
        }
        #expect(errors(["producer.override.linger.ms": "3"], none).map(\.name) == ["producer.override.linger.ms"])
        let all = try configuration()
        #expect(errors(["producer.override.linger.ms": "3"], all).isEmpty)
        #expect(errors(["producer.override.linger.ms": "abc"], all).map(\.message) == [
            "Invalid value abc for configuration linger.ms: Not a number of type LONG"
        ])
        #expect(errors(["producer.override.acks": "2"], all).count == 1)
    }

    /// As a worker of Connect 4.3.1 validates them.
    @Test func producersOfSinksAreCheckedIfTheyHaveADeadLetterQueue() throws {
        let none = try configuration(["connector.client.config.override.policy": "None"])
        var properties = ["producer.override.acks": "0", "admin.override.retries": "1"]
        func errors() -> [String] {
            ClientOverride(connector: properties, worker: none, kind: .sink).errors.map(\.name)
        }
        #expect(errors() == [])
        properties["errors.deadletterqueue.topic.name"] = " "
        #expect(errors() == [])
        properties["errors.deadletterqueue.topic.name"] = "dead"
        #expect(errors() == ["admin.override.retries", "producer.override.acks"])
        properties = ["consumer.override.max.poll.records": "1"]
        #expect(errors() == ["consumer.override.max.poll.records"])
    }

    /// As a worker of Connect 4.3.1 validates them.
    @Test func clientsThatASourceDoesNotHaveAreNotChecked() throws {
        let none = try configuration(["connector.client.config.override.policy": "None"])
        var properties = [
            "producer.override.acks": "0", "admin.override.retries": "1", "consumer.override.max.poll.records": "1",
        ]
        var over = ClientOverride(connector: properties, worker: none)
        #expect(over.errors.map(\.name) == ["producer.override.acks"])
        #expect(over.withoutEffect == ["admin.override.retries", "consumer.override.max.poll.records"])
        properties["topic.creation.default.partitions"] = "1"
        over = ClientOverride(connector: properties, worker: none)
        #expect(over.errors.map(\.name) == ["admin.override.retries", "producer.override.acks"])
        #expect(over.withoutEffect == ["consumer.override.max.poll.records"])
    }

    @Test func onlyPropertiesOfTheAllowlistAreOverridden() throws {
        let worker = try configuration([
            "connector.client.config.override.policy": "Allowlist",
            "connector.client.config.override.allowlist": "linger.ms, client.id",
        ])
        let errors = ClientOverride(connector: [
            "producer.override.linger.ms": "3", "admin.override.client.id": "x", "producer.override.retries": "1",
            "consumer.override.sasl.jaas.config": "secret", "errors.deadletterqueue.topic.name": "dead",
        ], worker: worker, kind: .sink).errors
        #expect(errors.map(\.name) == ["consumer.override.sasl.jaas.config", "producer.override.retries"])
        #expect(errors.map(\.value) == ["[hidden]", "1"])
        #expect(
            errors.last?.message
                == "The 'Allowlist' policy does not allow 'retries' to be overridden in the connector configuration.")
    }

    @Test func secretsOfOverriddenPropertiesAreNotShown() throws {
        let none = try configuration(["connector.client.config.override.policy": "None"])
        let names = ["sasl.jaas.config", "ssl.key.password", "ssl.keystore.key"]
        let properties = Dictionary(uniqueKeysWithValues: names.map { ("producer.override.\($0)", "topsecret") })
        let errors = ClientOverride(connector: properties, worker: none).errors
        #expect(errors.map(\.value) == ["[hidden]", "[hidden]", "[hidden]"])
        #expect(!errors.contains { $0.message.contains("topsecret") })
    }

    @Test func securityOfOverriddenClientsIsChecked() throws {
        let worker = try configuration(["producer.security.protocol": "SASL_SSL", "producer.sasl.mechanism": "PLAIN",
            "producer.sasl.jaas.config": "org.apache.kafka.common.security.plain.PlainLoginModule required "
                + "username=u password=p;"])
        #expect(ClientOverride(connector: [:], worker: worker).errors.isEmpty)
        let errors = ClientOverride(
            connector: ["producer.override.sasl.jaas.config": "topsecret"], worker: worker).errors
        #expect(errors.map(\.name) == ["producer.override.sasl.jaas.config"] && errors.map(\.value) == ["[hidden]"])
        #expect(!errors.contains { $0.message.contains("topsecret") })
    }

    /// The clients of tasks other than the admin client do not inherit the worker's own security.
    @Test func onlyAdminClientsInheritTheWorkersSecurity() throws {
        let worker = try configuration([
            "security.protocol": "SSL", "client.id": "w", "admin.request.timeout.ms": "1234", "producer.linger.ms": "1",
        ])
        #expect(worker.client.tls != nil)
        let clients = ClientOverride(connector: [:], worker: worker)
        #expect(clients.producer.client.tls == nil)
        #expect(clients.admin?.client.tls != nil && clients.admin?.client.requestTimeoutMilliseconds == 1234)
        #expect(clients.admin?.client.clientID == "")
        #expect(worker.warnings == [] && worker.notes == [])
    }

    @Test func overridesWithoutEffectAreListed() throws {
        let connector = [
            "producer.override.linger.ms": "3", "producer.override.retries": "1", "producer.override.lingerms": "3",
            "consumer.override.fetch.max.bytes": "1", "admin.override.retries": "1", "name": "c",
            "consumer.override.fetchmaxbytes": "1",
        ]
        let worker = try configuration()
        #expect(ClientOverride(connector: connector, worker: worker).withoutEffect == [
            "admin.override.retries", "consumer.override.fetch.max.bytes", "consumer.override.fetchmaxbytes",
            "producer.override.lingerms",
        ])
        #expect(ClientOverride(connector: connector, worker: worker, kind: .sink).withoutEffect == [
            "admin.override.retries", "consumer.override.fetchmaxbytes", "producer.override.linger.ms",
            "producer.override.lingerms", "producer.override.retries",
        ])
    }

    @Test func consumersOfSinksHaveConnectsDefaultsUnlessGiven() throws {
        let worker = try configuration(["consumer.max.poll.records": "7", "consumer.fetch.min.bytes": "2"])
        let standard = ClientOverride(connector: ["name": "s"], worker: worker, kind: .sink).consumer.consumer
        #expect(standard.groupID == "connect-s" && !standard.isAutoCommitEnabled && standard.offsetReset == .earliest)
        #expect(standard.maxPollRecords == 7 && standard.fetchMinBytes == 2)
        let over = ClientOverride(
            connector: [
                "name": "s", "consumer.override.group.id": "other", "consumer.override.auto.offset.reset": "latest",
                "consumer.override.max.poll.records": "9",
            ], worker: worker, kind: .sink
        ).consumer.consumer
        #expect(over.groupID == "other" && over.offsetReset == .latest)
        #expect(over.maxPollRecords == 9 && over.fetchMinBytes == 2)
    }
}
