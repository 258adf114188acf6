import ConnectData
import Foundation
import KafkaWire
import PluginTestSupport
import Testing
import WireStreams
import WireTestSupport

@testable import ConnectRuntime

/// TLS and authentication from `security.protocol`, `ssl.*` and `sasl.*`.
@Suite struct ClientSecurityTests {
    private static let plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    private static let scram = "org.apache.kafka.common.security.scram.ScramLoginModule"

    private static func read(_ properties: [String: String]) -> (KafkaClientSettings, KafkaClientProperties.Findings) {
        var settings = KafkaClientSettings()
        let base = ["bootstrap.servers": "b:9092"]
        let findings = KafkaClientProperties.of(.admin).read(
            [KafkaClientProperties.Layer(properties)], over: base, into: &settings)
        return (settings, findings)
    }

    private static func error(_ properties: [String: String]) throws -> ConfigError {
        let found = read(properties).1
        try #require(found.errors.count == 1, "\(found.errors)")
        return found.errors[0]
    }

    private static func jaas(_ module: String, _ options: String) -> String { "\(module) required \(options);" }

    @Test func protocolDecidesWhatIsUsed() {
        let properties = [
            "sasl.mechanism": "PLAIN", "sasl.jaas.config": Self.jaas(Self.plain, "username=\"u\" password=\"p\""),
            "ssl.truststore.type": "PEM", "ssl.truststore.location": "/ca.pem",
        ]
        for (name, usesTLS, usesSASL) in [
            ("PLAINTEXT", false, false), ("SSL", true, false), ("SASL_PLAINTEXT", false, true), ("sasl_ssl", true, true),
        ] {
            let (settings, findings) = Self.read(properties.merging(["security.protocol": name]) { $1 })
            #expect(findings.errors == [] && findings.warnings == [], "\(name)")
            #expect((settings.client.tls != nil) == usesTLS, "\(name)")
            #expect((settings.client.authentication as? PLAINMechanism != nil) == usesSASL, "\(name)")
            let unused = (usesTLS ? [] : ["ssl.truststore.location", "ssl.truststore.type"])
                + (usesSASL ? [] : ["sasl.jaas.config", "sasl.mechanism"])
            #expect(findings.withoutEffect.sorted() == unused.sorted(), "\(name)")
        }
    }

    @Test(arguments: [("SCRAM-SHA-256", SCRAMMechanism.HashFunction.sha256), ("SCRAM-SHA-512", .sha512)])
    func scramHasTheCredentialsOfTheLoginModule(name: String, hash: SCRAMMechanism.HashFunction) {
        // Any of the two login modules, as in Java, also under the name of a package that contains it.
        for module in [Self.scram, Self.plain, "shaded.\(Self.scram)"] {
            let settings = Self.read([
                "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": name,
                "sasl.jaas.config": Self.jaas(module, "username=\"user\" password=\"p\\\"w\""),
            ]).0
            let found = settings.client.authentication as? SCRAMMechanism
            #expect(found == SCRAMMechanism(hash, username: "user", password: "p\"w"))
        }
    }

    @Test(arguments: [
        (["sasl.mechanism": "GSSAPI"], "sasl.mechanism", "Kerberos"),
        ([:], "sasl.mechanism", "Kerberos"),
        (["sasl.mechanism": "PLAINN"], "sasl.mechanism", "no such mechanism"),
        (["sasl.mechanism": "PLAIN"], "sasl.jaas.config", "name it"),
        (["sasl.mechanism": "PLAIN", "sasl.jaas.config": "x"], "sasl.jaas.config", "at character"),
        (["sasl.mechanism": "PLAIN", "sasl.jaas.config": "a.B required;"], "sasl.jaas.config", "use \(plain)"),
        (
            ["sasl.mechanism": "PLAIN", "sasl.jaas.config": "\(plain) required username=secret;"], "sasl.jaas.config",
            "username and password"
        ),
        (
            [
                "sasl.mechanism": "SCRAM-SHA-512",
                "sasl.jaas.config": "\(scram) required username=a password=secret tokenauth=true;",
            ], "sasl.jaas.config", "delegation tokens"
        ),
        (
            [
                "sasl.mechanism": "PLAIN", "sasl.jaas.config": "\(plain) required username=a password=secret;",
                "sasl.client.callback.handler.class": "a.B",
            ], "sasl.client.callback.handler.class", "Java classes"
        ),
        (["sasl.login.class": "a.B"], "sasl.login.class", "Java classes"),
    ] as [([String: String], String, String)])
    func problemsNameThePropertyAndNoSecret(_ properties: [String: String], _ name: String, _ text: String) throws {
        var properties = properties
        properties["security.protocol"] = "SASL_SSL"
        let found = Self.read(properties).1.errors.filter { $0.name == name }
        let error = try #require(found.first)
        #expect(error.message.contains(text), "\(error)")
        #expect(!error.message.contains("secret") && error.value?.contains("secret") != true)
    }

