import KafkaProtocol
import Synchronization
import WireCore

/// A topic that a producer writes to; got once from `KafkaProducer.topic(_:)` and kept by the caller.
public final class ProducerTopic: Sendable {
    public let name: String
    let index: Int

    init(name: String, index: Int) {
        self.name = name
        self.index = index
    }
}

/// Writes records to a cluster, in order and, as an idempotent producer, each exactly once. Thread-safe.
///
/// `append` puts a record into its partition's batch, in the form in which it is sent, and returns; threads of the
/// producer send the batches, repeat what was not answered, and tell the listener what became of each. A producer
/// that is no longer used must be ended with `close` or `abort`.
public final class KafkaProducer: Sendable {
    private let engine: ProducerEngine

    public var configuration: ProducerConfiguration { engine.configuration }

    /// Why nothing can be appended any more: the producer has failed for good or was ended. Nil while it works.
    public var failure: KafkaError? { engine.core.withLock { $0.failure } }

    /// Starts the producer's threads. An idempotent producer asks the cluster for its id at once.
    public init(
        _ client: KafkaClient, _ configuration: ProducerConfiguration = ProducerConfiguration(),
        listener: (any DeliveryListener)? = nil
    ) {
        engine = ProducerEngine(client, configuration, listener)
    }

    init(_ engine: ProducerEngine) { self.engine = engine }

    deinit { engine.end(silently: true) }

    /// The handle of a topic. Asks the cluster for it the first time, waiting until the topic is there.
    ///
    /// Throws `.timedOut` after `blockMillisecondsMax`, and at once what waiting cannot mend (a name that Kafka
    /// forbids, a missing right).
    public func topic(_ name: String) throws(KafkaError) -> ProducerTopic { try engine.topic(name) }

    /// Appends one record, waiting while the buffer is full.
    ///
    /// - Parameters:
    ///   - partition: nil: by the key's murmur2 hash, as Java does; without a key one partition for a batch.
    ///   - key, value: nil is Kafka's null. The bytes are copied before this returns.
    ///   - timestampMilliseconds: since 1970; nil: now.
    ///   - tag: comes back in `DeliveryListener.finished`.
    ///
    /// Throws `.recordTooLarge`, `.timedOut` after `blockMillisecondsMax`, and after the end its reason.
    package func append(
        to topic: ProducerTopic, partition: Int32? = nil, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: EncodedHeaders = .none, timestampMilliseconds: Int64? = nil, tag: UInt64 = 0
    ) throws(KafkaError) {
        try append(
            ProducerCore.NewRecord(
                topicIndex: topic.index, partition: partition, key: key.map { BorrowedBytes($0) },
                value: value.map { BorrowedBytes($0) }, headers: headers,
                timestampMilliseconds: timestampMilliseconds ?? WallTime.now.epochMilliseconds, tag: tag, receipt: nil))
    }

    private func append(_ record: ProducerCore.NewRecord) throws(KafkaError) {
        switch engine.core.withLock({ $0.append(record) }) {
        case .appended(let wakeup): wakeup?.signal()
        case .refused(let error): throw error
        case .mustWait: try appendWaiting(record)
        }
    }

    /// The slow way: the buffer is full.
    private func appendWaiting(_ record: ProducerCore.NewRecord) throws(KafkaError) {
        let started = MonotonicInstant.now
        let room = WakeupSignal()
        while true {
            let (step, wakeups) = engine.core.withLock { core -> (ProducerCore.AppendStep, [WakeupSignal]) in
                let step = core.append(record)
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
                        what: "waiting for room in the producer's buffer (buffer.memory)", milliseconds: passed,
                        lastError: nil)
                }
                room.wait(milliseconds: left)
            }
        }
    }

    /// Hands everything appended so far to the network now, whatever the linger time says.
    public func flush() {
        let wakeups = engine.core.withLock { core in
            core.isFlushing = core.unfinishedBatches > 0
            return core.wakeAll()
        }
        for wakeup in wakeups { wakeup.signal() }
    }

    /// Flushes and waits until nothing is under way any more; the listener has been told of every batch by then.
    ///
    /// Throws `.timedOut` (nil: waits for ever), or why the producer ended. Failed batches are the listener's affair.
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
                throw .timedOut(what: "delivering what was appended", milliseconds: timeoutMilliseconds, lastError: nil)
            }
            wakeup.wait(milliseconds: timeoutMilliseconds.map { $0 - passed })
        }
    }

    /// Appends one record and waits until it is stored.
    @discardableResult
    package func send(
        _ topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?, headers: EncodedHeaders = .none
    ) throws(KafkaError) -> RecordMetadata {
        let handle = try engine.topic(topic)
        let waiter = RecordWaiter()
        try send(to: handle, partition: partition, key: key, value: value, headers: headers) { waiter.complete($0) }
        return try waiter.wait()
    }

    /// Appends one record and hands it to the network without waiting for what becomes of it.
    ///
    /// - Parameter completion: called once, on a thread of the producer, and must be short. Not where this throws.
    package func send(
        to handle: ProducerTopic, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?,
        headers: EncodedHeaders = .none,
        completion: @escaping @Sendable (Result<RecordMetadata, KafkaError>) -> Void
    ) throws(KafkaError) {
        let receipt = RecordReceipt(completion)
        var outcome: Result<Void, KafkaError> = .success(())
        RecordBatchBuilder.withBytes(key) { key in
            RecordBatchBuilder.withBytes(value) { value in
                let record = ProducerCore.NewRecord(
                    topicIndex: handle.index, partition: partition, key: key.map { BorrowedBytes($0) },
                    value: value.map { BorrowedBytes($0) }, headers: headers,
                    timestampMilliseconds: WallTime.now.epochMilliseconds, tag: 0, receipt: receipt)
                outcome = Result { () throws(KafkaError) in try append(record) }
            }
        }
        try outcome.get()
        flush()
    }

    /// Waits for what is under way, at most so long, then ends the threads. What is left is reported with `.closed`.
    ///
    /// Not to be called from a listener.
    public func close(timeoutMilliseconds: Int) {
        engine.core.withLock { core in if core.phase == .running { core.phase = .closing } }
        do throws(KafkaError) {
            try awaitDelivery(timeoutMilliseconds: timeoutMilliseconds)
        } catch { /* The listener is told of each batch that is left. */ }
        engine.end(silently: false)
        engine.awaitThreads(milliseconds: 1000)
    }

    /// Drops everything at once. No listener is called any more, apart from calls that have already begun.
    public func abort() { engine.end(silently: true) }
}
