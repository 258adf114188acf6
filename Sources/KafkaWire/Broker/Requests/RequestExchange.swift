import KafkaProtocol
import WireCore

/// What a handler may want to know about who asks.
struct RequestContext: Sendable {
    let version: Int16
    let clientID: String
    /// As Kafka's tools show it: a slash and the address.
    let clientHost: String
}

/// One request's header and how to answer it.
struct RequestExchange {
    let header: RequestHeader
    let context: RequestContext

    /// Decodes the body, has it answered, and encodes the answer with size and header in front.
    ///
    /// - Parameter handle: returns nil where no answer is due.
    func answer<Request: KafkaRequest>(
        _ body: ByteReader, _: Request.Type, _ handle: (Request, RequestContext) throws -> Request.Response?
    ) throws -> [UInt8]? {
        let request: Request
        do throws(WireError) {
            // Kafka passes over what stands behind the last field, and librdkafka 2.16 asks for all topics with
            // three bytes too many (Metadata 13).
            var reader = KafkaReader(body, isFlexible: Request.isFlexible(header.apiVersion))
            request = try Request(from: &reader, version: header.apiVersion)
        } catch {
            throw ConnectionFault.malformed(header.apiKey, error)
        }
        guard let response = try handle(request, context) else { return nil }
        return try frame(response, version: header.apiVersion)
    }

    /// Size i32 | response header | response. Throws where the answer is too long for a frame.
    func frame<Response: KafkaMessage>(
        _ response: Response, version: Int16
    ) throws(ConnectionFault) -> [UInt8] {
        var writer = KafkaWriter(isFlexible: Response.isFlexible(version))
        writer.int32(0)
        ResponseHeader(correlationID: header.correlationID).encode(
            into: &writer, apiKey: header.apiKey, apiVersion: version)
        response.encode(into: &writer, version: version)
        if let fault = writer.fault { throw .malformed(header.apiKey, fault) }
        let size = writer.bytes.count - RequestFramer.sizeBytes
        guard let framed = Int32(exactly: size) else { throw .tooLarge(header.apiKey, bytes: size) }
        writer.bytes.patchBigEndian(framed, at: 0)
        return writer.bytes.array()
    }
}
