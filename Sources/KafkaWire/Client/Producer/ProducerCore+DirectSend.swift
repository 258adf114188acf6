import KafkaProtocol
import WireCore

extension ProducerCore {
    /// The right to write to a broker's connection.
    ///
    /// At most one thread has it. Only that thread uses the connection's `BatchSender` and replaces the connection. It
    /// takes batches to send in the same critical section in which it gets or keeps the token, so that requests are
    /// written in the order in which the sequence numbers of their batches were assigned.
    ///
    /// The token changes hands under the core's lock only. To wake a sleeping writer is to give it the token. While a
    /// caller has it, `mustWakeWriter` is set instead, and the writer gets it next, so no wakeup is lost.
    enum WriteToken: Equatable, Sendable {
        /// The writer has it and runs.
        case writer
        /// The writer sleeps; any thread may take it.
        case free
        /// A thread that flushes has it for one request, which it sends without blocking; the writer sleeps.
        ///
        /// - Parameter mustWakeWriter: whether the writer gets the token next.
        case caller(mustWakeWriter: Bool)
    }

    /// A request that the calling thread is to send without blocking. It has the broker's token until
    /// `endDirectSend`.
    struct DirectSend: Sendable {
        let broker: Int32
        let assignments: [Assignment]
    }

    /// What follows from a flush, done once the lock is released.
    struct Flush: Sendable {
        var sends: [DirectSend] = []
        var wakeups: [WakeupSignal] = []
    }

    /// The maximum number of bytes of records that a calling thread sends. More is left to the writer: compressing and
    /// copying it takes longer than waking the writer.
    static let directBytesMax = 32 << 10

    /// The time by which a batch whose records are flushed by the caller may exceed its linger time without a flush.
    /// While records are appended, the writer wakes at this interval instead of once for each batch.
    static let callerFlushMilliseconds = 100

    /// The appended records are to be sent now: by the calling thread to brokers whose connections are idle, otherwise
    /// by the writers.
    mutating func flush(now: MonotonicInstant) -> Flush {
        isFlushing = unfinishedBatches > 0
        var flush = Flush()
        guard isFlushing else { return flush }
        for broker in brokers.values where !broker.pending.isEmpty {
            if let assignments = takeDirectly(from: broker, now) {
                flush.sends.append(DirectSend(broker: broker.id, assignments: assignments))
            } else if broker.inFlightRequests < configuration.inFlightPerBrokerMax, let wakeup = wake(broker) {
                flush.wakeups.append(wakeup)
            }
        }
        return flush
    }

    /// Appends a record and sends it at once, as `append` and `flush` do.
    mutating func appendAndFlush(_ record: NewRecord, now: MonotonicInstant) -> (step: AppendStep, flush: Flush) {
        var record = record
        record.departure = .flushedAtOnce
        let step = append(record, now: now)
        guard case .appended(let wakeup) = step else { return (step, Flush()) }
        var flush = flush(now: now)
        if let wakeup { flush.wakeups.append(wakeup) }
        return (step, flush)
    }

    /// Takes the token and all batches for a broker. Returns nil if the writer must send them.
    private mutating func takeDirectly(from broker: Broker, _ now: MonotonicInstant) -> [Assignment]? {
        guard broker.token == .free, phase != .ended, broker.isConnected, !broker.isClosing,
            broker.inFlightRequests < configuration.inFlightPerBrokerMax, broker.throttledUntil(after: now) == nil,
            // Without responses the sender settles the batches, which may take long.
            configuration.acks != .none
        else { return nil }
        // The writer replaces the connection.
        if let reauthenticateAt = broker.reauthenticateAt, now >= reauthenticateAt { return nil }
        let bytes = broker.pending.reduce(0) { sum, partition in
            sum + (partition.queue.firstWaiting?.payloadBytes ?? partition.open?.payloadBytes ?? 0)
        }
        guard bytes <= min(Self.directBytesMax, configuration.requestBytesMax) else { return nil }
        let (assignments, _, _) = collect(broker, now)
        guard !assignments.isEmpty else { return nil }
        broker.inFlightRequests += 1
        broker.token = .caller(mustWakeWriter: false)
        return assignments
    }

    /// The calling thread returns the token. Returns the wakeup if the writer gets it.
    ///
    /// - Parameter isComplete: false if the writer must finish the request.
    mutating func endDirectSend(ofBroker id: Int32, isComplete: Bool) -> WakeupSignal? {
        guard let broker = brokers[id], case .caller(let mustWakeWriter) = broker.token else { return nil }
        broker.token = .free
        broker.hasUnfinishedRequest = !isComplete
        guard !isComplete || mustWakeWriter || phase == .ended else { return nil }
        return wake(broker)
    }

    // MARK: Waking

    /// The wakeups of all sleeping writers, which then have their tokens.
    func wakeAll() -> [WakeupSignal] { brokers.values.compactMap { wake($0) } }

    /// Gives the token to a broker's writer, at the latest when the thread that has it returns it. Returns the wakeup
    /// if the writer gets it at once.
    func wake(_ broker: Broker) -> WakeupSignal? {
        switch broker.token {
        case .writer: return nil
        case .free:
            broker.token = .writer
            return broker.wakeup
        case .caller:
            broker.token = .caller(mustWakeWriter: true)
            return nil
        }
    }

    /// Whether the writer must be woken, now that a request is settled.
    func mustWakeAfterSettling(_ broker: Broker, now: MonotonicInstant) -> Bool {
        guard broker.inFlightRequests < configuration.inFlightPerBrokerMax else { return false }
        return broker.pending.contains { partition in
            switch readiness(of: partition, now) {
            case .ready: true
            case .later(let due): !broker.wakes(for: partition, by: due)
            case .blocked, .empty: false
            }
        }
    }
}

extension ProducerCore.Broker {
    /// The time until which nothing may be sent; nil if that has passed.
    func throttledUntil(after now: MonotonicInstant) -> MonotonicInstant? {
        guard let throttledUntil, now < throttledUntil else { return nil }
        return throttledUntil
    }

    /// Whether the writer, which sleeps, wakes by itself when a partition's batch is due.
    func wakes(for partition: ProducerCore.Partition, by due: MonotonicInstant) -> Bool {
        guard let wakesAt else { return false }
        let mayBeLate = partition.isFlushedByCaller && !partition.queue.hasWaiting
        return wakesAt <= (mayBeLate ? due.advanced(byMilliseconds: ProducerCore.callerFlushMilliseconds) : due)
    }
}
