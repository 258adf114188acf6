import KafkaProtocol

/// The sizes of compressed batches.
extension ProducerCore {
    /// The records of a batch that are larger than `batch.size` are at most this part of the bytes that may be
    /// unacknowledged: the next batches are compressed while it is sent.
    private static let bufferShare = 8

    /// The maximum size of the records of a partition's next batch.
    ///
    /// Records are compressed when they are sent, so that they are in memory uncompressed until then. What a broker
    /// accepts is limited as what it receives, the compressed batch.
    func payloadBytesMax(of partition: Partition) -> Int {
        guard configuration.compression != .none else { return partition.batchBytesMax }
        let bytes = partition.topic.compressionRatio.payloadBytes(compressedTo: partition.batchBytesMax)
        return min(bytes, max(partition.batchBytesMax, bufferedBytesMax / Self.bufferShare))
    }

    /// The expected size of a batch of a partition as it is sent.
    func sentBytes(of payloadBytes: Int, _ partition: Partition) -> Int {
        guard configuration.compression != .none else { return payloadBytes }
        return partition.topic.compressionRatio.compressedBytes(of: payloadBytes)
    }

    /// Batches were compressed, to these sizes.
    mutating func compressed(_ assignments: [Assignment], _ sizes: [Int]) {
        for (assignment, bytes) in zip(assignments, sizes) {
            topics[assignment.place.topicIndex].compressionRatio.observe(
                compressedBytes: bytes, of: assignment.batch.payloadBytes)
        }
    }
}
