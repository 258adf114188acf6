import KafkaProtocol
import WireCore

extension ProducerCore {
    /// A settled batch, to be reported once the lock is released.
    struct Finished: Sendable {
        let topic: String
        let partition: Int32
        let batch: SealedBatch
        /// The offset of its first record, or the error.
        let outcome: Result<Int64, KafkaError>
        /// The records because of which the broker refused the batch, with its messages (KIP-467).
        var refusedRecords: [Int32: String?] = [:]
    }

    /// A batch that is retried, and the broker's error; nil if the connection was lost.
    struct Retried: Sendable {
        let topic: String
        let partition: Int32
        let code: KafkaErrorCode?
    }

    /// The effects of a change of the state; applied once the lock is released.
    struct Effects: Sendable {
        var finished: [Finished] = []
        var wakeups: [WakeupSignal] = []
        var needsMaintenance = false
        /// The error with which a partition has been refusing batches for long enough to be reported.
        var refusal: KafkaError?
        /// Batches that will be retried.
        var retried: [Retried] = []
        /// Topics that were deleted and created again.
        var recreatedTopics: [String] = []
        /// Brokers that lead partitions now and have no writer yet.
        var newBrokers: [Int32] = []

        mutating func add(_ other: Effects) {
            finished += other.finished
            retried += other.retried
            wakeups += other.wakeups
            needsMaintenance = needsMaintenance || other.needsMaintenance
            refusal = refusal ?? other.refusal
            recreatedTopics += other.recreatedTopics
            newBrokers += other.newBrokers
        }
    }

    /// A broker's result for one batch.
    struct Answer: Sendable {
        let place: BatchID
        let outcome: PartitionQueue<SealedBatch>.BatchResult
        var baseOffset: Int64 = -1
        var message: String?
        var refusedRecords: [Int32: String?] = [:]
        /// The leader that a broker names which is not the leader any more (KIP-951).
        var leader: (id: Int32, epoch: Int32)?
    }

    /// A request has its response, or is lost with its connection.
    ///
    /// - Parameter throttleMilliseconds: the time for which the broker wants no further request (KIP-219).
    mutating func settle(
        _ answers: [Answer], ofBroker id: Int32, throttleMilliseconds: Int32 = 0, now: MonotonicInstant
    ) -> Effects {
        var effects = Effects()
        for answer in answers { settle(answer, now, &effects) }
        if let broker = brokers[id] {
            broker.inFlightRequests = max(0, broker.inFlightRequests - 1)
            if throttleMilliseconds > 0 {
                let until = now.advanced(byMilliseconds: Int(throttleMilliseconds))
                broker.throttledUntil = max(broker.throttledUntil ?? until, until)
            }
            if mustWakeAfterSettling(broker, now: now), let wakeup = wake(broker) { effects.wakeups.append(wakeup) }
        }
        release(&effects)
        return effects
    }

    private mutating func settle(_ answer: Answer, _ now: MonotonicInstant, _ effects: inout Effects) {
        let partition = topics[answer.place.topicIndex].partitions[Int(answer.place.partition)]
        let number = answer.place.number
        let pause = backoff.milliseconds(
            attempt: partition.queue.failedAttempts(number), jitter: .random(in: -1...1, using: &generator))
        let hasNewLeader = follow(answer.leader, partition, &effects)
        guard let batch = partition.queue.batch(number),
            let verdict = partition.queue.finish(
                number, answer.outcome, retryAt: hasNewLeader ? nil : now.advanced(byMilliseconds: pause))
        else { return }
        if case .refused(let code) = answer.outcome, code.requiresMetadataRefresh {
            needsMetadata = true
            effects.needsMaintenance = true
        }
        noteRefusal(answer, verdict, partition, nextAttemptAt: now.advanced(byMilliseconds: pause), now, &effects)
        noteRetry(answer, verdict, partition, &effects)
        switch verdict {
        case .delivered: finish(partition, batch, .success(answer.baseOffset), &effects)
        case .failed(let code):
            let failure = error(code, partition, answer.message)
            finish(partition, batch, .failure(failure), refusing: answer.refusedRecords, &effects)
            failTransaction(failure, partition, &effects)
        case .retry, .retryInNextEpoch:
            expire(batch, of: partition, after: answer.outcome, now: now, &effects)
        case .retryWithNewProducer:
            requestIdentity()
            effects.needsMaintenance = true
        case .split: split(partition, number, batch, &effects)
        case .fatal(let code): effects.add(fail(error(code, partition, answer.message)))
        }
        if transaction?.dropsUnsentBatches == true { dropUnsentBatches(partition, &effects) }
        if partition.queue.awaitsNewEpoch(beyond: identity) { beginNextEpoch(&effects) }
        moveToNextLeader(partition, &effects)
        if partition.hasWork, let wakeup = list(partition, hasNews: false) { effects.wakeups.append(wakeup) }
    }

    /// The time for which a batch is refused until it is reported: longer than a leader election.
    private static let refusalMillisecondsUntilNews = 2000

