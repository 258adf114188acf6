import Foundation
import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker

/// Listeners with TLS and SASL, with this project's client.
@Suite struct ListenerTests {
    private typealias ClientAuthentication = TLSServerConfiguration.ClientAuthentication

    private let directory: TemporaryDirectory
    private static let certificates = Fixtures.folder.appending(path: "tls").path
    private static let mechanisms: [any SASLMechanism] = [
        PLAINMechanism(username: "alice", password: "pw"),
        SCRAMMechanism(.sha256, username: "alice", password: "pw"),
        SCRAMMechanism(.sha512, username: "alice", password: "pw"),
    ]

    init() throws { directory = try TemporaryDirectory() }

    private func run(
        clientAuthentication: ClientAuthentication = .none, authenticationMilliseconds: Int = 0,
        _ body: (DevelopmentBroker) throws -> Void
    ) throws {
        var security = BrokerSecurity()
        security.passwords = ["alice": "pw"]
        security.reauthenticationMilliseconds = authenticationMilliseconds
        security.tls = TLSServerConfiguration(
            identity: .pem(path: "\(Self.certificates)/server.pem"), clientAuthentication: clientAuthentication,
            trust: .pem(path: "\(Self.certificates)/ca.pem"))
        let any = SocketAddress(host: "127.0.0.1", port: 0)
        let broker = try DevelopmentBroker(
            DevelopmentBrokerConfiguration(
                listeners: [BrokerListener(.saslPlaintext, any), .init(.ssl, any), .init(.saslSSL, any)],
                security: security, dataDirectory: directory.path + "/data"))
        broker.start()
        defer { broker.stop() }
        try body(broker)
    }

    /// Counts connections and authentications.
    private final class Counter: KafkaClientObserver {
        let connections = Mutex(0)
        let authentications = Mutex(0)

        func connectionOpened(to broker: SocketAddress, milliseconds: Int) { connections.withLock { $0 += 1 } }

        func requestAnswered(_ request: KafkaRequestEvent) {
            if request.apiKey == .saslHandshake { authentications.withLock { $0 += 1 } }
        }
    }

    private func configuration(
        _ broker: DevelopmentBroker, _ listener: String, certificate: String? = nil,
        _ mechanism: (any SASLMechanism)? = nil
    ) throws -> KafkaClientConfiguration {
        let address = try #require(broker.addresses[listener])
        var configuration = KafkaClientConfiguration(bootstrapServers: [address])
        if listener.hasSuffix("SSL") {
            configuration.tls = TLSConfiguration(
                verification: .identity(host: address.host), trust: .pem(path: "\(Self.certificates)/ca.pem"),
                identity: certificate.map { .pem(path: "\(Self.certificates)/\($0)") })
        }
        configuration.authentication = mechanism
        configuration.apiTimeoutMilliseconds = 5000
        return configuration
    }

    private func clusterID(_ configuration: KafkaClientConfiguration) throws -> String {
        let client = KafkaClient(configuration)
        defer { client.close() }
        return try KafkaAdmin(client).clusterID()
    }

    @Test func clientOfEachListenerIsServed() throws {
        try run { broker in
            let plain = try clusterID(configuration(broker, "SSL"))
            #expect(plain == broker.clusterID)
            for mechanism in Self.mechanisms {
                let authenticated = try clusterID(configuration(broker, "SASL_SSL", mechanism))
                #expect(authenticated == broker.clusterID)
            }
            let wrong = SCRAMMechanism(.sha256, username: "alice", password: "other")
            #expect(throws: KafkaError.self) { _ = try clusterID(configuration(broker, "SASL_SSL", wrong)) }
        }
    }

    @Test(arguments: ["SSL", "SASL_SSL"]) func certificateOfTheClientIsRequired(listener: String) throws {
        let mechanism = listener == "SSL" ? nil : Self.mechanisms.last
        try run(clientAuthentication: .required) { broker in
            let known = try clusterID(configuration(broker, listener, certificate: "client.pem", mechanism))
            #expect(known == broker.clusterID)
            for certificate in [nil, "expired.pem"] {
                #expect(throws: KafkaError.self, "\(certificate ?? "none")") {
                    _ = try clusterID(configuration(broker, listener, certificate: certificate, mechanism))
                }
            }
        }
    }

    @Test func certificateThatIsRequestedMayBeMissingButNotWrong() throws {
        try run(clientAuthentication: .requested) { broker in
            for certificate in [nil, "client.pem"] {
                let answer = try clusterID(configuration(broker, "SSL", certificate: certificate))
                #expect(answer == broker.clusterID)
            }
            #expect(throws: KafkaError.self) {
                _ = try clusterID(configuration(broker, "SSL", certificate: "expired.pem"))
            }
        }
    }

    // MARK: Re-authentication

    @Test(arguments: ["SASL_PLAINTEXT", "SASL_SSL"])
    func connectionIsAuthenticatedAgainWhenTheTimeOfItsAuthenticationEnds(listener: String) throws {
        try run(authenticationMilliseconds: 500) { broker in
            for mechanism in Self.mechanisms {
                let counter = Counter()
                var configuration = try configuration(broker, listener, mechanism)
                configuration.observer = counter
                let client = KafkaClient(configuration)
                defer { client.close() }
                let admin = KafkaAdmin(client)
                let end = ContinuousClock.now + .seconds(30)
                while counter.authentications.withLock({ $0 }) < 3, ContinuousClock.now < end {
                    _ = try admin.clusterID()
                }
                #expect(counter.authentications.withLock { $0 } >= 3)
                // The bootstrap server is the broker: one connection before its id is known, and one after.
                #expect(counter.connections.withLock { $0 } <= 2)
            }
        }
    }

    /// A client that does not know KIP-368.
    @Test func connectionIsClosedAtARequestAfterItsAuthentication() throws {
        try run(authenticationMilliseconds: 200) { broker in
            let client = try RawClient(#require(broker.addresses["SASL_PLAINTEXT"]))
            var handshake = SaslHandshakeRequest()
            handshake.mechanism = "PLAIN"
            #expect(try client.call(handshake, version: 1).errorCode == .none)
            var authenticate = SaslAuthenticateRequest()
            authenticate.authBytes = Array("\0alice\0pw".utf8)
            #expect(try client.call(authenticate, version: 1).sessionLifetimeMilliseconds == 200)
            let start = ContinuousClock.now
            // Until the broker closes the connection instead of answering.
            while ContinuousClock.now < start + .seconds(10) {
                do {
                    _ = try client.call(MetadataRequest(), version: 1)
                } catch { break }
            }
            let elapsed = ContinuousClock.now - start
            #expect(elapsed > .milliseconds(150) && elapsed < .seconds(10))
        }
    }
}
