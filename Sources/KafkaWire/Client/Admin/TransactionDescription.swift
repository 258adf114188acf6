/// A producer that has written to a partition.
public struct ProducerDescription: Sendable, Equatable {
    /// The producer's id.
    public var producerID: Int64
    /// The epoch of its last batch.
    public var producerEpoch: Int32
    /// The sequence number of its last record; -1 if unknown.
    public var lastSequence: Int32
    /// The timestamp of its last batch, in milliseconds since 1970; nil if unknown.
    public var lastTimestampMilliseconds: Int64?
    /// The epoch of its transaction coordinator; nil if it has not ended a transaction.
    public var coordinatorEpoch: Int32?
    /// The offset at which its open transaction begins; nil if it has none.
    public var transactionStartOffset: Int64?
}

/// An entry of the list of transactions.
public struct TransactionListing: Sendable, Equatable {
    /// The producer's `transactional.id`.
    public var transactionalID: String
    /// The producer's id.
    public var producerID: Int64
    /// For example `Ongoing`.
    public var state: String
}

/// A transactional producer as its coordinator describes it.
public struct TransactionDescription: Sendable, Equatable {
    /// The producer's `transactional.id`.
    public var transactionalID: String
    /// `Empty`, `Ongoing`, `PrepareCommit`, `PrepareAbort`, `CompleteCommit`, `CompleteAbort` or `PrepareEpochFence`.
    public var state: String
    /// The producer's id.
    public var producerID: Int64
    /// The producer's epoch.
    public var producerEpoch: Int16
    /// The time after which the coordinator aborts the transaction.
    public var timeoutMilliseconds: Int32
    /// When the transaction began, in milliseconds since 1970; nil if none is open.
    public var startMilliseconds: Int64?
    /// The partitions of the transaction.
    public var partitions: [TopicPartition]
}

/// The open transaction of a producer in a partition that is to be aborted.
public struct AbortedTransaction: Sendable, Equatable {
    /// The partition.
    public var partition: TopicPartition
    /// The producer's id.
    public var producerID: Int64
    /// The producer's epoch.
    public var producerEpoch: Int16
    /// The epoch of the transaction coordinator.
    public var coordinatorEpoch: Int32

    /// The numbers are those that `describeProducers` reports.
    public init(_ partition: TopicPartition, producerID: Int64, producerEpoch: Int16, coordinatorEpoch: Int32) {
        self.partition = partition
        self.producerID = producerID
        self.producerEpoch = producerEpoch
        self.coordinatorEpoch = coordinatorEpoch
    }
}

/// The id and epoch that producers must exceed after they were fenced.
public struct FencedProducer: Sendable, Equatable {
    /// The producer's id.
    public var producerID: Int64
    /// Its epoch.
    public var producerEpoch: Int16
}
