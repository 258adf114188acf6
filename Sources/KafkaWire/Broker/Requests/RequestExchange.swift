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
}

/// One request's header, and the decoding and encoding around its handler.
struct RequestExchange {
    let header: RequestHeader
    let context: RequestContext

    /// Decodes the body, handles it unless an interceptor decides otherwise, and encodes the response with its size and
    /// header.
    ///
    /// - Parameter handle: returns nil if the request has no response.
    func respond<Request: RefusableRequest & Sendable>(
        _ body: ByteReader, _: Request.Type, interceptors: RequestInterceptors,
        _ handle: (Request, RequestContext) throws -> Request.Response?
    ) throws -> [UInt8]? {
        let request: Request
        do throws(WireError) {
            // Kafka ignores bytes after the last field, and librdkafka 2.16 sends three when it requests all topics
            // (Metadata 13).
            var reader = KafkaReader(body, isFlexible: Request.isFlexible(header.apiVersion))
            request = try Request(from: &reader, version: header.apiVersion)
        } catch {
            throw ConnectionError.malformed(header.apiKey, error)
        }
        func response() throws -> [UInt8]? {
            try handle(request, context).map { try frame($0, version: header.apiVersion) }
        }
        let interception = interceptors.decide(
            InterceptedRequest(
                apiKey: header.apiKey, version: header.apiVersion, clientID: context.clientID,
                nodeID: context.node.id, message: request, topicName: interceptors.topicName))
        switch interception {
        case .handle, .hold: return try response()
        case .refuse(let code): return try frame(request.refusal(code), version: header.apiVersion)
        case .disconnect: throw ConnectionError.intercepted(header.apiKey)
        case .ignore: return nil
        case .handleThenDropResponse:
            _ = try response()
            return nil
        case .handleThenDisconnect:
            _ = try response()
            throw ConnectionError.intercepted(header.apiKey)
        }
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
