import KafkaProtocol

/// How a producer gathers, sends and retries. The names are Kafka's, with their unit.
public struct ProducerConfiguration: Sendable {
    /// `acks`: all in-sync replicas, the leader only, or nobody (then nothing is ever retried).
    public enum Acknowledgements: Int16, Sendable { case all = -1, none = 0, leader = 1 }

    public var acks = Acknowledgements.all
    /// With a producer id, the brokers drop what a retry repeats and refuse what arrives out of order.
    public var isIdempotent = true
    public var compression = CompressionCodec.none
    /// zlib's level for gzip, 1 to 9; -1 is zlib's own choice.
    public var compressionLevel: Int32 = -1
    /// How long a batch waits for more records; 0 sends what is there as soon as the connection is free.
    public var lingerMilliseconds = 0
    /// A batch is closed when its records have so many bytes. Kafka's brokers take 1 MiB by default.
    public var batchBytesMax = 1_000_000
    /// Requests and single records are kept below this (`max.request.size`).
    public var requestBytesMax = 1_048_576
    /// `append` blocks while so many bytes wait for their acknowledgement (`buffer.memory`).
    public var bufferBytesMax = 32 << 20
    /// How long `append` and `topic` may block; nil: for ever (`max.block.ms`).
    public var blockMillisecondsMax: Int? = 60_000
    /// How long a batch may be under way with all its retries; nil: for ever (`delivery.timeout.ms`).
    public var deliveryTimeoutMilliseconds: Int? = 120_000
    /// Requests under way to one broker; at most 5 for an idempotent producer, else 1 keeps the order.
    public var inFlightPerBrokerMax = 5
    /// Whether a topic that is not there is asked for in a way that lets the broker create it.
    public var allowsTopicCreation = true
    /// How old what is known of the topics may become; nil: as the client's `metadata.max.age.ms` says.
    public var metadataMaxAgeMilliseconds: Int?

    public init() {}
}
