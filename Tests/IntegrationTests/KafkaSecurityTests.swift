import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

/// The four listeners of a real broker; `CDCD_TEST_KAFKA=host:port` names the first.
@Suite(.enabled(if: RealServers.kafkaAuthority != nil, "CDCD_TEST_KAFKA names no broker of peers"), .serialized)
struct KafkaSecurityTests {
    private enum Listener: UInt16, CaseIterable {
        case plaintext, ssl, saslPlaintext, saslSSL

        var usesTLS: Bool { self == .ssl || self == .saslSSL }
        var usesSASL: Bool { self == .saslPlaintext || self == .saslSSL }
    }

    private static let mechanisms: [any SASLMechanism] = [
        PLAINMechanism(username: "cdcd", password: "cdcd-secret"),
        SCRAMMechanism(.sha256, username: "cdcd", password: "cdcd-secret"),
        SCRAMMechanism(.sha512, username: "cdcd", password: "cdcd-secret"),
    ]

    private static func tls(_ change: (inout TLSConfiguration) -> Void = { _ in }) throws -> TLSConfiguration {
        var tls = TLSConfiguration(
            verification: .identity(host: ""), trust: .pem(path: try #require(RealServers.kafkaAuthority)))
        change(&tls)
        return tls
    }

    /// Fetches the cluster id.
    private static func connect(
        _ listener: Listener, tls: TLSConfiguration?, _ mechanism: (any SASLMechanism)?
    ) throws {
        let kafka = try #require(RealServers.kafka)
        var configuration = KafkaClientConfiguration(
            bootstrapServers: [SocketAddress(host: kafka.host, port: kafka.port + listener.rawValue)])
        configuration.tls = tls
        configuration.authentication = mechanism
        configuration.apiTimeoutMilliseconds = 1000
        let client = KafkaClient(configuration)
        defer { client.close() }
        _ = try KafkaAdmin(client).clusterID()
    }

    private static func failure(
        _ listener: Listener, tls: TLSConfiguration?, _ mechanism: (any SASLMechanism)?
    ) -> (text: String, error: KafkaError?) {
        do { try connect(listener, tls: tls, mechanism) } catch { return ("\(error)", error as? KafkaError) }
        return ("connected", nil)
    }

    @Test func everyListenerIsUsed() throws {
        for listener in Listener.allCases {
            for mechanism in listener.usesSASL ? Self.mechanisms : [] {
                try Self.connect(listener, tls: listener.usesTLS ? try Self.tls() : nil, mechanism)
            }
            if !listener.usesSASL { try Self.connect(listener, tls: listener.usesTLS ? try Self.tls() : nil, nil) }
        }
    }

    @Test func versionsAndCipherSuitesAreRestricted() throws {
        let restrictions: [([TLSConfiguration.ProtocolVersion], [String])] = [
            ([.tls12], []), ([.tls13], []), ([.tls12, .tls13], ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]),
            ([.tls12, .tls13], ["TLS_AES_128_GCM_SHA256"]),
        ]
        for (protocols, suites) in restrictions {
            try Self.connect(.ssl, tls: try Self.tls { $0.protocols = Set(protocols); $0.cipherSuites = suites }, nil)
        }
    }

    @Test func clientCertificateIsAccepted() throws {
        let path = try #require(RealServers.kafkaClientIdentity)
        try Self.connect(.ssl, tls: try Self.tls { $0.identity = .pem(path: path) }, nil)
    }

    @Test func unknownAuthorityIsRefused() throws {
        let (text, error) = Self.failure(.ssl, tls: TLSConfiguration(verification: .identity(host: "")), nil)
        #expect(text.contains("certificate") && error?.isRetriable == false, "\(text)")
    }

    @Test func wrongCredentialsAreAnErrorThatNamesMechanismAndBroker() throws {
        let wrong: [any SASLMechanism] = [
            PLAINMechanism(username: "cdcd", password: "other-secret"),
            PLAINMechanism(username: "nobody", password: "other-secret"),
            SCRAMMechanism(.sha256, username: "cdcd", password: "other-secret"),
            SCRAMMechanism(.sha512, username: "nobody", password: "other-secret"),
        ]
        for mechanism in wrong {
            let (text, error) = Self.failure(.saslPlaintext, tls: nil, mechanism)
            #expect(text.contains("by SASL \(mechanism.name) failed") && text.contains("broker"), "\(text)")
            #expect(!text.contains("other-secret") && error?.isRetriable == false, "\(text)")
        }
    }

    @Test func otherSecurityProtocolIsNamed() throws {
        let mechanism = Self.mechanisms[0]
        let tls = try Self.tls()
        for (listener, tls, mechanism, expected) in [
            (Listener.ssl, nil, nil, "requires TLS"), (.saslSSL, nil, mechanism, "requires TLS"),
            (.plaintext, tls, nil, "without TLS"), (.saslPlaintext, tls, mechanism, "without TLS"),
            (.saslPlaintext, nil, nil, "requires SASL"), (.saslSSL, tls, nil, "requires SASL"),
            (.plaintext, nil, mechanism, "does not use SASL"), (.ssl, tls, mechanism, "does not use SASL"),
        ] as [(Listener, TLSConfiguration?, (any SASLMechanism)?, String)] {
            let (text, _) = Self.failure(listener, tls: tls, mechanism)
            #expect(text.contains(expected) && text.contains("security.protocol"), "\(listener): \(text)")
        }
    }
}

/// A broker that ends sessions, `CDCD_TEST_KAFKA_SESSIONS=host:port`: its clients authenticate again under load.
@Suite(.enabled(if: RealServers.kafkaWithSessions != nil, "CDCD_TEST_KAFKA_SESSIONS names no broker"), .serialized)
struct KafkaSessionTests {
    /// Counts authentications and connections.
    private final class Counter: KafkaClientObserver {
        let authentications = Mutex(0)
        let failures = Mutex<[String]>([])