    private mutating func noteRefusal(
        _ answer: Answer, _ verdict: PartitionQueue<SealedBatch>.Resolution, _ partition: Partition,
        nextAttemptAt: MonotonicInstant, _ now: MonotonicInstant, _ effects: inout Effects
    ) {
        guard case .refused(let code) = answer.outcome, verdict == .retry else {
            if answer.outcome != .lost { _ = note(partition, isRefusing: false) }
            return
        }
        // Not later than the next attempt.
        guard let since = partition.queue.refusedSince(answer.place.number, now: now),
            nextAttemptAt.milliseconds(since: since) >= Self.refusalMillisecondsUntilNews
        else { return }
        if note(partition, isRefusing: true) { effects.refusal = error(code, partition, answer.message) }
    }

    private func noteRetry(
        _ answer: Answer, _ verdict: PartitionQueue<SealedBatch>.Resolution, _ partition: Partition,
        _ effects: inout Effects
    ) {
        switch verdict {
        case .delivered, .failed, .fatal: return
        case .retry, .retryInNextEpoch, .retryWithNewProducer, .split: break
        }
        var code: KafkaErrorCode?
        if case .refused(let refusal) = answer.outcome { code = refusal }
        effects.retried.append(Retried(topic: partition.topic.name, partition: partition.index, code: code))
    }

    private func error(_ code: KafkaErrorCode, _ partition: Partition, _ message: String?) -> KafkaError {
        .code(code, about: "writing to \(partition.topic.name)-\(partition.index)", message: message)
    }

    mutating func finish(
        _ partition: Partition, _ batch: SealedBatch, _ outcome: Result<Int64, KafkaError>,
        refusing refusedRecords: [Int32: String?] = [:], _ effects: inout Effects
    ) {
        bufferedBytes -= batch.payloadBytes
        settled()
        effects.finished.append(
            Finished(
                topic: partition.topic.name, partition: partition.index, batch: batch, outcome: outcome,
                refusedRecords: refusedRecords))
    }

    private mutating func beginNextEpoch(_ effects: inout Effects) {
        // That of a transactional producer begins between two transactions.
        guard transaction == nil else { return }
        if raiseEpoch() { effects.wakeups += wakeAll() } else { effects.needsMaintenance = true }
    }

    private mutating func split(
        _ partition: Partition, _ number: UInt64, _ batch: SealedBatch, _ effects: inout Effects
    ) {
        do throws(KafkaError) {
            let parts = try batch.halves()
            partition.queue.replace(
                number, with: parts.map { ($0, newBatchNumber(), $0.recordCount) })
            unfinishedBatches += parts.count - 1
            bufferedBytes += parts.reduce(-batch.payloadBytes) { $0 + $1.payloadBytes }
            let sentBytes = sentBytes(of: batch.payloadBytes, partition)
            partition.batchBytesMax = max(1024, min(partition.batchBytesMax, sentBytes / 2))
            partition.payloadBytesMax = payloadBytesMax(of: partition)
        } catch {
            effects.add(fail(error))
        }
    }

    // MARK: Time

    private func isExpired(_ batch: SealedBatch, _ now: MonotonicInstant) -> Bool {
        guard let limit = configuration.deliveryTimeoutMilliseconds else { return false }
        return now.milliseconds(since: batch.openedAt) >= limit
    }

    /// Fails a returned batch whose delivery timeout has passed.
    private mutating func expire(
        _ batch: SealedBatch, of partition: Partition, after outcome: PartitionQueue<SealedBatch>.BatchResult,
        now: MonotonicInstant, _ effects: inout Effects
    ) {
        guard isExpired(batch, now) else { return }
        _ = note(partition, isRefusing: false)
        for expired in partition.queue.removeWaiting(where: { $0 === batch }) {
            let failure = timedOut(partition, "\(outcome)")
            finish(partition, expired, .failure(failure), &effects)
            failTransaction(failure, partition, &effects)
        }
    }

    private func timedOut(_ partition: Partition, _ lastError: String?) -> KafkaError {
        .timedOut(
            what: "writing to \(partition.topic.name)-\(partition.index)",
            milliseconds: configuration.deliveryTimeoutMilliseconds ?? 0, lastError: lastError)
    }

    /// Fails batches that have waited for longer than the delivery timeout.
    mutating func expireAll(now: MonotonicInstant) -> Effects {
        var effects = Effects()
        guard configuration.deliveryTimeoutMilliseconds != nil else { return effects }
        for partition in topics.flatMap(\.partitions) where partition.hasWork {
            if let openedAt = partition.open?.openedAt,
                now.milliseconds(since: openedAt) >= configuration.deliveryTimeoutMilliseconds ?? .max {
                seal(partition)
            }
            for batch in partition.queue.removeWaiting(where: { isExpired($0, now) }) {
                _ = note(partition, isRefusing: false)
                finish(partition, batch, .failure(timedOut(partition, nil)), &effects)
                failTransaction(timedOut(partition, nil), partition, &effects)
            }
            if partition.queue.awaitsNewEpoch(beyond: identity) { beginNextEpoch(&effects) }
        }
        release(&effects)
        return effects
    }

