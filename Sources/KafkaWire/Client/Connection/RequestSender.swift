import Foundation
import KafkaProtocol
import WireCore
import WireStreams

/// The sending half of a connection. Used by one thread at a time.
final class RequestSender {
    private let output: OutputStream
    /// The same stream if it can write without blocking.
    private let nonblockingOutput: (any NonblockingOutputStream)?
    private let broker: SocketAddress
    private let clientID: String
    private var writer = KafkaWriter(capacityBytes: 4096, isFlexible: false)
    /// The correlation id of the next request.
    private(set) var nextCorrelationID: Int32 = 0
    /// The size of the last request in bytes, including its size field.
    private(set) var lastRequestBytes = 0
    /// The bytes of the last request that `sendAvailable` left unsent.
    private var unsent = 0..<0

    init(output: OutputStream, broker: SocketAddress, clientID: String) {
        self.output = output
        nonblockingOutput = output as? any NonblockingOutputStream
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

    /// Sends one request whose body `body` encodes; returns its correlation id.
    ///
    /// - Parameter body: receives the writer, and the list of payloads to insert, each with its offset in the writer.
    ///   Payloads are written directly to the stream.
    func send(
        _ key: APIKey, version: Int16,
        _ body: (inout KafkaWriter, inout [(position: Int, payload: any RequestPayload)]) -> Void
    ) throws(KafkaError) -> Int32 {
        let correlationID = begin(key, version)
        var insertions: [(position: Int, payload: any RequestPayload)] = []
        body(&writer, &insertions)
        try finish(insertions)
        return correlationID
    }

    /// Like `send`, but writes only what the system accepts at once. Returns whether that is the whole request; if not,
    /// `sendUnsentBytes` must be called before the next request.
    func sendAvailable(
        _ key: APIKey, version: Int16, _ body: (inout KafkaWriter) -> Void
    ) throws(KafkaError) -> Bool {
        _ = begin(key, version)
        body(&writer)
        try complete(insertedBytes: 0)
        unsent = 0..<writer.bytes.count
        guard let output = nonblockingOutput else { return false }
        do throws(StreamError) {
            let count = try writer.bytes.withUnsafeBytes { (bytes) throws(StreamError) in
                try output.writeAvailable(bytes)
            }
            unsent = count..<writer.bytes.count
        } catch { throw .stream(error, broker: broker) }
        return unsent.isEmpty && !output.hasUnsentBytes
    }

    /// Writes the rest of a request of `sendAvailable`, blocking.
    func sendUnsentBytes() throws(KafkaError) {
        do throws(StreamError) {
            try nonblockingOutput?.sendUnsentBytes()
            try writer.bytes.withUnsafeBytes { (bytes) throws(StreamError) in
                try output.writeAll(UnsafeRawBufferPointer(rebasing: bytes[unsent]))
            }
        } catch { throw .stream(error, broker: broker) }
        unsent = 0..<0
    }

    /// Correlation ids run from 0 to `Int32.max` and restart at 0.
    static func correlationID(after id: Int32) -> Int32 { (id &+ 1) & .max }

    private func begin(_ key: APIKey, _ version: Int16) -> Int32 {
        let correlationID = nextCorrelationID
        nextCorrelationID = Self.correlationID(after: correlationID)
        writer.reset(isFlexible: key.isFlexible(version))
        writer.int32(0)
        RequestHeader(apiKey: key, apiVersion: version, correlationID: correlationID, clientID: clientID)
            .encode(into: &writer)
        return correlationID
    }

    /// Adds the size of the encoded request.
    private func complete(insertedBytes: Int) throws(KafkaError) {
        if let fault = writer.fault { throw .malformed(context: "own request to broker \(broker)", fault) }
        lastRequestBytes = writer.bytes.count + insertedBytes
        writer.bytes.patchBigEndian(Int32(clamping: writer.bytes.count - 4 + insertedBytes), at: 0)
    }

    private func finish(_ insertions: [(position: Int, payload: any RequestPayload)] = []) throws(KafkaError) {
        try complete(insertedBytes: insertions.reduce(0) { $0 + $1.payload.payloadBytes })
        do throws(StreamError) {
            try writer.bytes.withUnsafeBytes { (bytes) throws(StreamError) in
                var written = 0
                for (position, payload) in insertions {
                    try output.writeAll(UnsafeRawBufferPointer(rebasing: bytes[written..<position]))
                    try payload.withPayload { (records) throws(StreamError) in try output.writeAll(records) }
                    written = position
                }
                try output.writeAll(UnsafeRawBufferPointer(rebasing: bytes[written...]))
            }
        } catch { throw .stream(error, broker: broker) }
    }
}
