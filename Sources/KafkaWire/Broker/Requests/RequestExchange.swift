import Foundation
import KafkaProtocol
import WireCore
import WireStreams

/// The request's version and its client.
struct RequestContext: Sendable {
    let version: Int16
    let clientID: String
    /// In the form of Kafka's tools: a slash and the address.
    let clientHost: String
    /// The node that the client is connected to, and the name of the listener.
    let node: BrokerNode
    let listenerName: String
    /// Who has authenticated; clients of listeners without SASL are `ANONYMOUS`.
    let user: String
    /// What the handler must refuse, for requests whose partitions only it knows.
    var refusal: EntryRefusal?

    init(
        version: Int16, clientID: String, clientHost: String, node: BrokerNode, listenerName: String,
        user: String? = nil
    ) {
        self.version = version
        self.clientID = clientID
        self.clientHost = clientHost
        self.node = node
        self.listenerName = listenerName
        self.user = user ?? "ANONYMOUS"
    }
}

/// What a connection does after a request.
struct RequestAnswer {
    /// The framed response, or nil if there is none.
    var bytes: [UInt8]?
    /// How long the connection reads no further request after it (KIP-219).
    var muteMilliseconds = 0
}

/// One request's header, and the decoding and encoding around its handler.
struct RequestExchange {
    let header: RequestHeader
    let context: RequestContext

    /// Decodes the body, handles it unless an interceptor decides otherwise, and encodes the response with its size and
    /// header.
    ///
    /// - Parameters:
    ///   - quotas: limit the client.
    ///   - handle: returns nil if the request has no response.
    func respond<Request: RefusableRequest & Sendable>(
        _ body: ByteReader, _: Request.Type, interceptors: RequestInterceptors, quotas: QuotaEnforcement? = nil,
        _ handle: (Request, RequestContext) throws -> Request.Response?
    ) throws -> RequestAnswer {
        let request: Request
        do throws(WireError) {
            // Kafka ignores bytes after the last field, and librdkafka 2.16 sends three when it requests all topics
            // (Metadata 13).
            var reader = KafkaReader(body, isFlexible: Request.isFlexible(header.apiVersion))
            request = try Request(from: &reader, version: header.apiVersion)
        } catch {
            throw ConnectionError.malformed(header.apiKey, error)
        }
        let interception = interceptors.decide(intercepted(request, interceptors))
        context.node.pause(milliseconds: interception.delayMilliseconds)
        interceptors.moveLeaders(of: interception, .before)
        var response: Request.Response?
        let quotas = quotas?.isIdle == false ? quotas : nil
        let processorNanosecondsBefore = quotas == nil ? 0 : Self.processorNanoseconds
        switch interception.outcome {
        case .disconnect: throw ConnectionError.intercepted(header.apiKey)
        case .ignore: return RequestAnswer(bytes: nil)
        case .handle, .handleThenDropResponse, .handleThenDisconnect: response = try handle(request, context)
        case .refuse(let filter, let code):
            let refusal = EntryRefusal(code: code, filter: filter, topicName: interceptors.topicName)
            response = try request.response(refusing: refusal, version: header.apiVersion) { part, refusal in
                var context = context
                context.refusal = refusal
                return try handle(part, context)
            }
        }
        interceptors.moveLeaders(of: interception, .after)
        switch interception.outcome {
        case .handleThenDropResponse: return RequestAnswer(bytes: nil)
        case .handleThenDisconnect: throw ConnectionError.intercepted(header.apiKey)
        // A producer without acknowledgements notices an error by the end of the connection.
        case .refuse(_, let code) where !request.isAnswered: throw ConnectionError.unacknowledged(code)
        case .handle, .refuse, .disconnect, .ignore: break
        }
        var throttleTimeMilliseconds = interception.throttleTimeMilliseconds
        if let quotas {
            let throttle = quotas.throttleMilliseconds(
                request, response, requestBytes: body.remainingBytes,
                processorNanoseconds: Self.processorNanoseconds - processorNanosecondsBefore, context)
            throttleTimeMilliseconds = max(throttleTimeMilliseconds, throttle, response?.throttleTimeMilliseconds ?? 0)
        }
        if throttleTimeMilliseconds > 0 { response?.throttleTimeMilliseconds = throttleTimeMilliseconds }
        return RequestAnswer(
            bytes: try response.map { try frame($0, version: header.apiVersion) },
            muteMilliseconds: Int(throttleTimeMilliseconds))
    }

    /// The processor time of this thread.
    private static var processorNanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private func intercepted<Request: RefusableRequest & Sendable>(
        _ request: Request, _ interceptors: RequestInterceptors
    ) -> InterceptedRequest {
        InterceptedRequest(
            apiKey: header.apiKey, version: header.apiVersion, clientID: context.clientID,
            nodeID: context.node.id, message: request,
            entries: {
                let entries = request.requestEntries + interceptors.impliedEntries(request, context.node.id)
                return entries.map { $0.named(by: interceptors.topicName) }
            })
    }

    /// Size i32 | response header | response. Throws if the response is too long for a frame.
    func frame<Response: KafkaMessage>(
        _ response: Response, version: Int16
    ) throws(ConnectionError) -> [UInt8] {
        var writer = KafkaWriter(isFlexible: Response.isFlexible(version))
        writer.int32(0)
        ResponseHeader(correlationID: header.correlationID).encode(
            into: &writer, apiKey: header.apiKey, apiVersion: version)
        response.encode(into: &writer, version: version)
        if let error = writer.fault { throw .malformed(header.apiKey, error) }
        let size = writer.bytes.count - MessageFramer.sizeBytes
        guard let framed = Int32(exactly: size) else { throw .tooLarge(header.apiKey, bytes: size) }
        writer.bytes.patchBigEndian(framed, at: 0)
        return writer.bytes.array()
    }
}
