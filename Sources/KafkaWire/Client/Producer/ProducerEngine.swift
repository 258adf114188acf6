import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// The threads of a producer that send, receive and maintain its state, and that state.
///
/// A writer and a reader thread for each broker that leads a partition, one thread for metadata and producer ids, and
/// one for the delivery timeout. The threads retain this object; the program retains `KafkaProducer`, whose release
/// ends them.
final class ProducerEngine: Sendable {
    enum Mode: Equatable, Sendable {
        case online
        /// Without threads; records without a timestamp get this one.
        case offline(timestampMilliseconds: Int64)
    }

    let client: KafkaClient
    let configuration: ProducerConfiguration
    let cancellation: Cancellation
    let core: Mutex<ProducerCore>
    var observer: (any KafkaClientObserver)? { client.configuration.observer }
    private let listener: (any DeliveryListener)?
    private let maintenanceWakeup = WakeupSignal()
    private let threads = Mutex<[ThreadCompletion]>([])
    /// The senders of the brokers' connections. A broker's entry changes only while its writer has the write token.
    private let senders = Mutex<[Int32: BatchSender]>([:])
    private let isSilent = Atomic(false)
    private let isUnreachable = Atomic(false)
    private let mode: Mode

    init(
        _ client: KafkaClient, _ configuration: ProducerConfiguration, _ listener: (any DeliveryListener)?,
        mode: Mode = .online
    ) {
        self.mode = mode
        self.client = client
        var configuration = configuration
        if configuration.transactionalID != nil { configuration.isIdempotent = true }
        if configuration.isIdempotent {
            configuration.acks = .all
            configuration.inFlightPerBrokerMax = min(configuration.inFlightPerBrokerMax, 5)
        }
        configuration.inFlightPerBrokerMax = max(1, configuration.inFlightPerBrokerMax)
        self.configuration = configuration
        self.listener = listener
        cancellation = Cancellation(parent: client.cancellation)
        let backoff = ExponentialBackoff(
            firstMilliseconds: client.configuration.retryBackoffMilliseconds,
            maxMilliseconds: client.configuration.retryBackoffMaxMilliseconds)
        core = Mutex(ProducerCore(configuration, backoff: backoff, seed: .random(in: .min ... .max)))
        cancellation.add(maintenanceWakeup)
        guard mode == .online else { return }
        start("producer") { $0.maintain() }
        if configuration.deliveryTimeoutMilliseconds != nil { start("expiry") { $0.expireBatches() } }
        if let transactionalID = configuration.transactionalID {
            cancellation.add(core.withLock { $0.transactionWakeup })
            start("transactions") { TransactionRunner($0, transactionalID).run() }
        }
    }

    private func start(_ name: String, _ body: @escaping @Sendable (ProducerEngine) -> Void) {
        let completion = ThreadCompletion()
        threads.withLock { threads in
            // Each connection has a reader of its own: readers that have ended are removed.
            threads.removeAll { $0.wait(milliseconds: 0) }
            threads.append(completion)
        }
        startThread(named: "\(client.configuration.clientID)-\(name)", completion: completion) { [self] in body(self) }
    }

    // MARK: Appending

    /// The timestamp of a record that has none.
    var timestampMilliseconds: Int64 {
        switch mode {
        case .online: WallTime.now.epochMilliseconds
        case .offline(let timestampMilliseconds): timestampMilliseconds
        }
    }

    func append(_ record: ProducerCore.NewRecord) -> ProducerCore.AppendStep {
        // The clock is read for the first record of a batch only.
        core.withLock { $0.appendToOpenBatch(record) } ?? core.withLock { $0.append(record, now: .now) }
    }

    /// Appends a record to a topic whose metadata has been fetched. Returns nil if it has not been.
    func append(_ record: KafkaRecord, _ receipt: RecordReceipt) -> ProducerCore.AppendStep? {
        let timestamp = record.timestampMilliseconds ?? timestampMilliseconds
        let headers = record.headers.isEmpty ? EncodedHeaders.none : EncodedHeaders(record.headers)
        return BorrowedBytes.of(record.key) { key in
            BorrowedBytes.of(record.value) { value in
                core.withLock { core in
                    guard let topicIndex = core.index(ofKnownTopic: record.topic) else { return nil }
                    let record = ProducerCore.NewRecord(
                        topicIndex: topicIndex, partition: record.partition, key: key, value: value, headers: headers,
                        timestampMilliseconds: timestamp, tag: 0, receipt: receipt)
                    return core.appendToOpenBatch(record) ?? core.append(record, now: .now)
                }
            }
        }
    }

