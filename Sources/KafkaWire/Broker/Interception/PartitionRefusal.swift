import KafkaProtocol

/// A partition in a response, with an error code of its own.
protocol PartitionRefusal {
    init()
    var partitionIndex: Int32 { get set }
    var errorCode: KafkaErrorCode { get set }
}

/// A topic in a response whose partitions have error codes of their own.
protocol TopicRefusal {
    associatedtype Partition: PartitionRefusal
    init()
    var name: String { get set }
    var partitions: [Partition] { get set }
}

extension TopicRefusal {
    /// - Parameter partitions: those that have the error.
    init(_ name: String, _ partitions: [Int32], _ code: KafkaErrorCode) {
        self.init()
        self.name = name
        self.partitions = partitions.map { index in
            var partition = Partition()
            partition.partitionIndex = index
            partition.errorCode = code
            return partition
        }
    }
}

extension ListOffsetsResponse.ListOffsetsPartitionResponse: PartitionRefusal {}
extension ListOffsetsResponse.ListOffsetsTopicResponse: TopicRefusal {}
extension OffsetCommitResponse.Partition: PartitionRefusal {}
extension OffsetCommitResponse.Topic: TopicRefusal {}
extension OffsetDeleteResponse.Partition: PartitionRefusal {}
extension OffsetDeleteResponse.Topic: TopicRefusal {}
extension TxnOffsetCommitResponse.Partition: PartitionRefusal {}
extension TxnOffsetCommitResponse.Topic: TopicRefusal {}
extension WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult: PartitionRefusal {}
extension WriteTxnMarkersResponse.WritableTxnMarkerTopicResult: TopicRefusal {}
extension DescribeProducersResponse.PartitionResponse: PartitionRefusal {}
extension DescribeProducersResponse.TopicResponse: TopicRefusal {}
