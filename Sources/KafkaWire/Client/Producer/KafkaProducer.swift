import KafkaProtocol
import Synchronization
import WireCore

/// A topic that a producer writes to; returned by `KafkaProducer.topic(_:)` and kept by the caller.
package final class ProducerTopic: Sendable {
    package let name: String
    let index: Int

    init(name: String, index: Int) {
        self.name = name
        self.index = index
    }
}

/// Writes records to a cluster: in order for each partition and, if idempotent, each exactly once. Thread-safe.
///
/// A record is appended to its partition's batch in the form in which it is sent. The producer's threads (a writer and
/// a reader for each broker, one for metadata and timeouts) send the batches, retry, and report the outcomes.
///
///     let producer = KafkaProducer(client)
///     let metadata = try await producer.send(KafkaRecord(topic: "orders", key: "42", value: "paid"))
///     producer.close(timeoutMilliseconds: 5_000)
///
/// End a producer with `close` or `abort`; releasing it aborts it.
public final class KafkaProducer: Sendable {
    let engine: ProducerEngine
    let blockingAppends: BlockingAppends

    /// The configuration in effect: that of `init`, limited to what an idempotent producer allows.
    public var configuration: ProducerConfiguration { engine.configuration }

    /// The reason why no record can be appended: a fatal error, or `.closed`. nil while the producer works.
    public var failure: KafkaError? { engine.core.withLock { $0.failure } }

    /// Starts the producer's threads. An idempotent producer requests its producer id at once.
    public convenience init(_ client: KafkaClient, _ configuration: ProducerConfiguration = ProducerConfiguration()) {
        self.init(client, configuration, listener: nil)
    }

    /// - Parameter listener: receives the outcome of every batch.
    package convenience init(
        _ client: KafkaClient, _ configuration: ProducerConfiguration = ProducerConfiguration(),
        listener: (any DeliveryListener)?
    ) {
        self.init(ProducerEngine(client, configuration, listener))
    }

    init(_ engine: ProducerEngine) {
        self.engine = engine
        blockingAppends = BlockingAppends(threadName: "\(engine.client.configuration.clientID)-appends")
    }

    deinit { abort() }

    /// The handle of a topic. Fetches its metadata on the first call and waits until the topic exists.
    ///
    /// Throws `.timedOut` after `blockMillisecondsMax`, and at once an error that a retry cannot resolve (a name that
    /// Kafka forbids, a missing permission).
    package func topic(_ name: String) throws(KafkaError) -> ProducerTopic { try engine.topic(name) }

    /// Appends one record, waiting while the buffer is full.
    ///
    /// - Parameters:
    ///   - partition: nil selects it by the key's murmur2 hash, as Java does; without a key one partition per batch.
    ///   - key, value: nil is Kafka's null. The bytes are copied before this returns.
    ///   - timestampMilliseconds: since 1970; nil is the current time.
    ///   - tag: passed to `DeliveryListener.finished`.
    ///
    /// The caller calls `flush()` when it has appended the records that it has. Without it they are sent 100 ms after
    /// the linger time at the latest.
    ///
    /// Throws `.recordTooLarge`, `.timedOut` after `blockMillisecondsMax`, and after the end of the producer its cause.
    package func append(
        to topic: ProducerTopic, partition: Int32? = nil, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: EncodedHeaders = .none, timestampMilliseconds: Int64? = nil, tag: UInt64 = 0
    ) throws(KafkaError) {
        try append(
            ProducerCore.NewRecord(
                topicIndex: topic.index, partition: partition, key: key.map { BorrowedBytes($0) },
                value: value.map { BorrowedBytes($0) }, headers: headers,
                timestampMilliseconds: timestampMilliseconds ?? engine.timestampMilliseconds, tag: tag, receipt: nil,
                departure: .flushedByCaller))
    }

    private func append(_ record: ProducerCore.NewRecord) throws(KafkaError) {
        switch engine.append(record) {
        case .appended(let wakeup): wakeup?.signal()
        case .refused(let error): throw error
        case .mustWait: try appendWaiting(record)
        }
    }

    /// Blocks while the buffer is full.
    private func appendWaiting(_ record: ProducerCore.NewRecord) throws(KafkaError) {
        let started = MonotonicInstant.now
        let room = WakeupSignal()
        while true {
            let (step, wakeups) = engine.core.withLock { core -> (ProducerCore.AppendStep, [WakeupSignal]) in
                let step = core.append(record, now: .now)
                guard case .mustWait = step else { return (step, []) }
                core.roomWaiters.append(room)
                return (step, core.wakeAll())
            }
            for wakeup in wakeups { wakeup.signal() }
            switch step {
            case .appended(let wakeup):
                wakeup?.signal()
                return
            case .refused(let error): throw error
            case .mustWait:
                let passed = MonotonicInstant.now.milliseconds(since: started)
                let left = configuration.blockMillisecondsMax.map { $0 - passed }
                if let left, left <= 0 {
                    engine.core.withLock { $0.roomWaiters.removeAll { $0 === room } }
                    throw .timedOut(
                        what: "waiting for room in the producer's buffer", milliseconds: passed,
                        lastError: nil)
                }
                room.wait(milliseconds: left)
            }
        }
    }

    /// Sends the appended records without waiting for the linger time. Does not wait for the outcome.
    public func flush() { engine.flush() }