    /// The time at which `expireAll` must run again, if no batch that is unsettled now is settled before.
    func nextExpiry(now: MonotonicInstant) -> MonotonicInstant? {
        guard let limit = configuration.deliveryTimeoutMilliseconds else { return nil }
        // A batch that is opened later expires later.
        var next = now.advanced(byMilliseconds: limit)
        for topic in topics {
            for partition in topic.partitions {
                guard let openedAt = partition.queue.first?.openedAt ?? partition.open?.openedAt else { continue }
                // A batch that is in flight expires after its response.
                let earliest = now.advanced(byMilliseconds: Self.expiryPauseMilliseconds)
                next = min(next, max(openedAt.advanced(byMilliseconds: limit), earliest))
            }
        }
        return next
    }

    /// The minimum time between two searches for expired batches.
    private static let expiryPauseMilliseconds = 100

    // MARK: Ends

    /// Ends appending; all batches fail with `error`.
    mutating func fail(_ error: KafkaError) -> Effects {
        var effects = Effects()
        failure = failure ?? error
        effects.needsMaintenance = true
        effects.wakeups += takeTransactionWaiters()
        for partition in topics.flatMap(\.partitions) {
            seal(partition)
            for batch in partition.queue.removeAll() { finish(partition, batch, .failure(error), &effects) }
        }
        release(&effects)
        return effects
    }

    /// Wakes the threads that wait for room or for the last batch, if they can continue.
    mutating func release(_ effects: inout Effects) {
        if !roomWaiters.isEmpty, !effects.finished.isEmpty || failure != nil {
            effects.wakeups += roomWaiters
            roomWaiters = []
        }
        if unfinishedBatches == 0 || failure != nil { isFlushing = false }
        effects.wakeups += takeDeliveryWaiters()
    }

    // MARK: Leaders

    /// Updates the partitions' leaders; returns the brokers that have no writer yet.
    mutating func update(_ descriptions: [TopicDescription]) -> (newBrokers: [Int32], effects: Effects) {
        var newBrokers: [Int32] = []
        var effects = Effects()
        for description in descriptions {
            guard let topic = topicsByName[description.name] else { continue }
            if description.id != .zero {
                if topic.id != .zero, topic.id != description.id {
                    effects.recreatedTopics.append(topic.name)
                    for partition in topic.partitions { partition.leaderEpoch = -1 }
                }
                topic.id = description.id
            }
            for partition in description.partitions where partition.index >= 0 {
                // Partitions come in the order of their index, without gaps.
                if Int(partition.index) == topic.partitions.count {
                    topic.partitions.append(Partition(topic: topic, index: partition.index, configuration))
                }
                guard Int(partition.index) < topic.partitions.count, partition.leader >= 0 else {
                    needsMetadata = true
                    effects.needsMaintenance = true
                    continue
                }
                let state = topic.partitions[Int(partition.index)]
                // A broker that has not heard of the newest leader names an older one.
                if partition.leaderEpoch >= 0, partition.leaderEpoch < state.leaderEpoch { continue }
                state.leaderEpoch = partition.leaderEpoch
                if addBroker(partition.leader) { newBrokers.append(partition.leader) }
                state.nextLeader = state.broker?.id == partition.leader ? nil : partition.leader
                moveToNextLeader(state, &effects)
                // It may have been held back while its leader was unknown.
                if state.hasWork, let wakeup = list(state, hasNews: true) { effects.wakeups.append(wakeup) }
            }
        }
        if !newBrokers.isEmpty { limitBufferedBytes() }
        return (newBrokers, effects)
    }

    /// Returns whether the broker is new.
    private mutating func addBroker(_ id: Int32) -> Bool {
        guard brokers[id] == nil else { return false }
        brokers[id] = Broker(id: id)
        return true
    }

    /// Follows to a leader that a broker has named. Returns false if it is not newer than the one that is known.
    private mutating func follow(
        _ leader: (id: Int32, epoch: Int32)?, _ partition: Partition, _ effects: inout Effects
    ) -> Bool {
        guard let leader, leader.id >= 0, leader.epoch > partition.leaderEpoch else { return false }
        partition.leaderEpoch = leader.epoch
        if addBroker(leader.id) {
            effects.newBrokers.append(leader.id)
            limitBufferedBytes()
        }
        partition.nextLeader = partition.broker?.id == leader.id ? nil : leader.id
        return true
    }

    /// Waits for the batches in flight to the old leader, so that the new leader receives the rest in order.
    private func moveToNextLeader(_ partition: Partition, _ effects: inout Effects) {
        guard let leader = partition.nextLeader, partition.queue.inFlightCount == 0, let broker = brokers[leader] else {
            return
        }
        partition.broker?.pending.removeAll { $0 === partition }
        partition.broker = broker
        partition.nextLeader = nil
        partition.isPending = false
        partition.queue.endPauses()
        if partition.hasWork, let wakeup = list(partition, hasNews: true) { effects.wakeups.append(wakeup) }
    }
}
