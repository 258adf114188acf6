import Foundation
import KafkaProtocol
import WireCore
import WireStreams

/// Serves one client's connection on its own thread: receives requests and sends responses, in order. The thread blocks
/// while a request waits; Kafka does not process a connection's next request before it has answered the last one
/// either.
final class ClientConnection {
    private static let logger = Logger("cdcd.broker.Connection")

    private let streams: StreamPair
    private let service: BrokerService
    private let limits: BrokerLimits
    private let framer: MessageFramer
    private let clientHost: String
    private var buffer = ReceiveBuffer(capacityBytes: 64 << 10)

    init(streams: StreamPair, service: BrokerService) {
        self.streams = streams
        self.service = service
        limits = service.configuration.limits
        framer = MessageFramer(
            messageBytesMin: MessageFramer.requestBytesMin, messageBytesMax: limits.requestBytesMax)
        clientHost = "/" + (streams.peerHost() ?? "unknown")
    }

    /// Serves requests until the connection ends.
    func serve() {
        do {
            while let range = try receive() {
                let response = try response(to: UnsafeRawBufferPointer(rebasing: buffer.readable[range]))
                buffer.consume(range.upperBound)
                if let response { try send(response) }
            }
        } catch let error as ConnectionError {
            Self.logger.warn("Closed the connection from \(clientHost): \(error)")
        } catch let error as WireError {
            Self.logger.warn("Closed the connection from \(clientHost): not a Kafka request: \(error)")
        } catch {
            // The client disconnected, or reads the response too slowly.
            Self.logger.debug("The connection from \(clientHost) ended: \(error)")
        }
        streams.canceller.cancel()
    }

    /// Waits for the next whole request. Returns nil if the client closed the connection between two requests.
    private func receive() throws -> Range<Int>? {
        var deadline: MonotonicInstant?
        while true {
            let wanted: Int
            switch try framer.next(in: buffer.readable) {
            case .frame(let range, _): return range
            case .needMore(let bytes): wanted = bytes
            }
            if buffer.count > 0, deadline == nil {
                deadline = .now.advanced(byMilliseconds: limits.requestMilliseconds)
            }
            let timeoutMilliseconds = deadline?.milliseconds(since: .now) ?? limits.idleMilliseconds
            guard timeoutMilliseconds > 0 else { throw StreamError.timedOut(milliseconds: limits.requestMilliseconds) }
            streams.setTimeouts(timeoutMilliseconds, limits.writeMilliseconds)
            let count = try buffer.fill(wanted: wanted) { (buffer) throws(StreamError) in
                try streams.input.readSome(into: buffer)
            }
            if count == 0 {
                if buffer.count > 0 { throw StreamError.closed }
                return nil
            }
        }
    }

    /// Returns the framed response, or nil if the request has none.
    private func response(to request: UnsafeRawBufferPointer) throws -> [UInt8]? {
        var reader = ByteReader(request)
        let header: RequestHeader
        do throws(WireError) {
            header = try RequestHeader(from: &reader)
        } catch {
            throw ConnectionError.malformed(nil, error)
        }
        guard header.apiKey == .produce || request.count <= limits.plainRequestBytesMax else {
            throw ConnectionError.tooLarge(header.apiKey, bytes: request.count)
        }
        let context = RequestContext(
            version: header.apiVersion, clientID: header.clientID ?? "", clientHost: clientHost)
        return try service.respond(to: RequestExchange(header: header, context: context), body: reader)
    }

    private func send(_ response: [UInt8]) throws(StreamError) {
        streams.setTimeouts(limits.requestMilliseconds, limits.writeMilliseconds)
        try response.span.bytes.withUnsafeBytes { (bytes) throws(StreamError) in try streams.output.writeAll(bytes) }
    }
}
