import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore
import WireStreams

/// One of the worker's internal topics as the log of a store (`KafkaBasedLog`).
///
/// Its producer is replaced if it cannot be used any more or fails repeatedly (`ProducerRenewal`), after the topic was
/// checked as at the start of the worker.
final class KafkaTopicLog: StoreLog {
    struct Limits {
        /// How long a record may wait until it is stored.
        var deliveryMilliseconds: Int
        /// How long a read to the end may make no progress, once the topic was read for the first time.
        var readMilliseconds: Int
    }

    private struct Writer: Sendable {
        let producer: KafkaProducer
        let handle: ProducerTopic
    }

    private struct PendingRecord: Sendable {
        let key: [UInt8]
        let value: [UInt8]?
        let completion: @Sendable (Result<RecordMetadata, any Error>) -> Void
    }

    private struct Writing: Sendable {
        var writer: Writer
        /// What waits for another producer; nil while there is one.
        var queue: [PendingRecord]?
    }

    private enum AppendStep {
        case send(Writer)
        case wait
        case refuse(any Error)
        case renew(String)
    }

    private let client: KafkaClient
    private let topic: String
    private let limits: Limits
    private let checkTopic: @Sendable () throws -> Void
    private let reader: TopicReader
    private let hasRead = Mutex(false)
    private let writing: Monitor<Writing>
    private let renewal = Renewal()
    private static let logger = Logger("org.apache.kafka.connect.util.KafkaBasedLog")
    /// How soon it is noticed that a topic was deleted and created again.
    private static let metadataMaxAgeMilliseconds = 30_000
    private static let queuedRecordsMax = 10_000

    /// - Parameter checkTopic: creates the topic if it is missing; throws if it is not as the worker needs it.
    init(
        _ client: KafkaClient, topic: String, limits: Limits, checkTopic: @escaping @Sendable () throws -> Void
    ) throws {
        Self.logger.info("Starting KafkaBasedLog with topic \(topic)")
        self.client = client
        self.topic = topic
        self.limits = limits
        self.checkTopic = checkTopic
        reader = try TopicReader(client, topic: topic)
        try reader.seekAll(to: .earliest)
        writing = Monitor(Writing(writer: try Self.makeWriter(client, topic, limits, renewal)))
    }

    private static func makeWriter(
        _ client: KafkaClient, _ topic: String, _ limits: Limits, _ renewal: Renewal
    ) throws(KafkaError) -> Writer {
        var configuration = ProducerConfiguration()
        configuration.deliveryTimeoutMilliseconds = limits.deliveryMilliseconds
        configuration.blockMillisecondsMax = limits.deliveryMilliseconds
        // A broker would create it with its own settings, which would not keep what is stored.
        configuration.allowsTopicCreation = false
        configuration.metadataMaxAgeMilliseconds = metadataMaxAgeMilliseconds
        let producer = KafkaProducer(client, configuration, listener: renewal)
        do throws(KafkaError) {
            return Writer(producer: producer, handle: try producer.topic(topic))
        } catch {
            producer.abort()
            throw error
        }
    }

    // MARK: Reading

    func readToEnd(_ body: (StoreRecord) -> Void) throws {
        // Reading is one thread's work; the lock makes it so.
        try hasRead.withLock { hasRead in
            do {
                try read(timeoutMilliseconds: hasRead ? limits.readMilliseconds : nil, body)
            } catch let error as KafkaError where hasRead && error.isRetriable {
                // Perhaps it was deleted. Then the next read finds it.
                do { try checkTopic() } catch is KafkaError { /* Kafka is unavailable, as the first error states. */  }
                throw error
            }
            if !hasRead { Self.logger.info("Started KafkaBasedLog for topic \(topic)") }
            hasRead = true
        }
    }

    private func read(timeoutMilliseconds: Int?, _ body: (StoreRecord) -> Void) throws {
        try reader.readToEnd(timeoutMilliseconds: timeoutMilliseconds) { record in
            body(StoreRecord(
                partition: record.partition, offset: record.offset,
                timestampMilliseconds: record.timestampMilliseconds, key: record.key, value: record.value))
        }
    }

    // MARK: Writing

