import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// The working part of a producer: its shared state, and the threads that send, receive and look after it.
///
/// A writer and a reader thread for each broker that leads a partition, and one thread for metadata, producer ids
/// and time limits. They hold this object; the program holds `KafkaProducer`, whose end ends them.
final class ProducerEngine: Sendable {
    let client: KafkaClient
    let configuration: ProducerConfiguration
    let cancellation: Cancellation
    let core: Mutex<ProducerCore>
    private let listener: (any DeliveryListener)?
    private let maintenanceWakeup = WakeupSignal()
    private let threads = Mutex<[ThreadCompletion]>([])
    private let isSilent = Atomic(false)
    private let isUnreachable = Atomic(false)

    init(_ client: KafkaClient, _ configuration: ProducerConfiguration, _ listener: (any DeliveryListener)?) {
        self.client = client
        var configuration = configuration
        if configuration.isIdempotent {
            configuration.acks = .all
            configuration.inFlightPerBrokerMax = min(configuration.inFlightPerBrokerMax, 5)
        }
        configuration.inFlightPerBrokerMax = max(1, configuration.inFlightPerBrokerMax)
        self.configuration = configuration
        self.listener = listener
        cancellation = Cancellation(parent: client.cancellation)
        core = Mutex(ProducerCore(configuration))
        cancellation.add(maintenanceWakeup)
        start("producer") { $0.maintain() }
    }

    private func start(_ name: String, _ body: @escaping @Sendable (ProducerEngine) -> Void) {
        let completion = ThreadCompletion()
        threads.withLock { threads in
            // Each connection has a reader of its own: those that have ended are not kept.
            threads.removeAll { $0.wait(milliseconds: 0) }
            threads.append(completion)
        }
        startThread(named: "\(client.configuration.clientID)-\(name)", completion: completion) { [self] in body(self) }
    }

    // MARK: Consequences