    func appendAndFlush(_ record: ProducerCore.NewRecord) -> ProducerCore.AppendStep {
        let (step, flush) = core.withLock { $0.appendAndFlush(record, now: .now) }
        carryOut(flush)
        return step
    }

    // MARK: Sending

    /// Sends the appended records without waiting for the linger time: on this thread without blocking if connections
    /// are idle, otherwise on the writers' threads.
    func flush() { carryOut(core.withLock { $0.flush(now: .now) }) }

    private func carryOut(_ flush: ProducerCore.Flush) {
        for wakeup in flush.wakeups { wakeup.signal() }
        for send in flush.sends {
            guard let sender = senders.withLock({ $0[send.broker] }) else {
                preconditionFailure("batches are taken only while connected")
            }
            let isComplete = sender.sendAvailable(send.assignments, self)
            core.withLock { $0.endDirectSend(ofBroker: send.broker, isComplete: isComplete) }?.signal()
        }
    }

    /// Called by the broker's writer.
    func set(_ sender: BatchSender?, ofBroker id: Int32) { senders.withLock { $0[id] = sender } }

    // MARK: Transactions

    /// Wakes the thread that sends the transaction's requests.
    func wakeTransaction() { core.withLock { $0.transactionWakeup }.signal() }

    // MARK: Effects

    /// Applies the effects of a change of the shared state.
    func apply(_ effects: ProducerCore.Effects) {
        startWriters(effects.newBrokers)
        for finished in effects.finished { notify(finished) }
        if let observer { for retried in effects.retried { observer.batchRetried(retried) } }
        if !effects.finished.isEmpty {
            for wakeup in core.withLock({ $0.notified(effects.finished.count) }) { wakeup.signal() }
        }
        for wakeup in effects.wakeups { wakeup.signal() }
        if effects.needsMaintenance { maintenanceWakeup.signal() }
        if let refusal = effects.refusal { brokerFailed(refusal) }
        if !isSilent.load(ordering: .relaxed) {
            for topic in effects.recreatedTopics { listener?.topicRecreated(topic) }
        }
    }

    private func notify(_ finished: ProducerCore.Finished) {
        var failure: KafkaError?
        if case .failure(let error) = finished.outcome { failure = error }
        finished.completeReceipts()
        if let observer {
            let event = KafkaBatchEvent(topic: finished.topic, partition: finished.partition, finished.batch)
            if let failure { observer.batchFailed(event, failure) } else { observer.batchAcknowledged(event) }
        }
        if isSilent.load(ordering: .relaxed) { return }
        listener?.finished(
            topic: finished.topic, partition: finished.partition, tags: finished.batch.tags, error: failure)
    }

    func brokerFailed(_ error: KafkaError) {
        guard !cancellation.isCancelled else { return }
        needMetadata()
        if core.withLock({ $0.unfinishedBatches > 0 }) { report(error) }
    }

    /// Reports once that records are buffered, until they are accepted again.
    private func report(_ error: KafkaError) {
        if isUnreachable.exchange(true, ordering: .relaxed) == false { listener?.brokerUnreachable(error) }
    }

    func brokerAnswered() {
        guard isUnreachable.load(ordering: .relaxed), core.withLock({ $0.refusing.isEmpty }) else { return }
        if isUnreachable.exchange(false, ordering: .relaxed), !isSilent.load(ordering: .relaxed) {
            listener?.brokerReachable()
        }
    }

    /// The connection to a broker has ended; its writer opens another one when it has batches to send.
    func disconnected(_ broker: Int32) {
        for wakeup in core.withLock({ $0.disconnected(broker) }) { wakeup.signal() }
    }

    func needMetadata() {
        core.withLock { $0.needsMetadata = true }
        maintenanceWakeup.signal()
    }

    /// The producer has failed: all waiting calls throw the reason, and the threads end.
    func fail(_ error: KafkaError) {
        let (effects, wakeups) = core.withLock { core in
            core.phase = .ended
            return (core.fail(error), core.wakeAll())
        }
        cancellation.cancel()
        for wakeup in wakeups { wakeup.signal() }
        apply(effects)
    }

