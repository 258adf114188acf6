import Foundation
import KafkaProtocol
import WireCore
import WireStreams

/// One client's connection: requests in, answers out, in their order. Lives on its own thread, which also waits where
/// a request has to wait; Kafka does not look at a connection's next request either before it has answered the last.
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
                let answer = try answer(UnsafeRawBufferPointer(rebasing: buffer.readable[range]))
                buffer.consume(range.upperBound)
                if let answer { try send(answer) }
            }
        } catch let fault as ConnectionError {
            Self.logger.warn("Closed the connection from \(clientHost): \(fault)")
        } catch let fault as WireError {
            Self.logger.warn("Closed the connection from \(clientHost): what it sends are no Kafka requests: \(fault)")
        } catch {
            // The client is gone, or too slow for an answer.
            Self.logger.debug("The connection from \(clientHost) ended: \(error)")
        }
        streams.canceller.cancel()
    }

    /// Waits for the next whole request; nil at the orderly end of the connection.
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
            let count = try buffer.fill(wanted: wanted) { (room) throws(StreamError) in
                try streams.input.readSome(into: room)
            }
            if count == 0 {
                if buffer.count > 0 { throw StreamError.closed }
                return nil
            }
        }
    }

    /// The framed answer; nil if none is due.
    private func answer(_ request: UnsafeRawBufferPointer) throws -> [UInt8]? {
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
        return try service.answer(RequestExchange(header: header, context: context), body: reader)
    }

    private func send(_ answer: [UInt8]) throws(StreamError) {
        streams.setTimeouts(limits.requestMilliseconds, limits.writeMilliseconds)
        try answer.span.bytes.withUnsafeBytes { (bytes) throws(StreamError) in try streams.output.writeAll(bytes) }
    }
}