    func append(
        key: [UInt8], value: [UInt8]?, completion: @escaping @Sendable (Result<RecordMetadata, any Error>) -> Void
    ) {
        let record = PendingRecord(key: key, value: value, completion: completion)
        let step = writing.withLock { writing -> AppendStep in
            if let count = writing.queue?.count {
                guard count < Self.queuedRecordsMax else {
                    return .refuse(WorkerError("\(count) records for \(topic) wait for another producer already"))
                }
                writing.queue?.append(record)
                return .wait
            }
            switch renewal.step(producerFailure: writing.writer.producer.failure) {
            case .use: return .send(writing.writer)
            case .closed: return .refuse(KafkaError.closed)
            case .refuse(let reason): return .refuse(WorkerError(reason))
            case .renew(let reason):
                writing.queue = [record]
                return .renew(reason)
            }
        }
        switch step {
        case .send(let writer): send(record, writer)
        case .wait: break
        case .refuse(let error): completion(.failure(error))
        case .renew(let reason):
            // A thread that appends does not wait, and may hold locks.
            startThread(named: "store-producer") { [self] in renew(reason) }
        }
    }

    private func send(_ record: PendingRecord, _ writer: Writer) {
        do throws(KafkaError) {
            try writer.producer.send(to: writer.handle, key: record.key, value: record.value) { [renewal] result in
                renewal.note(result)
                record.completion(result.mapError { $0 })
            }
        } catch {
            record.completion(.failure(error))
        }
    }

    /// Creates another producer and sends the records that were queued meanwhile; if that fails, all of them fail.
    private func renew(_ reason: String) {
        Self.logger.warn("The producer for topic \(topic) is replaced: \(reason)")
        do {
            try checkTopic()
            let next = try Self.makeWriter(client, topic, limits, renewal)
            let former = writing.withLock { writing in
                defer { writing.writer = next }
                return writing.writer
            }
            former.producer.abort()
            renewal.renewed()
        } catch {
            Self.logger.error("The producer for topic \(topic) cannot be replaced: \(error)")
            renewal.failed(renewal: "\(error)")
            for record in endQueue() { record.completion(.failure(error)) }
            return
        }
        while let (writer, records) = nextQueued() {
            for record in records { send(record, writer) }
        }
        // Closed meanwhile: nothing else ends this producer.
        if renewal.isClosed { writing.withLock { $0.writer }.producer.abort() }
    }

    private func endQueue() -> [PendingRecord] {
        writing.update { writing in
            defer { writing.queue = nil }
            return writing.queue ?? []
        }
    }

    /// The records that were queued while the producer was created. Returns nil if there are none left; appends then go
    /// to the producer directly.
    private func nextQueued() -> (Writer, [PendingRecord])? {
        writing.update { writing -> (Writer, [PendingRecord])? in
            guard let records = writing.queue, !records.isEmpty else {
                writing.queue = nil
                return nil
            }
            writing.queue = []
            return (writing.writer, records)
        }
    }

    func awaitDelivery(timeoutMilliseconds: Int) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: timeoutMilliseconds)
        // Records that are queued for another producer are sent first.
        let producer = writing.wait(until: deadline) { $0.queue == nil ? $0.writer.producer : nil }
        do {
            guard let producer else { throw WorkerError("the producer is being replaced") }
            try producer.awaitDelivery(timeoutMilliseconds: max(0, deadline.milliseconds(since: .now)))
        } catch {
            Self.logger.warn("Records for \(topic) were not written within \(timeoutMilliseconds) ms: \(error)")
        }
    }

    func close(timeoutMilliseconds: Int) {
        renewal.close()
        reader.cancel()
        writing.withLock { $0.writer }.producer.close(timeoutMilliseconds: timeoutMilliseconds)
    }

    /// The producer's reports, under a lock of their own: they must not wait for a producer that is being replaced.
    private final class Renewal: DeliveryListener {
        private let state = Mutex(ProducerRenewal())

        func step(producerFailure: KafkaError?) -> ProducerRenewal.Step {
            state.withLock { $0.step(producerFailure: producerFailure, now: .now) }
        }

        func note(_ result: Result<RecordMetadata, KafkaError>) {
            state.withLock { state in
                switch result {
                case .success: state.stored()
                case .failure(.closed): break
                case .failure(let error): state.failed(error)
                }
            }
        }

        func renewed() { state.withLock { $0.renewed() } }
        func failed(renewal reason: String) { state.withLock { $0.renewalFailed(reason, now: .now) } }
        func close() { state.withLock { $0.close() } }
        var isClosed: Bool { state.withLock { $0.isClosed } }

        func finished(topic: String, partition: Int32, tags: [TagRun], error: KafkaError?) {}

        func brokerUnreachable(_ error: KafkaError) {
            KafkaTopicLog.logger.warn("Records for an internal topic wait because a broker does not accept them: \(error.explained())")
        }

        func topicRecreated(_ topic: String) {
            KafkaTopicLog.logger.error("The topic \(topic) was deleted and created again while the worker uses it")
            state.withLock { $0.topicRecreated() }
        }
    }
}