    /// Tells everybody what follows from a change of the shared state.
    func apply(_ effects: ProducerCore.Effects) {
        for finished in effects.finished { notify(finished) }
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
        for receipt in finished.batch.receipts {
            receipt.receipt.complete(finished.outcome.map { offset in
                RecordMetadata(
                    partition: finished.partition, offset: offset < 0 ? nil : offset + Int64(receipt.index))
            })
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

    /// Tells the listener that records wait, once until they go on.
    private func report(_ error: KafkaError) {
        if isUnreachable.exchange(true, ordering: .relaxed) == false { listener?.brokerUnreachable(error) }
    }

    func brokerAnswered() {
        guard isUnreachable.load(ordering: .relaxed), core.withLock({ $0.refusing.isEmpty }) else { return }
        if isUnreachable.exchange(false, ordering: .relaxed), !isSilent.load(ordering: .relaxed) {
            listener?.brokerReachable()
        }
    }

    /// The connection to a broker has ended; its writer makes another one when there is something to send.
    func disconnected(_ broker: Int32) {
        let wakeups = core.withLock { core -> [WakeupSignal] in
            guard let broker = core.brokers[broker] else { return [] }
            broker.isConnected = false
            return core.wake(broker)
        }
        for wakeup in wakeups { wakeup.signal() }
    }

    func needMetadata() {
        core.withLock { $0.needsMetadata = true }
        maintenanceWakeup.signal()
    }

    /// The producer cannot go on: whoever waits gets the reason, and the threads end, whatever they wait for.
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

    /// How long a topic may be on its way into being before the listener is told that records wait for it.
    private static let topicQuietMilliseconds = 2000

    /// The handle of a topic, once it is known who leads its partitions.
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
        let index = core.withLock { core in
            if let topic = core.topicsByName[name] { return topic.index }
            let topic = ProducerCore.Topic(name: name, index: core.topics.count)
            core.topics.append(topic)
            core.topicsByName[name] = topic
            return topic.index
        }
        adopt([description])
        return ProducerTopic(name: name, index: index)
    }

    private func known(_ name: String) throws(KafkaError) -> ProducerTopic? {
        try core.withLock { (core) throws(KafkaError) -> ProducerTopic? in
            if let failure = core.failure { throw failure }
            return core.topicsByName[name].map { ProducerTopic(name: name, index: $0.index) }
        }
    }

    private func adopt(_ descriptions: [TopicDescription]) {
        let (newBrokers, effects) = core.withLock { $0.update(descriptions) }
        for broker in newBrokers {
            start("broker-\(broker)-writer") { engine in
                var writer = BrokerWriter(engine, broker: broker)
                writer.run()
            }
        }
        apply(effects)
    }

    // MARK: Maintenance

    /// The least time between two looks at the cluster.
    private static let metadataPauseMilliseconds = 50

    private var metadataMaxAgeMilliseconds: Int {
        min(client.configuration.metadataMaxAgeMilliseconds, configuration.metadataMaxAgeMilliseconds ?? .max)
    }

    /// Runs until the producer ends, fails or is cancelled. In each case nothing expires batches or renews metadata
    /// afterwards, so that nothing may go on.
    private func maintain() { fail(runMaintenance()) }

    /// Returns why it ended.
    private func runMaintenance() -> KafkaError {
        var backoff = Backoff(client.configuration)
        var metadataAt = MonotonicInstant.now
        while !cancellation.isCancelled {
            // A broker's answer may have been the end.
            if let failure = core.withLock({ $0.failure }) { return failure }
            let now = MonotonicInstant.now
            let isOld = now.milliseconds(since: metadataAt) >= metadataMaxAgeMilliseconds
            let (needsIdentity, needsMetadata, names) = core.withLock { core in
                if isOld { core.needsMetadata = true }
                return (core.needsIdentity, core.needsMetadata, core.topics.map(\.name))
            }
            do throws(KafkaError) {
                if needsIdentity { try renewIdentity() }
                if needsMetadata, !names.isEmpty {
                    core.withLock { $0.needsMetadata = false }
                    metadataAt = .now
                    try renewMetadata(names)
                    try cancellation.pause(milliseconds: Self.metadataPauseMilliseconds)
                }
                backoff.reset()
            } catch {
                if let failure = failureAfterBackoff(from: error, &backoff) { return failure }
                continue
            }
            apply(core.withLock { $0.expireAll(now: .now) })
            maintenanceWakeup.wait(milliseconds: nextLookMilliseconds(since: metadataAt))
        }
        return .closed
    }

    private func nextLookMilliseconds(since metadataAt: MonotonicInstant) -> Int {
        if core.withLock({ ($0.needsMetadata && !$0.topics.isEmpty) || $0.needsIdentity }) { return 0 }
        let age = MonotonicInstant.now.milliseconds(since: metadataAt)
        let refresh = max(0, metadataMaxAgeMilliseconds - age)
        guard configuration.deliveryTimeoutMilliseconds != nil else { return refresh }
        return min(refresh, 100)
    }

    /// Waits before the next try; the error that ends the producer where there is none.
    private func failureAfterBackoff(from error: KafkaError, _ backoff: inout Backoff) -> KafkaError? {
        guard !cancellation.isCancelled else { return .closed }
        guard error.isRetriable else { return error }
        core.withLock { $0.needsMetadata = true }
        if case .unreachable = error { brokerFailed(error) }
        apply(core.withLock { $0.expireAll(now: .now) })
        do throws(KafkaError) {
            try cancellation.pause(milliseconds: backoff.next())
            return nil
        } catch { return error }
    }

    private func renewMetadata(_ names: [String]) throws(KafkaError) {
        let response = try client.metadata(
            topics: names, allowsCreation: configuration.allowsTopicCreation, cancellation)
        adopt(response.topics.compactMap { TopicDescription($0) })
        for topic in response.topics {
            let isLeaderless = topic.partitions.contains { $0.leaderID < 0 }
            let code = topic.errorCode == .none && isLeaderless ? .leaderNotAvailable : topic.errorCode
            if code.isRetriable { throw .code(code, about: "topic \(topic.name ?? "")") }
        }
    }

    /// InitProducerId without a transactional id: any broker gives one.
    private func renewIdentity() throws(KafkaError) {
        var request = InitProducerIdRequest()
        request.transactionalID = nil
        request.transactionTimeoutMilliseconds = .max
        request.producerID = -1
        request.producerEpoch = -1
        let response = try client.withAnyBroker(cancellation) { connection throws(KafkaError) in
            try connection.request(request)
        }
        guard response.errorCode == .none else {
            throw .code(response.errorCode, about: "asking for a producer id (enable.idempotence)")
        }
        let wakeups = core.withLock { core in
            core.identity = ProducerIdentity(producerID: response.producerID, epoch: response.producerEpoch)
            core.needsIdentity = false
            return core.wakeAll()
        }
        for wakeup in wakeups { wakeup.signal() }
    }

    // MARK: Ends

    /// Ends all threads. What is left is finished with `.closed`, or without a word.
    func end(silently: Bool) {
        if silently { isSilent.store(true, ordering: .relaxed) }
        fail(.closed)
    }

    /// Waits until the threads are gone, at most so long; false where some are left.
    @discardableResult
    func awaitThreads(milliseconds: Int) -> Bool {
        let started = MonotonicInstant.now
        return threads.withLock { $0 }.reduce(true) { areGone, thread in
            let passed = MonotonicInstant.now.milliseconds(since: started)
            return thread.wait(milliseconds: max(0, milliseconds - passed)) && areGone
        }
    }

    /// Starts the thread that receives what a writer's connection brings.
    func startReader(of broker: Int32, _ connection: ProducerConnection, _ half: ReceivingHalf) {
        start("broker-\(broker)-reader") { BrokerReader($0, broker: broker, connection, half).run() }
    }
}
