import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

/// A request of a captured conversation and the answer it got, each as bytes without the size.
package struct CapturedExchange {
    package let request: [UInt8]
    /// nil if the connection ended first.
    package let response: [UInt8]?
    package let header: RequestHeader
    /// The request's body.
    package let body: [UInt8]

    /// Pairs the frames of both directions in order, as brokers answer.
    package static func all(of conversation: Conversation) throws -> [CapturedExchange] {
        let requests = try frames(of: conversation.fromClient)
        let responses = try frames(of: conversation.fromServer)
        return try requests.enumerated().map { index, request in
            let (header, body) = try request.withUnsafeBytes { bytes in
                var reader = ByteReader(bytes)
                let header = try RequestHeader(from: &reader)
                return (header, reader.rest().array())
            }
            return CapturedExchange(
                request: request, response: index < responses.count ? responses[index] : nil, header: header,
                body: body)
        }
    }

    /// What the broker answered, without its header; checks the correlation id.
    package func responseBody() throws -> [UInt8]? {
        try response?.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            let answer = try ResponseHeader(from: &reader, apiKey: header.apiKey, apiVersion: header.apiVersion)
            try #require(answer.correlationID == header.correlationID)
            return reader.rest().array()
        }
    }

    private static func frames(of stream: [UInt8]) throws -> [[UInt8]] {
        try messages(of: stream, fed: .whole, to: FrameDecoder())
    }
}

/// The framer as the feeding tests drive it.
package struct FrameDecoder: StreamDecoder {
    private let framer = MessageFramer(
        messageBytesMin: MessageFramer.responseBytesMin, messageBytesMax: 1 << 20)

    package init() {}

    package func next(in arrived: UnsafeRawBufferPointer) throws -> (message: [UInt8], consumedBytes: Int)? {
        switch try framer.next(in: arrived) {
        case .needMore(let wanted):
            try #require(wanted > arrived.count)
            return nil
        case .frame(let body, let totalBytes): return ([UInt8](arrived[body]), totalBytes)
        }
    }
}
