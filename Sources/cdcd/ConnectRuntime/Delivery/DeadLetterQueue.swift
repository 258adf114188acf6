import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// The topic for records that a sink connector cannot convert, transform or write (`DeadLetterQueueReporter` of
/// Connect). Used by the task's thread; ends of deliveries come from the producer's threads.
///
/// Connect only logs that such a record could not be stored, and commits the offset beyond it. Here the task fails.
final class DeadLetterQueue {
    private let id: TaskID
    private let settings: DeadLetterQueueSettings
    private let producer: KafkaProducer
    private let topic: ProducerTopic
    private let deliveries: DeadLetterDeliveries

    /// - Parameter deliveries: the listener of the producer.
    init(
        _ id: TaskID, _ settings: DeadLetterQueueSettings, topic name: String, producer: KafkaProducer,
        deliveries: DeadLetterDeliveries
    ) throws(KafkaError) {
        self.id = id
        self.settings = settings
        self.producer = producer
        self.deliveries = deliveries
        topic = try producer.topic(name)
    }

    func send(
        _ consumed: SinkRecord.Consumed, of place: TopicPartition, offset: Int64, _ error: RecordStageError
    ) throws {
        var headers = consumed.headers
        if settings.addsContextHeaders { headers += Self.headers(id, place, offset, error) }
        let encoded = EncodedHeaders(headers.map { RecordHeader(key: $0.name, value: $0.value) })
        deliveries.began()
        do {
            try consumed.key.withBytes { key in
                try consumed.value.withBytes { value in
                    try producer.append(
                        to: topic, partition: nil, key: key, value: value, headers: encoded,
                        timestampMilliseconds: consumed.timestampMilliseconds, tag: 0)
                }
            }
        } catch {
            deliveries.refused()
            throw error
        }
    }

    /// Waits until all records are stored.
    ///
    /// - Throws: `DeliveryError` if one is not; `CancellationError` if the task is abandoned.
    func awaitDelivery() throws {
        guard !deliveries.isSettled else { return }
        producer.flush()
        try deliveries.awaitAll()
    }

    /// The error that ended delivery.
    var failure: (any Error)? { deliveries.failure.map { DeliveryError($0) } }

    private static func headers(
        _ id: TaskID, _ place: TopicPartition, _ offset: Int64, _ error: RecordStageError
    ) -> [RawHeader] {
        let className = error.exceptionClassName
        let values = [
            ("topic", place.topic), ("partition", "\(place.partition)"), ("offset", "\(offset)"),
            ("connector.name", id.connector), ("task.id", "\(id.task)"), ("stage", error.stage.rawValue),
            ("class.name", error.className), ("exception.class.name", className),
            ("exception.message", String(error.message)),
            // Java's has the calls, too.
            ("exception.stacktrace", "\(className): \(error)\n"),
        ]
        return values.map { RawHeader("__connect.errors.\($0)", Array($1.utf8)) }
    }
}

/// What became of the records of a dead letter queue.
final class DeadLetterDeliveries: DeliveryListener {
    private struct State {
        var outstanding = 0
        var failure: KafkaError?
        var isAbandoned = false
    }

    private let state = Monitor(State())
    private let brokersChanged: @Sendable (TaskControl.Condition) -> Void
    private let failed: @Sendable () -> Void
    /// Counts the records that cannot be stored.
    private let failures: Counter

    /// - Parameter failed: called when a record cannot be stored.
    init(
        brokersChanged: @escaping @Sendable (TaskControl.Condition) -> Void, failures: Counter,
        failed: @escaping @Sendable () -> Void
    ) {
        self.brokersChanged = brokersChanged
        self.failures = failures
        self.failed = failed
    }

    var failure: KafkaError? { state.withLock { $0.failure } }
    var isSettled: Bool { state.withLock { $0.outstanding == 0 && $0.failure == nil } }

    func began() { state.withLock { $0.outstanding += 1 } }

    /// The producer has not accepted the record, for example since it is too large, and will not report its end.
    func refused() {
        failures.add()
        state.update { $0.outstanding -= 1 }
    }

    func awaitAll() throws {
        let failure = state.wait { state -> KafkaError?? in
            if let failure = state.failure { return .some(failure) }
            return state.outstanding == 0 || state.isAbandoned ? .some(nil) : nil
        }
        if let failure { throw DeliveryError(failure) }
        if state.withLock({ $0.outstanding > 0 }) { throw CancellationError() }
    }

    /// Ends every wait.
    func abandon() { state.update { $0.isAbandoned = true } }

    func finished(topic: String, partition: Int32, tags: [TagRun], error: KafkaError?) {
        let count = tags.reduce(0) { $0 + $1.count }
        if let error, error != .closed { failures.add(count) }
        let isFirst = state.update { state in
            state.outstanding -= count
            guard let error, error != .closed, state.failure == nil else { return false }
            state.failure = error
            return true
        }
        if isFirst { failed() }
    }

    func brokerUnreachable(_ error: KafkaError) {
        brokersChanged(
            .interrupted(
                reason: "A Kafka broker does not accept records of the dead letter queue: \(error.explained())"))
    }

    func brokerReachable() { brokersChanged(.running) }
}
