import Synchronization

/// Reads all partitions of one topic, without a group. One thread reads; any thread may `cancel()`.
public final class TopicReader: Sendable {
    public enum Isolation: Int8, Sendable { case readUncommitted = 0, readCommitted = 1 }

    public let topic: String

    /// Throws `.code(.unknownTopicOrPartition)` where the topic is not there.
    public init(_ client: KafkaClient, topic: String, isolation: Isolation = .readUncommitted) throws(KafkaError) {
        self.topic = topic
    }

    public var partitions: [Int32] { [] }
    public func seekToBeginning() throws(KafkaError) {}
    public func seekToEnd() throws(KafkaError) {}
    public func seek(partition: Int32, to offset: Int64) {}
    /// Partition to offset of the record that is read next.
    public var positions: [Int32: Int64] { [:] }
    public func endOffsets() throws(KafkaError) -> [Int32: Int64] { [:] }
    /// The next records; empty where none came in time.
    public func poll(maxWaitMilliseconds: Int) throws(KafkaError) -> [ConsumedRecord] { [] }
    /// Gives `body` every record up to the ends that the partitions had at the beginning of the call.
    public func readToEnd(_ body: (ConsumedRecord) throws -> Void) throws {}
    /// Ends a waiting call with `.closed`; so do all later ones.
    public func cancel() {}
}
