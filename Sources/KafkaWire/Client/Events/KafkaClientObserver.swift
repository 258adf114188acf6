import KafkaProtocol
import WireStreams

/// Receives the events of a client, its producers and consumers: see `KafkaClientConfiguration.observer`.
///
/// Every function has an empty default. They are called on the client's threads at the time of the event, possibly
/// concurrently, never once per record, and block the client while they run.
public protocol KafkaClientObserver: Sendable {
    /// A connection is established: open, versions negotiated, authenticated.
    ///
    /// - Parameter milliseconds: the duration of the set-up.
    func connectionOpened(to broker: SocketAddress, milliseconds: Int)

    /// A connection could not be established.
    func connectionFailed(to broker: SocketAddress, _ error: KafkaError)

    /// An established connection is closed.
    ///
    /// - Parameter error: the error that ended it; nil if the client has closed it.
    func connectionClosed(to broker: SocketAddress, _ error: KafkaError?)

    /// A request was written.
    func requestSent(_ request: KafkaRequestEvent)

    /// A response was received; `responseBytes` and `latencyMicroseconds` are set.
    func requestAnswered(_ request: KafkaRequestEvent)

    /// The broker delays the client because of a quota.
    func throttled(by broker: SocketAddress, milliseconds: Int)

    /// The brokers and some or all topics were fetched.
    func metadataRefreshed(brokerCount: Int, topicCount: Int)

    /// No known broker can be reached, or a broker requires it: the bootstrap servers are used again.
    func rebootstrapped(reason: String)

    /// The brokers are now those of another cluster: another one uses the addresses, or it was created again.
    func clusterIDChanged(from old: String, to new: String)

    /// An operation is retried after a pause.
    func retrying(_ operation: String, after error: KafkaError, pauseMilliseconds: Int)

    /// A producer sends a batch, for the first time or as a retry.
    func batchSent(_ batch: KafkaBatchEvent)

    /// A batch is stored as `acks` requires.
    func batchAcknowledged(_ batch: KafkaBatchEvent)

    /// A batch has failed permanently.
    func batchFailed(_ batch: KafkaBatchEvent, _ error: KafkaError)

    /// A batch will be retried.
    ///
    /// - Parameter code: the broker's error; nil if the connection was lost.
    func batchRetried(topic: String, partition: Int32, code: KafkaErrorCode?)

    /// A consumer has received records of a partition.
    func recordsFetched(_ records: KafkaFetchEvent)

    /// The position of a consumer or `TopicReader` was not valid any more: it continues at another one.
    func positionReset(_ position: KafkaPositionEvent)

    /// A consumer has joined its group, or its group has rebalanced.
    ///
    /// - Parameter generation: the group's generation, or the member's epoch (KIP-848).
    func groupJoined(group: String, generation: Int32, partitionCount: Int, milliseconds: Int)

    /// The coordinator has answered a heartbeat of a consumer.
    func groupHeartbeat(group: String, milliseconds: Int)

    /// A consumer has been assigned partitions.
    func partitionsAssigned(_ partitions: [TopicPartition], group: String)

    /// Partitions of a consumer are assigned to other members.
    func partitionsRevoked(_ partitions: [TopicPartition], group: String)

    /// A consumer was removed from its group: its partitions may belong to other members.
    func partitionsLost(_ partitions: [TopicPartition], group: String)

    /// A consumer has committed offsets.
    func offsetsCommitted(group: String, partitionCount: Int, milliseconds: Int)
}

extension KafkaClientObserver {
    public func connectionOpened(to broker: SocketAddress, milliseconds: Int) {}
    public func connectionFailed(to broker: SocketAddress, _ error: KafkaError) {}
    public func connectionClosed(to broker: SocketAddress, _ error: KafkaError?) {}
    public func requestSent(_ request: KafkaRequestEvent) {}
    public func requestAnswered(_ request: KafkaRequestEvent) {}
    public func throttled(by broker: SocketAddress, milliseconds: Int) {}
    public func metadataRefreshed(brokerCount: Int, topicCount: Int) {}
    public func rebootstrapped(reason: String) {}
    public func clusterIDChanged(from old: String, to new: String) {}
    public func retrying(_ operation: String, after error: KafkaError, pauseMilliseconds: Int) {}
    public func batchSent(_ batch: KafkaBatchEvent) {}
    public func batchAcknowledged(_ batch: KafkaBatchEvent) {}
    public func batchFailed(_ batch: KafkaBatchEvent, _ error: KafkaError) {}
    public func batchRetried(topic: String, partition: Int32, code: KafkaErrorCode?) {}
    public func recordsFetched(_ records: KafkaFetchEvent) {}
    public func positionReset(_ position: KafkaPositionEvent) {}
    public func groupJoined(group: String, generation: Int32, partitionCount: Int, milliseconds: Int) {}
    public func groupHeartbeat(group: String, milliseconds: Int) {}
    public func partitionsAssigned(_ partitions: [TopicPartition], group: String) {}
    public func partitionsRevoked(_ partitions: [TopicPartition], group: String) {}
    public func partitionsLost(_ partitions: [TopicPartition], group: String) {}
    public func offsetsCommitted(group: String, partitionCount: Int, milliseconds: Int) {}
}