    @Test func tlsPropertiesThatCannotBeUsedAreNamed() throws {
        let old = try Self.error(["security.protocol": "SSL", "ssl.enabled.protocols": "TLSv1.1"])
        #expect(old.name == "ssl.enabled.protocols" && old.value == "TLSv1.1")
        let suite = try Self.error(["security.protocol": "SSL", "ssl.cipher.suites": "TLS_NONE"])
        #expect(suite.name == "ssl.cipher.suites")
        let store = try Self.error(["security.protocol": "SSL", "ssl.truststore.location": "/missing.jks"])
        #expect(store.name == "ssl.truststore.location" && store.message.contains("/missing.jks"))
        let password = try Self.error(["security.protocol": "SSL", "ssl.keystore.password": "secret"])
        #expect(password.name == "ssl.keystore.password" && !password.message.contains("secret"))
    }

    @Test func emptyAlgorithmTurnsOffTheCheckOfHostNames() {
        func verification(_ algorithm: [String: String]) -> TLSConfiguration.Verification? {
            Self.read(algorithm.merging(["security.protocol": "SSL"]) { $1 }).0.client.tls?.verification
        }
        #expect(verification([:]) == .identity(host: ""))
        #expect(verification(["ssl.endpoint.identification.algorithm": "HTTPS"]) == .identity(host: ""))
        #expect(verification(["ssl.endpoint.identification.algorithm": ""]) == .authority)
    }

    /// A connector's properties complete the worker's: the key store of one, its password of the other.
    @Test func layersAreCombinedBeforeTheyAreChecked() throws {
        var settings = KafkaClientSettings()
        let path = Fixtures.folder.appending(path: "tls/client.p12").path
        let findings = KafkaClientProperties.of(.producer).read(
            [
                KafkaClientProperties.Layer(
                    ["producer.security.protocol": "SSL", "producer.ssl.keystore.type": "PKCS12",
                     "producer.ssl.keystore.location": path], prefix: "producer."),
                KafkaClientProperties.Layer(["producer.override.ssl.keystore.password": "p"], prefix: "producer.override."),
            ], over: ["bootstrap.servers": "b:1"], into: &settings)
        #expect(findings.errors == [])
        #expect(settings.client.tls?.identity == .pkcs12(path: path, password: "p"))
    }

    // MARK: Spellings that Kafka's Java clients accept

    private static func tls(_ properties: [String: String]) throws -> TLSConfiguration {
        let (settings, findings) = read(properties.merging(["security.protocol": "SSL"]) { $1 })
        #expect(findings.errors == [])
        return try #require(settings.client.tls)
    }

    @Test(arguments: [
        ("TLSv1.2,TLSv1.1,TLSv1", [TLSConfiguration.ProtocolVersion.tls12]), ("SSLv2Hello, TLSv1.3", [.tls13]),
        ("TLSv1.2,TLSv1.2", [.tls12]), ("", [.tls12, .tls13]),
    ])
    func olderProtocolsAreNotNegotiated(value: String, versions: [TLSConfiguration.ProtocolVersion]) throws {
        #expect(try Self.tls(["ssl.enabled.protocols": value]).protocols == Set(versions))
    }

    @Test func olderProtocolsAloneAreRefused() throws {
        for value in ["TLSv1.1", "TLSv1,SSLv3", "TLSv1.2,TLSv1.4"] {
            let error = try Self.error(["security.protocol": "SSL", "ssl.enabled.protocols": value])
            #expect(error.name == "ssl.enabled.protocols" && error.message.contains("only TLSv1.2 and TLSv1.3"))
        }
    }

