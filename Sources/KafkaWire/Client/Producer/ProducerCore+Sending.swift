import KafkaProtocol
import WireCore

extension ProducerCore {
    /// Identifies an unsettled batch.
    struct BatchID: Hashable, Sendable {
        let topicIndex: Int
        let partition: Int32
        let number: UInt64
    }

    struct Assignment: Sendable {
        let place: BatchID
        let topic: String
        /// Zero if it is not known.
        let topicID: KafkaUUID
        let batch: SealedBatch
        let stamp: SequenceStamp
    }

    /// The next step of a broker's writer.
    enum WriterStep: Sendable {
        case end
        case connect
        /// Write the rest of a request that another thread began.
        case finishRequest
        /// Close the connection, on which no request is in flight, to authenticate a new one.
        case disconnect
        case send([Assignment])
        case sleep(milliseconds: Int?)
    }

    enum Readiness { case ready(bytes: Int), later(MonotonicInstant), blocked, empty }

    mutating func nextStep(ofBroker id: Int32, now: MonotonicInstant) -> WriterStep {
        guard phase != .ended, let broker = brokers[id] else { return .end }
        if case .caller = broker.token {
            broker.token = .caller(mustWakeWriter: true)
            broker.wakesAt = nil
            return .sleep(milliseconds: nil)
        }
        broker.token = .writer
        if broker.hasUnfinishedRequest {
            broker.hasUnfinishedRequest = false
            return .finishRequest
        }
        var wake: MonotonicInstant?
        let mustReauthenticate = broker.reauthenticateAt.map { now >= $0 } ?? false
        if mustReauthenticate, broker.inFlightRequests == 0 {
            broker.reauthenticateAt = nil
            broker.isConnected = false
            broker.isClosing = true
            return .disconnect
        }
        // The connection is closed after the responses to the requests in flight; until then none is added.
        if let throttledUntil = broker.throttledUntil(after: now) {
            wake = throttledUntil
        } else if !mustReauthenticate, !broker.isClosing, broker.inFlightRequests < configuration.inFlightPerBrokerMax {
            let (assignments, wantsConnection, soonest) = collect(broker, now)
            if !assignments.isEmpty {
                broker.inFlightRequests += 1
                return .send(assignments)
            }
            if wantsConnection { return .connect }
            wake = soonest
        }
        broker.token = .free
        let look = releaseMemory(now: now)
        let callerFlush = broker.hasCallerFlushes ? now.advanced(byMilliseconds: Self.callerFlushMilliseconds) : nil
        broker.hasCallerFlushes = false
        wake = [wake, look, callerFlush].compactMap { $0 }.min()
        broker.wakesAt = wake
        return .sleep(milliseconds: wake.map { max(0, $0.milliseconds(since: now)) + 1 })
    }

    mutating func collect(
        _ broker: Broker, _ now: MonotonicInstant
    ) -> (assignments: [Assignment], wantsConnection: Bool, soonest: MonotonicInstant?) {
        var assignments: [Assignment] = []
        // The partitions that stay are moved to the front of the list, those that were served to its end.
        let count = broker.pending.count
        var keptCount = 0
        func keep(_ partition: Partition) {
            broker.pending[keptCount] = partition
            keptCount += 1
        }
        var (bytes, wantsConnection) = (0, false)
        var soonest: MonotonicInstant?
        for index in 0..<count {
            let partition = broker.pending[index]
            guard partition.broker === broker else {
                partition.isPending = false
                continue
            }
            switch readiness(of: partition, now) {
            case .empty: partition.isPending = false
            case .blocked: keep(partition)
            case .later(let instant):
                soonest = min(soonest ?? instant, instant)
                keep(partition)
            case .ready(let size):
                guard broker.isConnected else {
                    wantsConnection = true
                    keep(partition)
                    continue
                }
                if !assignments.isEmpty, bytes + size > configuration.requestBytesMax {
                    keep(partition)
                    continue
                }
                if let assignment = take(from: partition, now) {
                    assignments.append(assignment)
                    bytes += size
                }
                // After those that were not served: the next request begins with them.
                if partition.hasWork { broker.pending.append(partition) } else { partition.isPending = false }
            }
        }
        broker.pending.removeSubrange(keptCount..<count)
        return (assignments, wantsConnection, soonest)
    }

    func readiness(of partition: Partition, _ now: MonotonicInstant) -> Readiness {
        if partition.nextLeader != nil { return partition.hasWork ? .blocked : .empty }
        // It is not in the transaction yet.
        if let number = transaction?.number, partition.addedToTransaction != number {
            return partition.hasWork ? .blocked : .empty
        }
        if partition.queue.hasWaiting {
            if let notBefore = partition.queue.notBefore, now < notBefore { return .later(notBefore) }
            guard partition.queue.canTake(identity, inFlightMax: inFlightMax) else { return .blocked }
            return .ready(bytes: sentBytes(of: partition.queue.firstWaiting?.payloadBytes ?? 0, partition))
        }
        guard let bytes = partition.open?.payloadBytes, let openedAt = partition.open?.openedAt else { return .empty }
        guard partition.queue.isOpen(to: identity, inFlightMax: inFlightMax) else { return .blocked }
        let due = openedAt.advanced(byMilliseconds: configuration.lingerMilliseconds)
        let isDue = isFlushing || !roomWaiters.isEmpty || now >= due
        return isDue ? .ready(bytes: sentBytes(of: bytes, partition)) : .later(due)
    }

    private var inFlightMax: Int { configuration.inFlightPerBrokerMax }

    private mutating func take(from partition: Partition, _ now: MonotonicInstant) -> Assignment? {
        if !partition.queue.hasWaiting { seal(partition, now) }
        guard let taken = partition.queue.take(identity, now: now, inFlightMax: inFlightMax) else { return nil }
        transaction?.batchSent()
        let place = BatchID(
            topicIndex: partition.topic.index, partition: partition.index, number: taken.number)
        return Assignment(
            place: place, topic: partition.topic.name, topicID: partition.topic.id, batch: taken.batch,
            stamp: taken.stamp)
    }
}
