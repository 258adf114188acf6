import KafkaProtocol
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaWire

/// Sends its messages in order and expects those of the broker.
private struct ScriptedMechanism: SASLMechanism {
    let name = "SCRIPTED"
    var messages: [[UInt8]]
    var challenges: [[UInt8]]

    func makeSession(broker: SocketAddress) throws(SASLError) -> any SASLSession {
        Session(messages: messages, challenges: challenges)
    }

    struct Session: SASLSession {
        var messages: [[UInt8]]
        var challenges: [[UInt8]]

        mutating func initialResponse() throws(SASLError) -> [UInt8] { messages.removeFirst() }

        mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8]? {
            guard challenge == challenges.removeFirst() else { throw SASLError("the broker's proof is wrong") }
            return messages.isEmpty ? nil : messages.removeFirst()
        }
    }
}

@Suite struct ConnectionSetupTests {
    // MARK: The broker's side

    private static func request<Request: KafkaRequest>(
        _ request: Request, version: Int16, id: Int32
    ) -> ScriptedServer.Step {
        var writer = KafkaWriter(isFlexible: Request.isFlexible(version))
        writer.int32(0)
        RequestHeader(apiKey: Request.apiKey, apiVersion: version, correlationID: id, clientID: "test")
            .encode(into: &writer)
        request.encode(into: &writer, version: version)
        writer.bytes.patchBigEndian(Int32(writer.bytes.count - 4), at: 0)
        return .expect(writer.bytes.array())
    }

    private static func response<Response: KafkaMessage>(
        _ response: Response, version: Int16, id: Int32
    ) -> ScriptedServer.Step {
        var writer = KafkaWriter(isFlexible: Response.isFlexible(version))
        writer.int32(0)
        ResponseHeader(correlationID: id).encode(into: &writer, apiKey: Response.apiKey, apiVersion: version)
        response.encode(into: &writer, version: version)
        writer.bytes.patchBigEndian(Int32(writer.bytes.count - 4), at: 0)
        return .send(writer.bytes.array())
    }

    private static var negotiation: [ScriptedServer.Step] { negotiation(version: 3, id: 0) }

    private static var versionsRequest: ApiVersionsRequest {
        var request = ApiVersionsRequest()
        request.clientSoftwareName = "KafkaWire"
        request.clientSoftwareVersion = "1"
        return request
    }

    private static func negotiation(version: Int16, id: Int32) -> [ScriptedServer.Step] {
        var response = ApiVersionsResponse()
        response.apiKeys = [APIKey.apiVersions, .saslHandshake, .saslAuthenticate, .metadata].map { key in
            var version = ApiVersionsResponse.ApiVersion()
            version.apiKey = key.rawValue
            version.minVersion = key.versions?.lowerBound ?? 0
            version.maxVersion = key == .metadata ? 1 : key.versions?.upperBound ?? 0
            return version
        }
        return [
            request(versionsRequest, version: version, id: id), Self.response(response, version: version, id: id),
        ]
    }

    private static func handshake(id: Int32, _ change: (inout SaslHandshakeResponse) -> Void = { _ in })
        -> [ScriptedServer.Step] {
        var request = SaslHandshakeRequest()
        request.mechanism = "SCRIPTED"
        var response = SaslHandshakeResponse()
        change(&response)
        return [Self.request(request, version: 1, id: id), Self.response(response, version: 1, id: id)]
    }

    private static func authentication(
        _ message: [UInt8], id: Int32, _ change: (inout SaslAuthenticateResponse) -> Void = { _ in }
    ) -> [ScriptedServer.Step] {
        var request = SaslAuthenticateRequest()
        request.authBytes = message
        var response = SaslAuthenticateResponse()
        change(&response)
        return [Self.request(request, version: 2, id: id), Self.response(response, version: 2, id: id)]
    }

    private static func configuration(
        _ server: ScriptedServer, _ mechanism: ScriptedMechanism?
    ) -> KafkaClientConfiguration {
        var configuration = KafkaClientConfiguration(bootstrapServers: [server.address], clientID: "test")
        configuration.authentication = mechanism
        return configuration
    }

    private static func connect(
        _ script: [ScriptedServer.Step], _ mechanism: ScriptedMechanism?
    ) throws -> Result<MonotonicInstant?, KafkaError> {
        let server = try ScriptedServer([script])
        defer { server.stop() }
        let configuration = configuration(server, mechanism)
        let cancellation = Cancellation()
        let result = Result { () throws(KafkaError) in
            try BrokerLink(to: server.address, configuration, cancellation).reauthenticateAt
        }
        cancellation.cancel()
        #expect(server.awaitEnd(milliseconds: 10_000))
        #expect(server.unexpected == [])
        return result
    }

    // MARK: Tests

    @Test func nothingIsSentWithoutAMechanism() throws {
        #expect(try Self.connect(Self.negotiation + [.awaitClose], nil).get() == nil)
    }