    /// Flushes and blocks until every appended record is settled and its outcome reported.
    ///
    /// - Parameter timeoutMilliseconds: nil waits without a limit.
    /// - Throws: `.timedOut`, or the reason why the producer ended. A failed record is not an error here.
    public func awaitDelivery(timeoutMilliseconds: Int? = nil) throws(KafkaError) {
        flush()
        let started = MonotonicInstant.now
        let wakeup = WakeupSignal()
        while true {
            let (failure, isDone) = engine.core.withLock { core in
                let isDone = core.isAtRest
                if !isDone, core.failure == nil { core.deliveryWaiters.append(wakeup) }
                return (core.failure, isDone)
            }
            if let failure { throw failure }
            if isDone { return }
            let passed = MonotonicInstant.now.milliseconds(since: started)
            if let timeoutMilliseconds, passed >= timeoutMilliseconds {
                engine.core.withLock { $0.deliveryWaiters.removeAll { $0 === wakeup } }
                throw .timedOut(what: "delivering the appended records", milliseconds: timeoutMilliseconds, lastError: nil)
            }
            wakeup.wait(milliseconds: timeoutMilliseconds.map { $0 - passed })
        }
    }

    /// Appends one record, sends it without waiting for the linger time, and blocks until it is stored.
    @discardableResult
    package func send(
        _ topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?, headers: EncodedHeaders = .none
    ) throws(KafkaError) -> RecordMetadata {
        let handle = try engine.topic(topic)
        let outcome = RecordOutcome()
        try send(to: handle, partition: partition, key: key, value: value, headers: headers) { outcome.complete($0) }
        return try outcome.wait()
    }

    /// Appends one record and sends it without waiting for the linger time or the outcome.
    ///
    /// - Parameter completion: called once, on a thread of the producer, and must be short. Not called if this throws.
    package func send(
        to handle: ProducerTopic, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?,
        headers: EncodedHeaders = .none,
        completion: @escaping @Sendable (Result<RecordMetadata, KafkaError>) -> Void
    ) throws(KafkaError) {
        try Self.withBytes(key, value) { (key, value) throws(KafkaError) in
            try appendAndFlush(
                ProducerCore.NewRecord(
                    topicIndex: handle.index, partition: partition, key: key, value: value, headers: headers,
                    timestampMilliseconds: engine.timestampMilliseconds, tag: 0,
                    receipt: RecordReceipt(completion)))
        }
    }

    private func appendAndFlush(_ record: ProducerCore.NewRecord) throws(KafkaError) {
        switch engine.appendAndFlush(record) {
        case .appended: break
        case .refused(let error): throw error
        case .mustWait:
            try appendWaiting(record)
            flush()
        }
    }

    private static func withBytes<R>(
        _ key: [UInt8]?, _ value: [UInt8]?, _ body: (BorrowedBytes?, BorrowedBytes?) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        try RecordBatchBuilder.withBytes(key) { key in
            RecordBatchBuilder.withBytes(value) { value in
                Result { () throws(KafkaError) in
                    try body(key.map { BorrowedBytes($0) }, value.map { BorrowedBytes($0) })
                }
            }
        }.get()
    }

    // MARK: KafkaRecord

    /// Appends a record; blocks while the buffer is full or the topic's metadata is fetched.
    func append(_ record: KafkaRecord, _ receipt: RecordReceipt) throws(KafkaError) {
        if try appendIfRoom(record, receipt) { return }
        let topic = try engine.topic(record.topic)
        try withNewRecord(record, topic, receipt) { (record) throws(KafkaError) in try append(record) }
    }

    /// Appends a record and flushes; blocks as `append` does.
    func appendAndFlush(_ record: KafkaRecord, _ receipt: RecordReceipt) throws(KafkaError) {
        let topic = try engine.topic(record.topic)
        try withNewRecord(record, topic, receipt) { (record) throws(KafkaError) in try appendAndFlush(record) }
    }

    /// Appends a record; returns false if the buffer is full or the topic's metadata has not been fetched.
    func appendIfRoom(_ record: KafkaRecord, _ receipt: RecordReceipt) throws(KafkaError) -> Bool {
        switch engine.append(record, receipt) {
        case .appended(let wakeup):
            wakeup?.signal()
            return true
        case .refused(let error): throw error
        case .mustWait, nil: return false
        }
    }

    private func withNewRecord<R>(
        _ record: KafkaRecord, _ topic: ProducerTopic, _ receipt: RecordReceipt,
        _ body: (ProducerCore.NewRecord) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        try Self.withBytes(record.key, record.value) { (key, value) throws(KafkaError) in
            try body(
                ProducerCore.NewRecord(
                    topicIndex: topic.index, partition: record.partition, key: key, value: value,
                    headers: record.headers.isEmpty ? .none : EncodedHeaders(record.headers),
                    timestampMilliseconds: record.timestampMilliseconds ?? engine.timestampMilliseconds, tag: 0,
                    receipt: receipt))
        }
    }

    /// Sends the appended records, waits for them at most `timeoutMilliseconds`, and ends the threads. Records that are
    /// not settled by then fail with `.closed`. A transaction that is open is aborted.
    ///
    /// Must not be called from a completion.
    public func close(timeoutMilliseconds: Int) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: timeoutMilliseconds)
        endOpenTransaction(timeoutMilliseconds: timeoutMilliseconds)
        engine.core.withLock { core in if core.phase == .running { core.phase = .closing } }
        do throws(KafkaError) {
            try awaitDelivery(timeoutMilliseconds: max(0, deadline.milliseconds(since: .now)))
        } catch { /* Each batch that is left is reported. */ }
        engine.end(silently: false)
        blockingAppends.end()
        engine.awaitThreads(milliseconds: 1000)
    }

    /// Drops everything that is not stored and ends the threads without waiting. Waiting sends throw `.closed`.
    public func abort() {
        engine.end(silently: true)
        blockingAppends.end()
    }
}
