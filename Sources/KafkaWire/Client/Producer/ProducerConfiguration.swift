import KafkaProtocol

/// The batching, sending and retry settings of a producer. The names are Kafka's, with their unit.
public struct ProducerConfiguration: Sendable {
    /// The replicas that must store a batch (`acks`): all in-sync ones, the leader, or none (then nothing is retried).
    public enum Acknowledgements: Int16, Sendable { case all = -1, none = 0, leader = 1 }

    /// The acknowledgement that settles a batch (`acks`).
    public var acks = Acknowledgements.all
    /// Brokers drop duplicates and refuse batches out of order (`enable.idempotence`). Implies `acks` all.
    public var isIdempotent = true
    /// The codec of batches (`compression.type`).
    public var compression = CompressionCodec.none
    /// The level of each codec that has levels (`compression.gzip.level` and so on).
    public var compressionLevels = CompressionLevels()
    /// The time that a batch waits for more records (`linger.ms`); 0 sends as soon as the connection is free.
    public var lingerMilliseconds = 0
    /// The maximum number of bytes of a batch's records (`batch.size`). Kafka's brokers accept 1 MiB by default. With a
    /// codec it is the expected size of the compressed records, as in Kafka's Java client; the records themselves have
    /// then at most an eighth of the bytes that may be unacknowledged (see `bufferBytesMax`), if that is more.
    public var batchBytesMax = 1_000_000
    /// The maximum number of bytes of a request and of a record (`max.request.size`).
    public var requestBytesMax = 1_048_576
    /// The maximum number of unacknowledged bytes (`buffer.memory`); appending waits while it is exceeded, or while
    /// twice the requests that may be in flight, at least 8 MiB, are unacknowledged: more would only wait.
    public var bufferBytesMax = 32 << 20
    /// The maximum time that appending waits for the buffer or for metadata (`max.block.ms`); nil is without a limit.
    public var blockMillisecondsMax: Int? = 60_000
    /// The maximum time from the first record of a batch to its acknowledgement (`delivery.timeout.ms`); nil is without
    /// a limit.
    public var deliveryTimeoutMilliseconds: Int? = 120_000
    /// The maximum number of requests in flight to one broker: at most 5 if idempotent; otherwise 1 keeps the order.
    public var inFlightPerBrokerMax = 5
    /// The number of attempts after the first one to send a batch, whose connection was lost or which a broker refused
    /// temporarily (`retries`); the pauses between them are the client's `retryBackoffMilliseconds`.
    public var retriesMax = Int(Int32.max)
    /// How the partition of a record that names none is selected (`partitioner.class`).
    public var partitioner = Partitioner.murmur2Sticky
    /// Whether records with a key are treated as those without one (`partitioner.ignore.keys`).
    public var ignoresKeys = false
    /// Whether slow partitions get fewer records without a key (`partitioner.adaptive.partitioning.enable`, KIP-794).
    public var isPartitioningAdaptive = true
    /// The time after which a partition whose batches have not been sent gets no records without a key
    /// (`partitioner.availability.timeout.ms`); 0 is without a limit.
    public var partitionAvailabilityTimeoutMilliseconds = 0
    /// The id that makes the producer transactional (`transactional.id`): records are sent in transactions only, and a
    /// newer producer with the same id fences this one. Implies an idempotent producer.
    public var transactionalID: String?
    /// The time after which the coordinator aborts a transaction that has not ended (`transaction.timeout.ms`); at most
    /// the broker's `transaction.max.timeout.ms`.
    public var transactionTimeoutMilliseconds = 60_000
    /// Whether the broker may create a missing topic (`allow.auto.create.topics`).
    public var allowsTopicCreation = true
    /// The maximum age of topic metadata; nil is the client's `metadataMaxAgeMilliseconds`.
    public var metadataMaxAgeMilliseconds: Int?

    /// Kafka's defaults: idempotent, `acks` all, no compression, no linger time.
    public init() {}
}
