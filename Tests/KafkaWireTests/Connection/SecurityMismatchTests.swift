import Foundation
import KafkaProtocol
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaWire

/// A listener with another security protocol than the client's: the bytes are those of Kafka 4.3.
@Suite struct SecurityMismatchTests {
    private static func failure(
        _ server: ScriptedServer, tls: TLSConfiguration? = nil, _ body: (BrokerConnection) throws -> Void = { _ in }
    ) throws -> KafkaError? {
        defer { server.stop() }
        var configuration = KafkaClientConfiguration(bootstrapServers: [server.address], clientID: "test")
        configuration.tls = tls
        let cancellation = Cancellation()
        defer { cancellation.cancel() }
        return #expect(throws: KafkaError.self) {
            try body(try BrokerConnection(to: server.address, configuration, cancellation))
        }
    }

    private static func expect(_ error: KafkaError?, contains text: String) {
        #expect(error?.description.contains(text) == true, "\(error as Any)")
        #expect(error?.description.contains("security.protocol=") == true)
        // Another broker, or the same one after its start, may be different.
        #expect(error?.isRetriable == true)
    }

    /// An alert: fatal, internal_error.
    @Test func alertOfTLSMeansThatTheListenerRequiresTLS() throws {
        let server = try ScriptedServer([[.receiveSome, .send([0x15, 3, 3, 0, 2, 2, 80])]])
        Self.expect(try Self.failure(server), contains: "requires TLS")
    }

    /// A plaintext listener takes the ClientHello for a request of 369 MB.
    @Test func endDuringTheHandshakeMeansThatTheListenerHasNoTLS() throws {
        let server = try ScriptedServer([[.receiveSome]])
        Self.expect(try Self.failure(server, tls: TLSConfiguration(verification: .none)), contains: "without TLS")
    }

    @Test func endAtTheFirstRequestMeansThatTheListenerRequiresSASL() throws {
        var writer = KafkaWriter(isFlexible: false)
        writer.int32(0)
        ResponseHeader(correlationID: 0).encode(into: &writer, apiKey: .apiVersions, apiVersion: 3)
        var response = ApiVersionsResponse()
        var metadata = ApiVersionsResponse.ApiVersion()
        metadata.apiKey = APIKey.metadata.rawValue
        metadata.maxVersion = 1
        response.apiKeys = [metadata]
        var body = KafkaWriter(isFlexible: true)
        response.encode(into: &body, version: 3)
        var bytes = writer.bytes.array() + body.bytes.array()
        bytes.replaceSubrange(0..<4, with: [0, 0, 0, UInt8(bytes.count - 4)])
        let server = try ScriptedServer([[.receiveSome, .send(bytes), .receiveSome]])
        let error = try Self.failure(server) { connection in
            var request = MetadataRequest()
            request.topics = []
            _ = try connection.request(request)
        }
        Self.expect(error, contains: "requires SASL")
    }

    /// With TLS 1.3 the client's handshake is done before the server has seen that a certificate is missing.
    @Test(arguments: TLSConfiguration.ProtocolVersion.allCases)
    func missingClientCertificateIsNamed(version: TLSConfiguration.ProtocolVersion) throws {
        let folder = Fixtures.folder.appending(path: "tls").path
        var server = TLSServerConfiguration(
            identity: .pem(path: "\(folder)/server.pem"), clientAuthentication: .required,
            trust: .pem(path: "\(folder)/ca.pem"))
        server.protocols = [version]
        let context = try TLSContext(server)
        let listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        let done = ThreadCompletion()
        startThread(named: "tls-server", completion: done) {
            do {
                guard let plain = try listener.accept() else { return }
                plain.setTimeouts(5000, 5000)
                #expect(throws: StreamError.self) { _ = try plain.acceptingTLS(context) }
                // Until the client has closed, so that it receives the alert.
                var chunk = [UInt8](repeating: 0, count: 4096)
                while try chunk.withUnsafeMutableBytes({ try plain.input.readSome(into: $0) }) > 0 {}
            } catch { /* The client has closed. */ }
        }
        var configuration = KafkaClientConfiguration(bootstrapServers: [], clientID: "test")
        configuration.tls = TLSConfiguration(verification: .authority, trust: .pem(path: "\(folder)/ca.pem"))
        let error = #expect(throws: KafkaError.self) {
            try BrokerConnection(to: listener.address, configuration, Cancellation())
        }
        #expect(done.wait(milliseconds: 10_000))
        let text = "\(error as Any)"
        #expect(text.contains(version == .tls13 ? "requires a certificate, and none is configured" : "TLS: "), "\(text)")
        #expect(error?.isRetriable == false)
        listener.stop()
    }

    /// A server that closes the connection at once resets it, and the client's first request may then not be sent.
    @Test func missingClientCertificateIsNamedAfterAReset() throws {
        let folder = Fixtures.folder.appending(path: "tls").path
        let context = try TLSContext(
            TLSServerConfiguration(
                identity: .pem(path: "\(folder)/server.pem"), clientAuthentication: .required,
                trust: .pem(path: "\(folder)/ca.pem")))
        let listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        let done = ThreadCompletion()
        startThread(named: "tls-server", completion: done) {
            do {
                while let plain = try listener.accept() {
                    plain.setTimeouts(5000, 5000)
                    #expect(throws: StreamError.self) { _ = try plain.acceptingTLS(context) }
                    plain.close()
                }
            } catch { Issue.record("\(error)") }
        }
        var configuration = KafkaClientConfiguration(bootstrapServers: [], clientID: "test")
        configuration.tls = TLSConfiguration(verification: .authority, trust: .pem(path: "\(folder)/ca.pem"))
        for _ in 0..<200 {
            let error = #expect(throws: KafkaError.self) {
                try BrokerConnection(to: listener.address, configuration, Cancellation())
            }
            #expect("\(error as Any)".contains("requires a certificate, and none is configured"), "\(error as Any)")
        }
        listener.stop()
        #expect(done.wait(milliseconds: 10_000))
    }
}