        func requestAnswered(_ request: KafkaRequestEvent) {
            if request.apiKey == .saslHandshake { authentications.withLock { $0 += 1 } }
        }

        func connectionFailed(to broker: SocketAddress, _ error: KafkaError) {
            failures.withLock { $0.append("\(error)") }
        }
    }

    private static func mechanisms() throws -> [any SASLMechanism] {
        // The token is replaced after eight seconds.
        let tokens = try UnsecuredTokens(
            options: ["unsecuredLoginStringClaim_sub": "cdcd", "unsecuredLoginLifetimeSeconds": "10"])
        var refresh = OAuthTokenRefresh()
        refresh.minPeriodSeconds = 0
        refresh.bufferSeconds = 0
        return [
            PLAINMechanism(username: "cdcd", password: "cdcd-secret"),
            SCRAMMechanism(.sha512, username: "cdcd", password: "cdcd-secret"),
            try OAuthBearerMechanism(tokens, refresh: refresh),
        ]
    }

    /// Three sessions long, without a pause: records of a producer and requests on a pooled connection.
    @Test func recordsArriveOnceAndInOrderWhileSessionsExpire() throws {
        let kafka = try #require(RealServers.kafkaWithSessions)
        for mechanism in try Self.mechanisms() {
            let counter = Counter()
            var configuration = KafkaClientConfiguration(
                bootstrapServers: [SocketAddress(host: kafka.host, port: kafka.port + 2)])
            configuration.authentication = mechanism
            configuration.observer = counter
            let client = KafkaClient(configuration)
            defer { client.close() }
            let topic = "cdcd-session-test-\(UInt32.random(in: 0 ... .max))"
            let admin = KafkaAdmin(client)
            try admin.createTopics([NewTopic(name: topic, partitions: 1, replicationFactor: 1)]).get()
            let producer = KafkaProducer(client)
            let handle = try producer.topic(topic)
            let end = ContinuousClock.now + .seconds(10)
            var count = 0
            while ContinuousClock.now < end {
                for _ in 0..<2000 {
                    try Array("\(count)".utf8).withUnsafeBytes { value in
                        try producer.append(to: handle, key: nil, value: value)
                    }
                    count += 1
                }
                _ = try admin.endOffsets(topic)
            }
            try producer.awaitDelivery(timeoutMilliseconds: 30_000)
            var next = 0
            try TopicReader(client, topic: topic).readToEnd { record in
                #expect(String(decoding: record.value ?? [], as: UTF8.self) == "\(next)")
                next += 1
            }
            #expect(next == count)
            #expect(counter.failures.withLock { $0 } == [])
            // At the beginning of two connections, and at least twice more on each.
            #expect(counter.authentications.withLock { $0 } >= 6)
            try admin.deleteTopics([topic]).get()
        }
    }

