@testable import KafkaWire
import WireCore
import WireTestSupport

/// Requests and responses of the captured conversations with brokers.
enum CapturedFrames {
    /// A request and the answer it got, without their sizes.
    struct Exchange {
        let header: RequestHeader
        let request: [UInt8]
        let response: [UInt8]?
    }

    static func exchanges(of conversation: Conversation) throws -> [Exchange] {
        let responses = frames(of: conversation.fromServer)
        return try frames(of: conversation.fromClient).enumerated().map { index, request in
            let header = try request.withUnsafeBytes { bytes in
                var reader = ByteReader(bytes)
                return try RequestHeader(from: &reader)
            }
            return Exchange(
                header: header, request: request, response: index < responses.count ? responses[index] : nil)
        }
    }

    private static func frames(of stream: [UInt8]) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var rest = stream[...]
        while rest.count >= 4 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard length <= rest.count - 4 else { break }
            frames.append(Array(rest.dropFirst(4).prefix(length)))
            rest = rest.dropFirst(4 + length)
        }
        return frames
    }

    /// The record batches that a produce request or a fetch response carries.
    static func recordSets(of exchange: Exchange) throws -> [[UInt8]] {
        let version = exchange.header.apiVersion
        guard exchange.header.apiKey.versions?.contains(version) == true else { return [] }
        switch exchange.header.apiKey {
        case .produce:
            return try exchange.request.withUnsafeBytes { bytes in
                var reader = ByteReader(bytes)
                _ = try RequestHeader(from: &reader)
                return try ProduceRequest.decode(reader, version: version).topicData
                    .flatMap { $0.partitionData.compactMap(\.records) }
            }
        case .fetch:
            return try (exchange.response ?? []).withUnsafeBytes { bytes in
                guard !bytes.isEmpty else { return [] }
                var reader = ByteReader(bytes)
                _ = try ResponseHeader(from: &reader, apiKey: .fetch, apiVersion: version)
                return try FetchResponse.decode(reader, version: version).responses
                    .flatMap { $0.partitions.compactMap(\.records) }
            }
        default: return []
        }
    }
}

/// The messages by their keys.
enum KafkaMessages {
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
