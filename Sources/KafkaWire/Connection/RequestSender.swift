import Foundation
import WireCore
import WireStreams

/// The sending half of a connection. One thread.
final class RequestSender {
    private let output: OutputStream
    private let broker: SocketAddress
    private let clientID: String
    private var writer = KafkaWriter(capacityBytes: 4096, isFlexible: false)
    private var nextCorrelationID: Int32 = 0

    init(output: OutputStream, broker: SocketAddress, clientID: String) {
        self.output = output
        self.broker = broker
        self.clientID = clientID
    }

    /// Sends one request and returns its correlation id.
    func send<Request: KafkaRequest>(_ request: Request, version: Int16) throws(KafkaError) -> Int32 {
        let correlationID = begin(Request.apiKey, version)
        request.encode(into: &writer, version: version)
        try finish()
        return correlationID
    }

    /// Sends one request whose body `body` writes; returns its correlation id.
    func send(
        _ key: APIKey, version: Int16, _ body: (inout KafkaWriter) throws(KafkaError) -> Void
    ) throws(KafkaError) -> Int32 {
        let correlationID = begin(key, version)
        try body(&writer)
        try finish()
        return correlationID
    }

    private func begin(_ key: APIKey, _ version: Int16) -> Int32 {
        let correlationID = nextCorrelationID
        nextCorrelationID = nextCorrelationID &+ 1 & .max
        writer.bytes.reset()
        writer.int32(0)
        writer.isFlexible = key.isFlexible(version)
        RequestHeader(apiKey: key, apiVersion: version, correlationID: correlationID, clientID: clientID)
            .encode(into: &writer)
        return correlationID
    }

    private func finish() throws(KafkaError) {
        writer.bytes.patchBigEndian(Int32(clamping: writer.bytes.count - 4), at: 0)
        do throws(StreamError) {
            try writer.bytes.withUnsafeBytes { (bytes) throws(StreamError) in try output.writeAll(bytes) }
        } catch { throw .stream(error, broker: broker) }
    }
}
