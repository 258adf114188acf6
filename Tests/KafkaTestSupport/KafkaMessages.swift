import KafkaProtocol

/// The generated messages, by API key.
package enum KafkaMessages {
    private static let types: [any KafkaRequest.Type] = [
        ProduceRequest.self, FetchRequest.self, ListOffsetsRequest.self, MetadataRequest.self, OffsetCommitRequest.self,
        OffsetFetchRequest.self, FindCoordinatorRequest.self, JoinGroupRequest.self, HeartbeatRequest.self,
        LeaveGroupRequest.self, SyncGroupRequest.self, DescribeGroupsRequest.self, ListGroupsRequest.self,
        ApiVersionsRequest.self, CreateTopicsRequest.self, DeleteTopicsRequest.self, InitProducerIdRequest.self,
        OffsetForLeaderEpochRequest.self, DescribeConfigsRequest.self, CreatePartitionsRequest.self,
        DeleteGroupsRequest.self, IncrementalAlterConfigsRequest.self, DescribeClusterRequest.self,
        DescribeTopicPartitionsRequest.self,
    ]

    package static let requests: [APIKey: any KafkaMessage.Type] =
        Dictionary(uniqueKeysWithValues: types.map { ($0.apiKey, $0 as any KafkaMessage.Type) })
    package static let responses: [APIKey: any KafkaMessage.Type] =
        Dictionary(uniqueKeysWithValues: types.map { ($0.apiKey, response(of: $0)) })

    private static func response<R: KafkaRequest>(of _: R.Type) -> any KafkaMessage.Type { R.Response.self }
}
