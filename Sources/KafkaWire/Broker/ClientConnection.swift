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
    /// Tokens without a header are as short as the client wants.
    private let tokenFramer = MessageFramer(
        messageBytesMin: 0, messageBytesMax: ConnectionAuthentication.requestBytesMax)
    private let requestFramerBeforeAuthentication = MessageFramer(
        messageBytesMin: MessageFramer.requestBytesMin, messageBytesMax: ConnectionAuthentication.requestBytesMax)
    private let clientHost: String
    private let node: BrokerNode
    private let listenerName: String
    private var authentication: ConnectionAuthentication
    private var buffer = ReceiveBuffer(capacityBytes: 64 << 10)

    init(streams: StreamPair, listener: ServerListener, node: BrokerNode, service: BrokerService) {
        self.streams = streams
        self.service = service
        limits = service.configuration.limits
        framer = MessageFramer(
            messageBytesMin: MessageFramer.requestBytesMin, messageBytesMax: limits.requestBytesMax)
        clientHost = "/" + (streams.peerHost() ?? "unknown")
        self.node = node
        listenerName = listener.name
        authentication = ConnectionAuthentication(
            usesSASL: listener.securityProtocol.usesSASL,
            sessionMilliseconds: service.configuration.security.reauthenticationMilliseconds)
    }

    /// Serves a new connection of a node's listener until it ends.
    static func serve(
        _ streams: StreamPair, from listener: ServerListener, of node: BrokerNode, service: BrokerService
    ) {
        let milliseconds = service.configuration.limits.requestMilliseconds
        do throws(StreamError) {
            let throttle = service.quotaEnforcement.throttleMilliseconds(
                connectionFrom: streams.peerHost() ?? "unknown")
            guard throttle == 0 else {
                // As Kafka does (KIP-612).
                node.pause(milliseconds: throttle)
                return streams.canceller.cancel()
            }
            let secured = try listener.secured(streams, milliseconds: milliseconds)
            ClientConnection(streams: secured, listener: listener, node: node, service: service).serve()
        } catch {
            logger.warn("Closed the connection from /\(streams.peerHost() ?? "unknown") to \(listener.name): \(error)")
            streams.canceller.cancel()
        }
    }

    /// Serves requests until the connection ends.
    func serve() {
        do {
            while let range = try receive() {
                let message = UnsafeRawBufferPointer(rebasing: buffer.readable[range])
                let answer =
                    authentication.awaitsBareToken
                    ? RequestAnswer(bytes: answer(toToken: message)) : try answer(to: message)
                buffer.consume(range.upperBound)
                if let response = answer.bytes { try send(response) }
                if authentication.hasFailed { throw ConnectionError.authenticationFailed }
                node.pause(milliseconds: answer.muteMilliseconds)
            }
        } catch let error as ConnectionError {
            Self.logger.warn("Closed the connection from \(clientHost): \(error)")
        } catch let error as WireError {
            Self.logger.warn("Closed the connection from \(clientHost): not a Kafka request: \(error)")
        } catch {
            // The client disconnected, or reads the response too slowly.
            Self.logger.debug("The connection from \(clientHost) ended: \(error)")
        }
        streams.close()
    }

    /// Waits for the next whole request. Returns nil if the client closed the connection between two requests.
    private func receive() throws -> Range<Int>? {
        var deadline: MonotonicInstant?
        while true {
            let wanted: Int
            switch try currentFramer.next(in: buffer.readable) {
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

    private var currentFramer: MessageFramer {
        if authentication.awaitsBareToken { return tokenFramer }
        return authentication.isAuthenticated ? framer : requestFramerBeforeAuthentication
    }

    private func answer(to request: UnsafeRawBufferPointer) throws -> RequestAnswer {
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
            version: header.apiVersion, clientID: header.clientID ?? "", clientHost: clientHost,
            node: node, listenerName: listenerName, user: authentication.user)
        if let reason = authentication.refusal(of: header.apiKey, now: .now) {
            throw ConnectionError.unauthenticated(reason)
        }
        let exchange = RequestExchange(header: header, context: context)
        guard service.serves(header.apiKey, version: header.apiVersion) else {
            return try service.respond(to: exchange, body: reader)
        }
        switch header.apiKey {
        case .saslHandshake:
            return try exchange.respond(reader, SaslHandshakeRequest.self, interceptors: service.interceptors) {
                request, context in
                authentication.handshake(request, version: context.version, nonce: SCRAM.makeNonce())
            }
        case .saslAuthenticate:
            return try exchange.respond(reader, SaslAuthenticateRequest.self, interceptors: service.interceptors) {
                request, context in
                authentication.authenticate(
                    request.authBytes, version: context.version, service.users, now: .now)
            }
        default: return try service.respond(to: exchange, body: reader)
        }
    }

    /// The answer to a token after SaslHandshake version 0: its size and its bytes, or nothing if it is refused.
    private func answer(toToken token: UnsafeRawBufferPointer) -> [UInt8]? {
        let response = authentication.authenticate(Array(token), version: 0, service.users, now: .now)
        guard response.errorCode == .none else { return nil }
        var writer = ByteWriter()
        writer.bigEndian(UInt32(response.authBytes.count))
        return writer.array() + response.authBytes
    }

    private func send(_ response: [UInt8]) throws(StreamError) {
        streams.setTimeouts(limits.requestMilliseconds, limits.writeMilliseconds)
        try response.span.bytes.withUnsafeBytes { (bytes) throws(StreamError) in try streams.output.writeAll(bytes) }
    }
}
