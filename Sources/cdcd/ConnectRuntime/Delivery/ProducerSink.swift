import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore

/// Transforms and converts a task's records and appends them to its producer. Used by the task's thread only.
package final class ProducerSink: DeliverySink {
    private let id: TaskID
    private let producer: KafkaProducer
    private let tracker: DeliveryTracker
    private let gate: PauseGate
    private let errors: ErrorHandling
    private let retryWait: RetryWait
    /// Creates a missing topic if the connector's configuration has `topic.creation` properties.
    private let prepareTopic: (String) throws -> Void
    private let logger: Logger

    private var topics: [String: ProducerTopic] = [:]
    private var lastTopic: ProducerTopic?
    private var tag: UInt64
    private var emittedUnderTag = 0
    /// Records since they were last counted, before transforms.
    private var polledCount = 0
    private var writer: RecordWriter

    package init(
        id: TaskID, writer: consuming RecordWriter, producer: KafkaProducer, tracker: DeliveryTracker,
        gate: PauseGate, retryWait: RetryWait, logger: Logger, prepareTopic: @escaping (String) throws -> Void
    ) {
        self.id = id
        self.writer = writer
        self.producer = producer
        self.tracker = tracker
        self.gate = gate
        errors = retryWait.errors
        self.retryWait = retryWait
        self.logger = logger
        self.prepareTopic = prepareTopic
        tag = tracker.openTag
    }

    package func emit(_ record: consuming ConnectRecord) throws -> Bool {
        if gate.isClosed { try gate.pass() }
        polledCount += 1
        do {
            guard try convert(&record) else { return false }
        } catch let error as CancellationError {
            throw error
        } catch {
            try tolerate(error, record)
            return false
        }
        try writer.append(
            to: try handle(of: record.topic), of: producer, partition: record.partition,
            timestampMilliseconds: try timestamp(of: record), tag: tag)
        emittedUnderTag += 1
        return true
    }

    private func convert(_ record: inout ConnectRecord) throws -> Bool {
        do {
            return try writer.convert(&record)
        } catch let error as RetriableError {
            return try retryWait.retry(after: error) { try writer.resume(&record) }
        }
    }

    private func path(of shape: RecordShape) throws -> RecordWriter.Path {
        do {
            return try writer.path(of: shape)
        } catch let error as RetriableError {
            return try retryWait.retry(after: error) { try writer.path(of: shape) }
        }
    }

    package func encoding(of shape: RecordShape) -> RecordEncoding {
        // An error is thrown for the record that is emitted next.
        switch (try? path(of: shape)) ?? .records {
        case .records: .records
        case .dropped: .dropped
        case .bytes(let parts):
            .bytes(
                ByteEncoding(
                    shape: parts.shape, key: parts.key, value: parts.value, hasVariableHeaders: parts.headers == nil,
                    target: Target(self, parts)))
        }
    }

    package func drop() throws {
        if gate.isClosed { try gate.pass() }
        polledCount += 1
    }

    /// The producer's topic for the records of one shape.
    private final class Target: ByteTarget {
        private let sink: ProducerSink
        private let parts: RecordWriter.Parts
        private let hasVariableHeaders: Bool
        /// Those of every record, or of the last one.
        private var headers: EncodedHeaders
        /// Known from the first record on: a topic is created when it is written to.
        private var topic: ProducerTopic?

        init(_ sink: ProducerSink, _ parts: RecordWriter.Parts) {
            self.sink = sink
            self.parts = parts
            hasVariableHeaders = parts.headers == nil
            headers = parts.headers ?? .none
        }

        func append(
            key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headerValues: [ConnectValue]
        ) throws -> Bool {
            if sink.gate.isClosed { try sink.gate.pass() }
            if hasVariableHeaders {
                // An error is thrown for the record of values that is emitted instead.
                guard let converted = try? sink.writer.headers(of: parts, headerValues) else { return false }
                headers = converted
            }
            let topic: ProducerTopic
            if let known = self.topic {
                topic = known
            } else {
                topic = try sink.handle(of: parts.shape.topic)
                self.topic = topic
            }
            sink.polledCount += 1
            try sink.producer.append(to: topic, key: key, value: value, headers: headers, tag: sink.tag)
            sink.emittedUnderTag += 1
            return true
        }
    }

    package func checkpoint(partition: JSONObject, offset: JSONObject) throws {
        try throwFailure()
        countPolled()
        let checkpoint = Checkpoint(partition: partition, offset: offset)
        tag = tracker.seal(emitted: emittedUnderTag, checkpoint: checkpoint)
        if emittedUnderTag > 0 { producer.flush() }
        emittedUnderTag = 0
    }

    private func countPolled() {
        tracker.metrics?.polled.add(polledCount)
        polledCount = 0
    }

    package func awaitDelivery() throws {
        countPolled()
        producer.flush()
        if tracker.awaitDelivery(openEmitted: emittedUnderTag) { return }
        try throwFailure()
        throw CancellationError()
    }

    package func settle(by deadline: MonotonicInstant) -> Bool {
        countPolled()
        producer.flush()
        return tracker.awaitDelivery(openEmitted: emittedUnderTag, deadline: deadline)
    }

    private func throwFailure() throws {
        guard let failure = tracker.failure else { return }
        throw DeliveryError(failure)
    }

    /// Consecutive records mostly go to one topic, whose name is then compared by identity.
    private func handle(of name: String) throws -> ProducerTopic {
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

    private func timestamp(of record: borrowing ConnectRecord) throws -> Int64? {
        guard let timestamp = record.timestampMilliseconds, timestamp < 0 else { return record.timestampMilliseconds }
        guard timestamp == -1 else { throw DataError("Invalid record timestamp \(timestamp)") }
        return nil
    }

    private func tolerate(_ error: any Error, _ record: ConnectRecord) throws {
        if errors.logsErrors {
            let about = errors.logsRecords ? ", where source record is = \(record)" : " of topic \(record.topic)"
            logger.error("Error encountered in task \(id)\(about): \(error)")
            tracker.metrics?.task.logged.add()
        }
        tracker.metrics?.task.recordsFailed(1)
        if errors.skipsRecords { tracker.metrics?.task.skipped.add() }
        guard errors.skipsRecords else { throw ToleranceExceededError(cause: error) }
    }
}
