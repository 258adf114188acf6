/// One message on its way from a source connector to Kafka, before conversion to bytes.
public struct ConnectRecord: Sendable, Hashable {
    public struct Header: Sendable, Hashable {
        public let name: String
        public let schema: Schema?
        public let value: ConnectValue

        public init(_ name: String, schema: Schema?, value: ConnectValue) {
            self.name = name
            self.schema = schema
            self.value = value
        }
    }

    public var topic: String
    /// nil: the producer's partitioner decides by the key's bytes.
    public var partition: Int32?
    public var keySchema: Schema?
    public var key: ConnectValue
    public var valueSchema: Schema?
    /// `.null` without a value schema is a tombstone.
    public var value: ConnectValue
    /// Milliseconds since the epoch; nil: the producer's clock.
    public var timestampMilliseconds: Int64?
    public var headers: [Header]

    @inlinable
    public init(
        topic: String, partition: Int32? = nil, keySchema: Schema?, key: ConnectValue, valueSchema: Schema?,
        value: ConnectValue, timestampMilliseconds: Int64? = nil, headers: [Header] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.keySchema = keySchema
        self.key = key
        self.valueSchema = valueSchema
        self.value = value
        self.timestampMilliseconds = timestampMilliseconds
        self.headers = headers
    }
}