    // MARK: Topics

    /// The time that a topic may take to be created before buffered records are reported.
    private static let topicQuietMilliseconds = 2000

    /// The handle of a topic, once the leaders of its partitions are known.
    func topic(_ name: String) throws(KafkaError) -> ProducerTopic {
        if let known = try known(name) { return known }
        let started = MonotonicInstant.now
        let description = try client.retrying(
            "finding topic \(name)", timeoutMilliseconds: configuration.blockMillisecondsMax ?? .max, cancellation
        ) { () throws(KafkaError) in
            do throws(KafkaError) {
                return try client.topic(name, allowsCreation: configuration.allowsTopicCreation, cancellation)
            } catch {
                let waited = MonotonicInstant.now.milliseconds(since: started)
                if error.isRetriable, waited >= Self.topicQuietMilliseconds { report(error) }
                throw core.withLock { $0.failure } ?? error
            }
        }
        brokerAnswered()
        // At once: another thread that finds the topic must find its partitions.
        let (index, newBrokers, effects) = core.withLock { core in
            let index = core.topicIndex(name)
            let (newBrokers, effects) = core.update([description])
            return (index, newBrokers, effects)
        }
        startWriters(newBrokers)
        apply(effects)
        return ProducerTopic(name: name, index: index)
    }

    func known(_ name: String) throws(KafkaError) -> ProducerTopic? {
        try core.withLock { (core) throws(KafkaError) -> ProducerTopic? in
            if let failure = core.failure { throw failure }
            return core.topicsByName[name].map { ProducerTopic(name: name, index: $0.index) }
        }
    }

    private func adopt(_ descriptions: [TopicDescription]) {
        let (newBrokers, effects) = core.withLock { $0.update(descriptions) }
        startWriters(newBrokers)
        apply(effects)
    }

    private func startWriters(_ brokers: [Int32]) {
        for broker in brokers {
            start("broker-\(broker)-writer") { engine in
                var writer = BrokerWriter(engine, broker: broker)
                writer.run()
            }
        }
    }

    // MARK: Maintenance

    /// The minimum time between two metadata requests.
    private static let metadataPauseMilliseconds = 50

    private var metadataMaxAgeMilliseconds: Int {
        min(client.configuration.metadataMaxAgeMilliseconds, configuration.metadataMaxAgeMilliseconds ?? .max)
    }

    /// Runs until the producer ends, fails or is cancelled. Afterwards nothing refreshes metadata, so the producer then
    /// fails.
    private func maintain() { fail(runMaintenance()) }

    /// Returns the reason for the end.
    private func runMaintenance() -> KafkaError {
        var backoff = Backoff(client.configuration)
        var schedule = MetadataSchedule(ageMillisecondsMax: metadataMaxAgeMilliseconds, now: .now)
        while !cancellation.isCancelled {
            // A broker's response may have ended the producer.
            if let failure = core.withLock({ $0.failure }) { return failure }
            let isOld = schedule.isDue(now: .now)
            let (needsIdentity, needsMetadata, names) = core.withLock { core in
                if isOld { core.needsMetadata = true }
                return (core.needsIdentity, core.needsMetadata, core.topics.map(\.name))
            }
            do throws(KafkaError) {
                if needsIdentity { try renewIdentity() }
                if needsMetadata, !names.isEmpty {
                    core.withLock { $0.needsMetadata = false }
                    schedule.didRequest(now: .now)
                    try refreshMetadata(names)
                    try cancellation.pause(milliseconds: Self.metadataPauseMilliseconds)
                }
                backoff.reset()
            } catch {
                if let failure = failureAfterBackoff(from: error, &backoff) { return failure }
                continue
            }
            maintenanceWakeup.wait(milliseconds: nextMaintenanceMilliseconds(schedule))
        }
        return .closed
    }

    /// Fails batches whose delivery timeout has passed, until the producer ends. Not on the thread for metadata, which
    /// waits for responses that may not come within that time.
    private func expireBatches() {
        let wakeup = WakeupSignal()
        cancellation.add(wakeup)
        while !cancellation.isCancelled, let expiry = core.withLock({ $0.nextExpiry(now: .now) }) {
            wakeup.wait(milliseconds: max(0, expiry.milliseconds(since: .now)) + 1)
            apply(core.withLock { $0.expireAll(now: .now) })
        }
    }

