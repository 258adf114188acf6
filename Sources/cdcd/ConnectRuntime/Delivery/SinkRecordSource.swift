import ConnectData
import KafkaProtocol
import KafkaWire

/// The consumer of a sink task. Used by the task's thread only.
package protocol SinkRecordSource: AnyObject {
    func subscribe(to topics: SinkTopics) throws

    /// Waits for records, at most for the given time or until another thread wakes it. Rebalances and ends of commits
    /// are reported to the listener before it returns.
    ///
    /// - Returns: the records of each partition, in their order.
    /// - Throws: `KafkaError`.
    func poll(timeoutMilliseconds: Int, _ listener: any SinkRecordSourceListener) throws -> [SinkRecordBatch]

    /// The offset of the next record of an assigned partition: the committed one, or that of the reset policy.
    func position(of partition: TopicPartition) throws -> Int64
    func seek(_ offsets: [TopicPartition: Int64]) throws
    /// Returns no records of these partitions until `resume`.
    func pause(_ partitions: Set<TopicPartition>) throws
    func resume(_ partitions: Set<TopicPartition>) throws

    /// Commits offsets and waits for the end, at most for the given time.
    func commit(_ offsets: [TopicPartition: Int64], timeoutMilliseconds: Int) throws
    /// Begins to commit offsets. The end is reported with the sequence number during a later `poll`.
    func beginCommit(_ offsets: [TopicPartition: Int64], sequence: Int)
}

/// What happens while a sink task polls its consumer.
package protocol SinkRecordSourceListener: AnyObject {
    func assigned(_ partitions: Set<TopicPartition>)
    /// The consumer still owns the partitions and may commit their offsets.
    func revoked(_ partitions: Set<TopicPartition>)
    /// Another member may own the partitions already.
    func lost(_ partitions: Set<TopicPartition>)
    func commitEnded(sequence: Int, failure: String?)
}

/// Consumed records of one partition.
package struct SinkRecordBatch {
    package let partition: TopicPartition
    package let records: [ConsumedRecord]

    package init(partition: TopicPartition, records: [ConsumedRecord]) {
        self.partition = partition
        self.records = records
    }
}
