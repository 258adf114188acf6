/// A record between a connector and Kafka, before conversion to bytes.
@usableFromInline package struct ConnectRecord: Sendable, Hashable {
    @usableFromInline package struct Header: Sendable, Hashable {
        package let name: String
        package let schema: Schema?
        package let value: ConnectValue

        package init(_ name: String, schema: Schema?, value: ConnectValue) {
            self.name = name
            self.schema = schema
            self.value = value
        }
    }

    @usableFromInline package var topic: String
    /// nil: the producer selects the partition by the key's bytes.
    @usableFromInline package var partition: Int32?
    @usableFromInline package var keySchema: Schema?
    @usableFromInline package var key: ConnectValue
    @usableFromInline package var valueSchema: Schema?
    /// `.null` without a value schema is a tombstone.
    @usableFromInline package var value: ConnectValue
    /// Milliseconds since the epoch; nil: the time at which the producer appends the record.
    @usableFromInline package var timestampMilliseconds: Int64?
    @usableFromInline package var headers: [Header]
    /// The offset at which a sink's record was consumed; nil for a source's.
    @usableFromInline package var consumedOffset: Int64?
    /// The number of entries of its source's partition and offset together, which Debezium counts in a record's size.
    @usableFromInline package var sourceEntryCount: Int

    /// Whether the headers are those that the connector made, which in Debezium a delete shares with its tombstone; a
    /// transform that makes a new record usually copies them.
    @usableFromInline package var sharesHeaders = true

    @inlinable
    package init(
        topic: String, partition: Int32? = nil, keySchema: Schema?, key: ConnectValue, valueSchema: Schema?,
        value: ConnectValue, timestampMilliseconds: Int64? = nil, headers: [Header] = [],
        sourceEntryCount: Int = 0
    ) {
        self.topic = topic
        self.partition = partition
        self.keySchema = keySchema
        self.key = key
        self.valueSchema = valueSchema
        self.value = value
        self.timestampMilliseconds = timestampMilliseconds
        self.headers = headers
        self.sourceEntryCount = sourceEntryCount
    }
}
