import KafkaProtocol

/// The generated messages, by API key.
package enum KafkaMessages {
    private static let types: [any KafkaRequest.Type] = [
        ProduceRequest.self, FetchRequest.self, ListOffsetsRequest.self, MetadataRequest.self,
        OffsetCommitRequest.self, OffsetFetchRequest.self, FindCoordinatorRequest.self, JoinGroupRequest.self,
        HeartbeatRequest.self, LeaveGroupRequest.self, SyncGroupRequest.self, DescribeGroupsRequest.self,
        ListGroupsRequest.self, SaslHandshakeRequest.self, ApiVersionsRequest.self, CreateTopicsRequest.self,
        DeleteTopicsRequest.self, DeleteRecordsRequest.self, InitProducerIdRequest.self,
        OffsetForLeaderEpochRequest.self, AddPartitionsToTxnRequest.self, AddOffsetsToTxnRequest.self,
        EndTxnRequest.self, WriteTxnMarkersRequest.self, TxnOffsetCommitRequest.self, DescribeAclsRequest.self,
        CreateAclsRequest.self, DeleteAclsRequest.self, DescribeConfigsRequest.self, AlterConfigsRequest.self,
        AlterReplicaLogDirsRequest.self, DescribeLogDirsRequest.self, SaslAuthenticateRequest.self,
        CreatePartitionsRequest.self, DeleteGroupsRequest.self, ElectLeadersRequest.self,
        IncrementalAlterConfigsRequest.self, AlterPartitionReassignmentsRequest.self,
        ListPartitionReassignmentsRequest.self, OffsetDeleteRequest.self, DescribeClientQuotasRequest.self,
        AlterClientQuotasRequest.self, DescribeUserScramCredentialsRequest.self,
        AlterUserScramCredentialsRequest.self, DescribeQuorumRequest.self, UpdateFeaturesRequest.self,
        DescribeClusterRequest.self, DescribeProducersRequest.self, DescribeTransactionsRequest.self,
        ListTransactionsRequest.self, ConsumerGroupHeartbeatRequest.self, ConsumerGroupDescribeRequest.self,
        ListConfigResourcesRequest.self, DescribeTopicPartitionsRequest.self,
    ]

    package static let requests: [APIKey: any KafkaMessage.Type] =
        Dictionary(uniqueKeysWithValues: types.map { ($0.apiKey, $0 as any KafkaMessage.Type) })
    package static let responses: [APIKey: any KafkaMessage.Type] =
        Dictionary(uniqueKeysWithValues: types.map { ($0.apiKey, response(of: $0)) })

    private static func response<R: KafkaRequest>(of _: R.Type) -> any KafkaMessage.Type { R.Response.self }
}
