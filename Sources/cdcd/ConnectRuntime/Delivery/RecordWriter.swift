import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore

/// The bytes of one record at a time, in memory that is used again for the next.
///
/// Headers are converted once for all records that share them: a connector gives most of its records the same array.
struct RecordWriter: ~Copyable {
    private let pipeline: RecordPipeline
    private var key = ByteWriter(capacityBytes: 1024)
    private var value = ByteWriter(capacityBytes: 16 << 10)
    private var hasKey = false
    private var hasValue = false
    private var headers = EncodedHeaders.none
    private var lastHeaders: [ConnectRecord.Header] = []
    private var lastHeadersTopic = ""

    init(_ pipeline: RecordPipeline) { self.pipeline = pipeline }

    /// Takes a record through the transforms and converts what comes out. False where a transform drops it.
    ///
    /// Throws what transforms and converters throw; the record is then as far as it came.
    mutating func convert(_ record: inout ConnectRecord) throws -> Bool {
        if !pipeline.transforms.isEmpty, try !pipeline.transforms.apply(&record) { return false }
        if !hasSameHeaders(record) { try convertHeaders(record) }
        key.reset()
        hasKey = try pipeline.keyConverter.convert(
            record.key, schema: record.keySchema, topic: record.topic, into: &key)
        value.reset()
        hasValue = try pipeline.valueConverter.convert(
            record.value, schema: record.valueSchema, topic: record.topic, into: &value)
        return true
    }

    /// Hands the converted record over.
    borrowing func append(
        to topic: TopicHandle, of producer: any RecordProducer, partition: Int32?, timestampMilliseconds: Int64?,
        tag: UInt64
    ) throws {
        try key.withUnsafeBytes { key throws in
            try value.withUnsafeBytes { value throws in
                try producer.append(
                    to: topic, partition: partition, key: hasKey ? key : nil, value: hasValue ? value : nil,
                    headers: headers, timestampMilliseconds: timestampMilliseconds, tag: tag)
            }
        }
    }

    /// Whether the headers are the array of the record before, for the same topic.
    @inline(__always)
    private func hasSameHeaders(_ record: borrowing ConnectRecord) -> Bool {
        record.headers.isSameMemory(as: lastHeaders) && record.topic == lastHeadersTopic
    }

    private mutating func convertHeaders(_ record: ConnectRecord) throws {
        lastHeaders = []
        headers = .none
        if !record.headers.isEmpty {
            headers = EncodedHeaders(
                try record.headers.map { header in
                    value.reset()
                    let hasValue = try pipeline.headerConverter.convert(
                        header.value, schema: header.schema, header: header.name, topic: record.topic, into: &value)
                    return RecordHeader(key: header.name, value: hasValue ? value.array() : nil)
                })
        }
        lastHeaders = record.headers
        lastHeadersTopic = record.topic
    }
}