    /// Tokens signed with `Fixtures/tls/rsa-key.pem`.
    private struct SignedTokens: OAuthTokenProvider {
        let audience: String
        let key: String

        func retrieveToken() throws(SASLError) -> OAuthBearerToken {
            let now = WallTime.now.seconds
            let claims: JSONObject = [
                "aud": .string(audience), "sub": .string("cdcd"), "iat": .integer(now), "exp": .integer(now + 60),
            ]
            let header: JSONObject = ["alg": .string("RS256"), "kid": .string("k1")]
            let text = [header, claims].map { Self.encoded(JSONValue.object($0).encoded()) }.joined(separator: ".")
            do {
                let signature = try TokenSignature.sign(
                    Array(text.utf8), .rs256, key: key, password: nil, origin: "rsa-key.pem")
                return try OAuthBearerToken(jwt: "\(text).\(Self.encoded(signature))")
            } catch let error as SASLError { throw error } catch { throw SASLError("\(error)") }
        }

        private static func encoded(_ bytes: [UInt8]) -> String {
            var writer = ByteWriter()
            writer.base64(bytes)
            return String(decoding: writer.array(), as: UTF8.self).replacing("+", with: "-")
                .replacing("/", with: "_").replacing("=", with: "")
        }
    }

    /// The listener for SASL_SSL accepts what `Fixtures/tls/rsa-key.jwks.json` verifies, for the audience cdcd.
    @Test func signedTokensAreVerifiedByTheBroker() throws {
        let kafka = try #require(RealServers.kafkaWithSessions)
        let key = String(decoding: try Fixtures.bytes("tls/rsa-key.pem"), as: UTF8.self)
        func connect(_ audience: String) throws {
            var configuration = KafkaClientConfiguration(
                bootstrapServers: [SocketAddress(host: kafka.host, port: kafka.port + 3)])
            configuration.tls = TLSConfiguration(verification: .none)
            configuration.authentication = try OAuthBearerMechanism(SignedTokens(audience: audience, key: key))
            let client = KafkaClient(configuration)
            defer { client.close() }
            _ = try KafkaAdmin(client).clusterID()
        }
        try connect("cdcd")
        let error = #expect(throws: KafkaError.self) { try connect("other") }
        #expect(error?.description.contains("invalid_token") == true && error?.isRetriable == false, "\(error as Any)")
    }

    @Test func clientCertificateIsRequired() throws {
        let kafka = try #require(RealServers.kafkaWithSessions)
        func connect(_ identity: TLSConfiguration.Store?) throws {
            var configuration = KafkaClientConfiguration(
                bootstrapServers: [SocketAddress(host: kafka.host, port: kafka.port + 1)])
            configuration.tls = TLSConfiguration(verification: .none, identity: identity)
            let client = KafkaClient(configuration)
            defer { client.close() }
            _ = try KafkaAdmin(client).clusterID()
        }
        try connect(.pem(path: try #require(RealServers.kafkaClientIdentity)))
        let error = #expect(throws: KafkaError.self) { try connect(nil) }
        #expect(error?.description.contains("requires a certificate") == true, "\(error as Any)")
        #expect(error?.isRetriable == false, "\(error as Any)")
    }
}