    @Test func protocolOfTheContextLimitsTheVersions() throws {
        #expect(try Self.tls(["ssl.protocol": "TLSv1.2"]).protocols == [.tls12])
        for value in ["TLS", "TLSv1.3", ""] { #expect(try Self.tls(["ssl.protocol": value]).protocols == [.tls12, .tls13]) }
        let error = try Self.error([
            "security.protocol": "SSL", "ssl.protocol": "TLSv1.2", "ssl.enabled.protocols": "TLSv1.3",
        ])
        #expect(error.name == "ssl.protocol" && error.message.contains("ssl.enabled.protocols"))
    }

    @Test func signalOfRenegotiationIsNoSuite() throws {
        let tls = try Self.tls(["ssl.cipher.suites": "TLS_EMPTY_RENEGOTIATION_INFO_SCSV,TLS_AES_128_GCM_SHA256"])
        #expect(tls.cipherSuites == ["TLS_AES_128_GCM_SHA256"])
    }

    @Test func storesAreRecognizedUnderEitherType() throws {
        let folder = Fixtures.folder.appending(path: "tls").path
        for (type, file, isJKS) in [("PKCS12", "client.jks", true), ("JKS", "client.p12", false), ("PKCS12", "client.p12", false)] {
            let tls = try Self.tls([
                "ssl.keystore.type": type, "ssl.keystore.location": "\(folder)/\(file)", "ssl.keystore.password": "secret",
                "ssl.key.password": "secret",
            ])
            if case .jks = tls.identity { #expect(isJKS) } else { #expect(!isJKS) }
        }
    }

    @Test func repeatedItemsOfListsAreRemoved() {
        var settings = KafkaClientSettings()
        let findings = KafkaClientProperties.of(.producer).read(
            [KafkaClientProperties.Layer(["bootstrap.servers": "b:1, c:1,b:1"])], into: &settings)
        #expect(findings.errors == [])
        #expect(settings.client.bootstrapServers.map(\.host) == ["b", "c"])
    }

    // MARK: Parts in the worker, parts in connectors

    private static let shared = ["producer.security.protocol": "SASL_PLAINTEXT", "producer.sasl.mechanism": "PLAIN"]
    private static let own = ["producer.override.sasl.jaas.config": "\(plain) required username=u password=own-secret;"]

    private static func worker(_ properties: [String: String], policy: String) throws -> WorkerConfiguration {
        let base = [
            "bootstrap.servers": "b:1", "group.id": "g", "config.storage.topic": "c", "offset.storage.topic": "o",
            "status.storage.topic": "s", "key.converter": "org.apache.kafka.connect.json.JsonConverter",
            "value.converter": "org.apache.kafka.connect.json.JsonConverter",
            "connector.client.config.override.policy": policy,
        ]
        return try WorkerConfiguration(properties: base.merging(properties) { $1 }, plugins: TestPlugins.registry)
    }

    /// As with the policy Principal, where each connector names its own user.
    @Test(arguments: ["All", "Principal"]) func connectorCompletesTheSecurityOfTheWorker(policy: String) throws {
        let worker = try Self.worker(Self.shared, policy: policy)
        #expect(worker.warnings.count == 1)
        #expect(worker.warnings[0].contains("producer.sasl.jaas.config") && worker.warnings[0].contains("producer.override."))
        let complete = ClientOverride(connector: Self.own, worker: worker)
        #expect(complete.errors == [] && complete.producer.client.authentication?.name == "PLAIN")
        let incomplete = ClientOverride(connector: [:], worker: worker)
        #expect(incomplete.errors.map(\.name) == ["producer.sasl.jaas.config"])
        // A sink connector has no producer.
        #expect(ClientOverride(connector: [:], worker: worker, kind: .sink).errors == [])
    }

    @Test func incompleteSecurityThatConnectorsCannotCompleteEndsTheWorker() {
        let error = #expect(throws: WorkerConfigurationError.self) { try Self.worker(Self.shared, policy: "None") }
        #expect(error?.problems.map(\.name) == ["producer.sasl.jaas.config"])
    }
}