    /// What follows the error code, and the version that is tried next: librdkafka's mock clusters (2.0.2 and 2.16.0),
    /// whose range cannot be decoded; Kafka 2.4 and later; older brokers, which have no range.
    private static let refusals: [(range: [UInt8], version: Int16)] = [
        ([1, 0, 0x12, 0, 0, 0, 2, 0, 0, 0, 0], 0), ([0, 0, 0, 1, 0, 0x12, 0, 0, 0, 2], 2), ([0, 0, 0, 0], 0),
    ]

    @Test(arguments: refusals)
    func refusedVersionIsLowered(range: [UInt8], version: Int16) throws {
        let refusal: [UInt8] = [0, 0, 0, 0, 0, 35] + range
        let script: [ScriptedServer.Step] = [
            Self.request(Self.versionsRequest, version: 3, id: 0), .send([0, 0, 0, UInt8(refusal.count)] + refusal),
        ]
        #expect(try Self.connect(script + Self.negotiation(version: version, id: 1) + [.awaitClose], nil).get() == nil)
    }

    @Test func bytesAfterAResponseAreIgnored() throws {
        var response = Self.response(SaslHandshakeResponse(), version: 1, id: 1)
        guard case .send(var bytes) = response else { return }
        bytes[3] += 2
        response = .send(bytes + [1, 2])
        let handshake = [Self.handshake(id: 1)[0], response]
        let script = Self.negotiation + handshake + Self.authentication([1], id: 2) + [.awaitClose]
        #expect(try Self.connect(script, ScriptedMechanism(messages: [[1]], challenges: [[]])).get() == nil)
    }

    @Test func messagesAreExchangedUntilTheSessionIsComplete() throws {
        let script = Self.negotiation + Self.handshake(id: 1)
            + Self.authentication([1], id: 2) { $0.authBytes = [2] }
            + Self.authentication([3], id: 3) {
                $0.authBytes = [4]
                $0.sessionLifetimeMilliseconds = 100_000
            } + [.awaitClose]
        let mechanism = ScriptedMechanism(messages: [[1], [3]], challenges: [[2], [4]])
        let before = MonotonicInstant.now
        let reauthenticateAt = try #require(try Self.connect(script, mechanism).get())
        #expect(reauthenticateAt >= before.advanced(byMilliseconds: 85_000))
        #expect(reauthenticateAt <= MonotonicInstant.now.advanced(byMilliseconds: 95_000))
    }

    private static func failure(_ script: [ScriptedServer.Step], _ mechanism: ScriptedMechanism) throws -> KafkaError? {
        #expect(throws: KafkaError.self) { try connect(script, mechanism).get() }
    }

    @Test func offeredMechanismsAreNamed() throws {
        let script = Self.negotiation + Self.handshake(id: 1) {
            $0.errorCode = .unsupportedSASLMechanism
            $0.mechanisms = ["PLAIN", "SCRAM-SHA-256"]
        } + [.awaitClose]
        let error = try Self.failure(script, ScriptedMechanism(messages: [[1]], challenges: []))
        #expect(error?.isRetriable == false)
        #expect(error?.description.contains("SCRIPTED failed") == true)
        #expect(error?.description.contains("PLAIN, SCRAM-SHA-256") == true)
    }

    @Test func refusedCredentialsAreAnErrorWithTheBrokersText() throws {
        let script = Self.negotiation + Self.handshake(id: 1) + Self.authentication([1], id: 2) {
            $0.errorCode = .saslAuthenticationFailed
            $0.errorMessage = "Invalid username or password"
        } + [.awaitClose]
        let error = try Self.failure(script, ScriptedMechanism(messages: [[1]], challenges: []))
        #expect(error?.isRetriable == false)
        #expect(error?.description.contains("Invalid username or password") == true)
    }

    @Test func brokerThatCannotProveItsIdentityIsRefused() throws {
        let script = Self.negotiation + Self.handshake(id: 1)
            + Self.authentication([1], id: 2) { $0.authBytes = [9] } + [.awaitClose]
        let error = try Self.failure(script, ScriptedMechanism(messages: [[1]], challenges: [[2]]))
        #expect(error?.description.contains("the broker's proof is wrong") == true)
    }

    /// KIP-368: with an expired session the broker would close the connection.
    @Test func connectionIsAuthenticatedAgainBeforeItsSessionExpires() throws {
        var metadata = MetadataRequest()
        metadata.topics = []
        let script = Self.negotiation + Self.handshake(id: 1)
            + Self.authentication([1], id: 2) { $0.sessionLifetimeMilliseconds = 1 }
            + Self.handshake(id: 3) + Self.authentication([1], id: 4)
            + [
                Self.request(metadata, version: 1, id: 5), Self.response(MetadataResponse(), version: 1, id: 5),
                .awaitClose,
            ]
        let server = try ScriptedServer([script])
        defer { server.stop() }
        let mechanism = ScriptedMechanism(messages: [[1]], challenges: [[]])
        let cancellation = Cancellation()
        let connection = try BrokerConnection(
            to: server.address, Self.configuration(server, mechanism), cancellation)
        _ = try connection.request(metadata)
        cancellation.cancel()
        #expect(server.awaitEnd(milliseconds: 10_000))
        #expect(server.unexpected == [])
    }
}
