import KafkaProtocol
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker

/// A client that sends raw bytes and receives framed responses.
final class RawClient {
    let streams: StreamPair

    init(_ address: SocketAddress) throws {
        streams = try SocketConnector.connect(to: address, timeoutMilliseconds: 5000)
        streams.setTimeouts(5000, 5000)
    }

    deinit { streams.canceller.cancel() }

    func send(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try streams.output.writeAll($0) } }

    /// Reads `count` bytes, or fewer if the broker closes the connection before.
    func receive(_ count: Int) throws -> [UInt8] {
        var received: [UInt8] = []
        while received.count < count {
            var chunk = [UInt8](repeating: 0, count: count - received.count)
            let length = try chunk.withUnsafeMutableBytes { try streams.input.readSome(into: $0) }
            if length == 0 { break }
            received += chunk[..<length]
        }
        return received
    }

    /// Whether the broker closes the connection without sending another byte.
    func isClosed() -> Bool {
        do { return try receive(1).isEmpty } catch { return error as? StreamError != .timedOut(milliseconds: 5000) }
    }

    func call<Request: KafkaRequest>(
        _ request: Request, version: Int16, announced: Int16? = nil
    ) throws -> Request.Response {
        try send(Self.frame(request, version: version))
        let size = try receive(4).reduce(0) { $0 << 8 | Int($1) }
        let answer = try receive(size)
        return try answer.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            let header = try ResponseHeader(from: &reader, apiKey: Request.apiKey, apiVersion: announced ?? version)
            #expect(header.correlationID == 77)
            return try Request.Response.decode(reader, version: announced ?? version)
        }
    }

    static func frame<Request: KafkaRequest>(_ request: Request, version: Int16) -> [UInt8] {
        var writer = KafkaWriter(isFlexible: Request.isFlexible(version))
        writer.int32(0)
        RequestHeader(apiKey: Request.apiKey, apiVersion: version, correlationID: 77, clientID: "test").encode(into: &writer)
        request.encode(into: &writer, version: version)
        writer.bytes.patchBigEndian(Int32(writer.bytes.count - 4), at: 0)
        return writer.bytes.array()
    }
}

extension DevelopmentBroker {
    /// Runs `body` with a broker that has the topic `t` of one partition, and a client of it.
    static func withTopic(_ body: (DevelopmentBroker, RawClient) throws -> Void) throws {
        let directory = try TemporaryDirectory()
        let broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        broker.start()
        defer { broker.stop() }
        _ = try broker.service.topics.create(name: "t", partitionCount: 1, configuration: TopicConfiguration())
        try body(broker, RawClient(broker.address))
    }
}

extension ApiVersionsRequest {
    /// With a name and a version of the client's software, as it must have since version 3.
    static var named: ApiVersionsRequest {
        var request = ApiVersionsRequest()
        (request.clientSoftwareName, request.clientSoftwareVersion) = ("test", "1")
        return request
    }
}