    private func nextMaintenanceMilliseconds(_ schedule: MetadataSchedule) -> Int {
        if core.withLock({ ($0.needsMetadata && !$0.topics.isEmpty) || $0.needsIdentity }) { return 0 }
        return schedule.waitMilliseconds(now: .now)
    }

    /// Waits before the next attempt. Returns the error that ends the producer if it is fatal.
    private func failureAfterBackoff(from error: KafkaError, _ backoff: inout Backoff) -> KafkaError? {
        guard !cancellation.isCancelled else { return .closed }
        guard error.isRetriable else { return error }
        core.withLock { $0.needsMetadata = true }
        if case .unreachable = error { brokerFailed(error) }
        do throws(KafkaError) {
            try cancellation.pause(milliseconds: backoff.next())
            return nil
        } catch { return error }
    }

    private func refreshMetadata(_ names: [String]) throws(KafkaError) {
        let response = try client.metadata(
            topics: names, allowsCreation: configuration.allowsTopicCreation, cancellation)
        adopt(response.topics.compactMap { TopicDescription($0) })
        for topic in response.topics {
            let isLeaderless = topic.partitions.contains { $0.leaderID < 0 }
            let code = topic.errorCode == .none && isLeaderless ? .leaderNotAvailable : topic.errorCode
            if code.isRetriable { throw .code(code, about: "topic \(topic.name ?? "")") }
        }
    }

    /// InitProducerId: any broker assigns an id.
    private func renewIdentity() throws(KafkaError) {
        var request = InitProducerIdRequest()
        request.producerID = -1
        request.producerEpoch = -1
        request.transactionalID = nil
        request.transactionTimeoutMilliseconds = .max
        let response = try client.withAnyBroker(cancellation) { connection throws(KafkaError) in
            try connection.request(request)
        }
        guard response.errorCode == .none else { throw .code(response.errorCode, about: "requesting a producer id") }
        let wakeups = core.withLock { core in
            core.adopt(ProducerIdentity(producerID: response.producerID, epoch: response.producerEpoch))
            return core.wakeAll()
        }
        for wakeup in wakeups { wakeup.signal() }
    }

    // MARK: Ends

    /// Ends all threads. Remaining batches fail with `.closed`.
    ///
    /// - Parameter silently: without notifying the listener.
    func end(silently: Bool) {
        if silently { isSilent.store(true, ordering: .relaxed) }
        fail(.closed)
    }

    /// Waits until the threads have ended, at most `milliseconds`. Returns false if some still run.
    @discardableResult
    func awaitThreads(milliseconds: Int) -> Bool {
        let started = MonotonicInstant.now
        return threads.withLock { $0 }.reduce(true) { areGone, thread in
            let passed = MonotonicInstant.now.milliseconds(since: started)
            return thread.wait(milliseconds: max(0, milliseconds - passed)) && areGone
        }
    }

    /// Starts the thread that receives the responses of a writer's connection.
    func startReader(of broker: Int32, _ connection: ProducerConnection, _ half: ReceivingHalf) {
        start("broker-\(broker)-reader") { BrokerReader($0, broker: broker, connection, half).run() }
    }
}

extension KafkaClientObserver {
    fileprivate func batchRetried(_ batch: ProducerCore.Retried) {
        batchRetried(topic: batch.topic, partition: batch.partition, code: batch.code)
    }
}

extension ProducerCore.Finished {
    func completeReceipts() {
        for receipt in batch.receipts { receipt.receipt.complete(outcome(ofRecord: receipt.index)) }
    }

    /// The outcome of one record of the batch.
    private func outcome(ofRecord index: Int32) -> Result<RecordMetadata, KafkaError> {
        switch outcome {
        case .success(let offset):
            return .success(RecordMetadata(partition: partition, offset: offset < 0 ? nil : offset + Int64(index)))
        case .failure(.code(let code, let about, let message)) where !refusedRecords.isEmpty:
            let own = refusedRecords[index].map { $0 ?? message }
            let others = "its batch has records that the broker refused"
            return .failure(.code(code, about: about, message: own ?? others))
        case .failure(let error): return .failure(error)
        }
    }
}
