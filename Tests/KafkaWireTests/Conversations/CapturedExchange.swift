import Testing
import WireCore
import WireTestSupport

@testable import KafkaWire

/// A request of a captured conversation and the answer it got, each as bytes without the size.
struct CapturedExchange {
    let request: [UInt8]
    /// Nil where the connection ended first.
    let response: [UInt8]?
    let header: RequestHeader
    /// The request's body.
    let body: [UInt8]

    /// Pairs the frames of both directions in order, as brokers answer.
    static func all(of conversation: Conversation) throws -> [CapturedExchange] {
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
    func responseBody() throws -> [UInt8]? {
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
struct FrameDecoder: StreamDecoder {
    private let framer = ResponseFramer(frameBytesMax: 1 << 20)

    func next(in arrived: UnsafeRawBufferPointer) throws -> (message: [UInt8], consumedBytes: Int)? {
        switch try framer.next(in: arrived) {
        case .needMore(let wanted):
            try #require(wanted > arrived.count)
            return nil
        case .frame(let body, let totalBytes): return ([UInt8](arrived[body]), totalBytes)
        }
    }
}

/// Decoding by key and version, for tests that go over whatever was captured.
enum AnyMessage {
    /// Decodes a body and encodes it again.
    static func roundTrip(
        _ key: APIKey, version: Int16, isRequest: Bool, _ body: UnsafeRawBufferPointer
    ) throws -> [UInt8] {
        try message(key, version: version, isRequest: isRequest, body).encoded(version: version)
    }

    static func message(
        _ key: APIKey, version: Int16, isRequest: Bool, _ body: UnsafeRawBufferPointer
    ) throws -> any KafkaMessage {
        let type = try #require(isRequest ? requests[key] : responses[key], "\(key)")
        return try decode(type, version, body)
    }

    private static func decode<M: KafkaMessage>(
        _: M.Type, _ version: Int16, _ body: UnsafeRawBufferPointer
    ) throws -> any KafkaMessage {
        try M.decode(ByteReader(body), version: version)
    }

    private static let types: [any KafkaRequest.Type] = [
        ProduceRequest.self, FetchRequest.self, ListOffsetsRequest.self, MetadataRequest.self, OffsetCommitRequest.self,
        OffsetFetchRequest.self, FindCoordinatorRequest.self, JoinGroupRequest.self, HeartbeatRequest.self,
        LeaveGroupRequest.self, SyncGroupRequest.self, DescribeGroupsRequest.self, ListGroupsRequest.self,
        ApiVersionsRequest.self, CreateTopicsRequest.self, DeleteTopicsRequest.self, InitProducerIdRequest.self,
        OffsetForLeaderEpochRequest.self, DescribeConfigsRequest.self, CreatePartitionsRequest.self,
        DeleteGroupsRequest.self, IncrementalAlterConfigsRequest.self, DescribeClusterRequest.self,
        DescribeTopicPartitionsRequest.self,
    ]

    static let requests: [APIKey: any KafkaMessage.Type] =
        Dictionary(uniqueKeysWithValues: types.map { ($0.apiKey, $0 as any KafkaMessage.Type) })
    static let responses: [APIKey: any KafkaMessage.Type] =
        Dictionary(uniqueKeysWithValues: types.map { ($0.apiKey, response(of: $0)) })

    private static func response<R: KafkaRequest>(of _: R.Type) -> any KafkaMessage.Type { R.Response.self }
}
