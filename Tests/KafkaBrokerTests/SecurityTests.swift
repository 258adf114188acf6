import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker

@Suite struct SecurityTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static let any = SocketAddress(host: "127.0.0.1", port: 0)

    private func run(reauthenticationMilliseconds: Int = 0, _ body: (DevelopmentBroker) throws -> Void) throws {
        var security = BrokerSecurity()
        security.passwords = ["alice": "secret, = and ü"]
        security.reauthenticationMilliseconds = reauthenticationMilliseconds
        let broker = try DevelopmentBroker(
            DevelopmentBrokerConfiguration(
                listeners: [BrokerListener(.plaintext, Self.any), BrokerListener(.saslPlaintext, Self.any)],
                security: security, dataDirectory: directory.path + "/data"))
        broker.start()
        defer { broker.stop() }
        try body(broker)
    }

    private func clusterID(
        _ broker: DevelopmentBroker, as mechanism: (any SASLMechanism)?, listener: String = "SASL_PLAINTEXT"
    ) throws -> String {
        let address = try #require(broker.addresses[listener])
        var configuration = KafkaClientConfiguration(bootstrapServers: [address])
        configuration.authentication = mechanism
        configuration.apiTimeoutMilliseconds = 3000
        let client = KafkaClient(configuration)
        defer { client.close() }
        return try KafkaAdmin(client).clusterID()
    }

    @Test func everyMechanismAuthenticatesWithTheRightPasswordOnly() throws {
        func mechanisms(_ password: String) -> [any SASLMechanism] {
            [
                PLAINMechanism(username: "alice", password: password),
                SCRAMMechanism(.sha256, username: "alice", password: password),
                SCRAMMechanism(.sha512, username: "alice", password: password),
            ]
        }
        try run { broker in
            for mechanism in mechanisms("secret, = and ü") {
                let clusterID = try clusterID(broker, as: mechanism)
                #expect(clusterID == broker.clusterID)
            }
            for mechanism in mechanisms("wrong") {
                #expect(throws: KafkaError.self) { _ = try clusterID(broker, as: mechanism) }
            }
        }
    }

    @Test func metadataNamesTheAddressOfTheListener() throws {
        try run { broker in
            let plain = try #require(broker.addresses["PLAINTEXT"])
            let metadata = try RawClient(plain).call(MetadataRequest(), version: 1)
            #expect(metadata.brokers.first?.port == Int32(plain.port))
            let authenticated = try #require(broker.addresses["SASL_PLAINTEXT"])
            let client = try authenticatedClient(authenticated)
            let answer = try client.call(MetadataRequest(), version: 1)
            #expect(answer.brokers.first?.port == Int32(authenticated.port))
        }
    }

    @Test func requestBeforeTheAuthenticationClosesTheConnection() throws {
        try run { broker in
            let address = try #require(broker.addresses["SASL_PLAINTEXT"])
            let client = try RawClient(address)
            #expect(try client.call(ApiVersionsRequest(), version: 0).errorCode == .none)
            try client.send(RawClient.frame(MetadataRequest(), version: 1))
            #expect(client.isClosed())
        }
    }

    @Test func unknownMechanismIsRefusedWithTheNamesOfTheOthers() throws {
        try run { broker in
            let address = try #require(broker.addresses["SASL_PLAINTEXT"])
            let client = try RawClient(address)
            var handshake = SaslHandshakeRequest()
            handshake.mechanism = "GSSAPI"
            let answer = try client.call(handshake, version: 1)
            #expect(answer.errorCode == .unsupportedSASLMechanism)
            #expect(answer.mechanisms == ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
            #expect(client.isClosed())
        }
    }

    /// A client that authenticates with tokens that have no header, after SaslHandshake version 0.
    private func authenticatedClient(_ address: SocketAddress) throws -> RawClient {
        let client = try RawClient(address)
        var handshake = SaslHandshakeRequest()
        handshake.mechanism = "PLAIN"
        #expect(try client.call(handshake, version: 0).errorCode == .none)
        let token = [0] + Array("alice".utf8) + [0] + Array("secret, = and ü".utf8)
        try client.send([0, 0, 0, UInt8(token.count)] + token)
        #expect(try client.receive(4) == [0, 0, 0, 0])
        return client
    }

    @Test func tokensWithoutHeaderFollowHandshakeVersion0() throws {
        try run { broker in
            let address = try #require(broker.addresses["SASL_PLAINTEXT"])
            let client = try authenticatedClient(address)
            #expect(try client.call(MetadataRequest(), version: 1).clusterID != "")
        }
    }

    /// KIP-368: the session's end is announced, and only a new handshake is accepted after it.
    @Test func sessionEndsWithoutANewAuthentication() {
        struct Users: CredentialSource {
            func password(of user: String) -> String? { user == "a" ? "p" : "q" }
            func credential(of user: String, _ mechanism: SASLServerMechanism) -> SCRAMCredential? { nil }
        }
        var authentication = ConnectionAuthentication(usesSASL: true, sessionMilliseconds: 1000)
        let start = MonotonicInstant(nanoseconds: 1)
        let end = start.advanced(byMilliseconds: 1000)
        var handshake = SaslHandshakeRequest()
        handshake.mechanism = "PLAIN"
        _ = authentication.handshake(handshake, version: 1, nonce: "n")
        #expect(authentication.refusal(of: .metadata, now: start) != nil)
        let answer = authentication.authenticate(Array("\0a\0p".utf8), version: 1, Users(), now: start)
        #expect(answer.errorCode == .none && answer.sessionLifetimeMilliseconds == 1000)
        #expect(authentication.refusal(of: .metadata, now: start) == nil)
        #expect(authentication.refusal(of: .metadata, now: end) != nil)
        #expect(authentication.refusal(of: .saslHandshake, now: end) == nil)
        _ = authentication.handshake(handshake, version: 1, nonce: "n")
        _ = authentication.authenticate(Array("\0a\0p".utf8), version: 1, Users(), now: end)
        #expect(authentication.refusal(of: .metadata, now: end) == nil)
        _ = authentication.handshake(handshake, version: 1, nonce: "n")
        let other = authentication.authenticate(Array("\0b\0q".utf8), version: 1, Users(), now: end)
        #expect(other.errorCode == .saslAuthenticationFailed && authentication.hasFailed)
    }

    @Test func usersThatClientsCreateSurviveARestart() throws {
        let mechanism = SCRAMMechanism(.sha256, username: "bob", password: "pw")
        try run { broker in
            let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [broker.address]))
            defer { client.close() }
            let admin = KafkaAdmin(client)
            #expect(throws: KafkaError.self) { _ = try clusterID(broker, as: mechanism) }
            for result in admin.alterSCRAMUsers([.upsert(user: "bob", password: "pw")]) { try result.get() }
            #expect(try admin.listSCRAMUsers().map(\.name) == ["bob"])
            #expect(throws: KafkaError.self) { _ = try admin.describeACLs() as [ACLBinding] }
        }
        try run { broker in
            let clusterID = try clusterID(broker, as: mechanism)
            #expect(clusterID == broker.clusterID)
        }
    }

    @Test func listenersAreParsed() {
        let address = SocketAddress(host: "h", port: 1)
        #expect(BrokerListener("h:1") == BrokerListener(.plaintext, address))
        #expect(BrokerListener("SASL_SSL://h:1") == BrokerListener(.saslSSL, address))
        #expect(BrokerListener("outside=SSL://h:1") == BrokerListener(.ssl, address, name: "outside"))
        for text in ["FTP://h:1", "a=b=SSL://h:1", "=SSL://h:1", "SSL://h"] { #expect(BrokerListener(text) == nil) }
    }
}
