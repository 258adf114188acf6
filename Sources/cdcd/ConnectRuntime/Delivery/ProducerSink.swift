import ConnectData
import KafkaWire
import WireCore

/// Takes a task's records through transforms and converters to its producer. Lives on the task's thread.
final class ProducerSink: RecordSink {
    private let id: TaskID
    private let pipeline: RecordPipeline
    private let producer: any RecordProducer
    private let tracker: DeliveryTracker
    private let gate: PauseGate
    private let errors: ErrorHandling
    /// Makes a topic that is not there, where the connector's configuration says how.
    private let prepareTopic: (String) throws -> Void
    private let logger: Logger

    private var topics: [String: TopicHandle] = [:]
    private var lastTopic: TopicHandle?
    private var tag: UInt64
    private var emittedUnderTag = 0
    private var keyWriter = ByteWriter(capacityBytes: 1024)
    private var valueWriter = ByteWriter(capacityBytes: 16 << 10)

    init(
        id: TaskID, pipeline: RecordPipeline, producer: any RecordProducer, tracker: DeliveryTracker, gate: PauseGate,
        errors: ErrorHandling, logger: Logger, prepareTopic: @escaping (String) throws -> Void
    ) {
        self.id = id
        self.pipeline = pipeline
        self.producer = producer
        self.tracker = tracker
        self.gate = gate
        self.errors = errors
        self.logger = logger
        self.prepareTopic = prepareTopic
        tag = tracker.openTag
    }

    func emit(_ record: SourceRecord) throws {
        if gate.isClosed { try gate.pass() }
        var record = record
        let hasKey: Bool
        let hasValue: Bool
        let headers: [RecordHeader]
        do {
            guard try pipeline.transforms.apply(&record) else { return }
            headers = record.headers.isEmpty ? [] : try convertHeaders(record)
            keyWriter.reset()
            hasKey = try pipeline.keyConverter.convert(
                record.key, schema: record.keySchema, topic: record.topic, into: &keyWriter)
            valueWriter.reset()
            hasValue = try pipeline.valueConverter.convert(
                record.value, schema: record.valueSchema, topic: record.topic, into: &valueWriter)
        } catch {
            try tolerate(error, record)
            return
        }
        let topic = try handle(of: record.topic)
        let timestamp = try timestamp(of: record)
        try keyWriter.withUnsafeBytes { key throws in
            try valueWriter.withUnsafeBytes { value throws in
                try producer.append(
                    to: topic, partition: record.partition, key: hasKey ? key : nil, value: hasValue ? value : nil,
                    headers: headers, timestampMilliseconds: timestamp, tag: tag)
            }
        }
        emittedUnderTag += 1
    }

    func checkpoint(partition: JSONObject, offset: JSONObject) throws {
        try throwFailure()
        let checkpoint = Checkpoint(partition: partition, offset: offset)
        tag = tracker.seal(emitted: emittedUnderTag, checkpoint: checkpoint)
        if emittedUnderTag > 0 { producer.flush() }
        emittedUnderTag = 0
    }

    func awaitDelivery() throws {
        producer.flush()
        if tracker.awaitDelivery(openEmitted: emittedUnderTag) { return }
        try throwFailure()
        throw CancellationError()
    }

    /// Waits for what is under way; false where it did not arrive by `deadline`.
    func settle(by deadline: MonotonicInstant) -> Bool {
        producer.flush()
        return tracker.awaitDelivery(openEmitted: emittedUnderTag, deadline: deadline)
    }

    private func throwFailure() throws {
        guard let failure = tracker.failure else { return }
        throw DeliveryFault(failure)
    }

    /// Consecutive records mostly go to one topic, whose name is then compared by identity.
    private func handle(of name: String) throws -> TopicHandle {
        if let lastTopic, lastTopic.name == name { return lastTopic }
        if let known = topics[name] {
            lastTopic = known
            return known
        }
        try prepareTopic(name)
        let handle = try producer.topic(name)
        topics[name] = handle
        lastTopic = handle
        return handle
    }

    private func timestamp(of record: SourceRecord) throws -> Int64? {
        guard let timestamp = record.timestampMilliseconds, timestamp < 0 else { return record.timestampMilliseconds }
        guard timestamp == -1 else { throw DataError("Invalid record timestamp \(timestamp)") }
        return nil
    }

    private func convertHeaders(_ record: SourceRecord) throws -> [RecordHeader] {
        try record.headers.map { header in
            valueWriter.reset()
            let hasValue = try pipeline.headerConverter.convert(
                header.value, schema: header.schema, header: header.name, topic: record.topic, into: &valueWriter)
            return RecordHeader(key: header.name, value: hasValue ? valueWriter.array() : nil)
        }
    }

    private func tolerate(_ error: any Error, _ record: SourceRecord) throws {
        if errors.logsErrors {
            let about = errors.logsRecords ? ", where source record is = \(record)" : " of topic \(record.topic)"
            logger.error("Error encountered in task \(id)\(about): \(error)")
        }
        guard errors.skipsRecords else { throw ToleranceExceeded(cause: error) }
    }
}

/// Records that cannot be delivered.
struct DeliveryFault: Error, CustomStringConvertible {
    let cause: KafkaError

    init(_ cause: KafkaError) { self.cause = cause }

    var description: String { "Unrecoverable exception from producer send callback: \(cause)" }
}

/// A record that no transform or converter can handle, where none may be passed over.
struct ToleranceExceeded: Error, CustomStringConvertible {
    let cause: any Error

    var description: String { "Tolerance exceeded in error handler: \(cause)" }
}
