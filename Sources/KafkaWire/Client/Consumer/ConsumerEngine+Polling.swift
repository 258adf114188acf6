import KafkaProtocol
import WireCore
import WireStreams

extension ConsumerEngine {
    /// Begins a poll: what the former one has returned is consumed. Throws if another thread polls.
    func beginPoll() throws(KafkaError) {
        let isRefused = adjust { state -> Bool in
            guard !state.isPolling else { return true }
            state.isPolling = true
            state.lastPoll = .now
            state.leaveCursor()
            for records in state.inUse { state.fetch.release(records) }
            state.inUse = []
            return false
        }
        if isRefused { throw .consumer(.invalidState("two threads or tasks poll the same consumer")) }
        if read({ $0.isExpired }) { change { _ in } }
        commitIfDue()
    }

    func endPoll() {
        adjust { state in
            state.isPolling = false
            state.lastPoll = .now
        }
    }

    /// The next records, at most `max`, of what was fetched. Records that cannot be read are an error, after those
    /// before them.
    func takeRecords(max: Int) throws(KafkaError) -> [ConsumedRecord] {
        var records: [ConsumedRecord] = []
        while records.count < max, let fetched = read({ $0.fetch.takeRecords() }) {
            var rest = fetched
            var failure: RecordBatchError?
            do throws(RecordBatchError) {
                try rest.read(max: max - records.count, into: &records)
            } catch { failure = error }
            adjust { [rest] state in
                state.fetch.consume(rest)
                if rest.isAtEnd { state.inUse.append(rest) } else { state.fetch.putBack(rest) }
            }
            guard let failure else { continue }
            if records.isEmpty { throw KafkaError(failure) }
            break
        }
        return records
    }

    // MARK: Commits

    /// Enqueues an automatic commit if one is due and something was consumed.
    private func commitIfDue() {
        guard configuration.isAutoCommitEnabled, configuration.groupID != nil else { return }
        let now = MonotonicInstant.now
        let interval = configuration.autoCommitIntervalMilliseconds
        let (positions, ids) = adjust { state -> ([TopicPartition: FetchPosition], [String: KafkaUUID]) in
            guard let due = state.nextAutoCommit, due <= now else {
                state.nextAutoCommit = state.nextAutoCommit ?? now.advanced(byMilliseconds: interval)
                return ([:], [:])
            }
            state.nextAutoCommit = now.advanced(byMilliseconds: interval)
            return (state.uncommitted, state.topicIDs)
        }
        guard !positions.isEmpty else { return }
        let offsets = OffsetsToCommit(offsets: positions.mapValues { OffsetAndMetadata($0) }, topicIDs: ids)
        enqueueCommit(offsets) { [self] error in
            change { state in
                if error == nil { state.autoCommitted.merge(positions) { $1 } }
                // Soon again after an error that may pass.
                if error?.isRetriable == true {
                    let pause = client.configuration.retryBackoffMilliseconds
                    state.nextAutoCommit = MonotonicInstant.now.advanced(byMilliseconds: pause)
                }
            }
        }
    }

    /// Commits what was consumed, at a rebalance or the end. Errors are reported to the observer. A topic that has been
    /// deleted must not delay the rebalance.
    func commitConsumed(timeoutMilliseconds: Int) {
        guard configuration.isAutoCommitEnabled, configuration.groupID != nil else { return }
        let (positions, ids) = read { ($0.uncommitted, $0.topicIDs) }
        guard !positions.isEmpty else { return }
        let offsets = OffsetsToCommit(offsets: positions.mapValues { OffsetAndMetadata($0) }, topicIDs: ids)
        let isCommitted: Void? = try? commit(
            offsets, timeoutMilliseconds: timeoutMilliseconds, isRetryingUnknownTopics: false)
        guard isCommitted != nil else { return }
        change { $0.autoCommitted.merge(positions) { $1 } }
    }

    /// Enqueues a commit, which the group's thread sends.
    func enqueueCommit(
        _ offsets: OffsetsToCommit, completion: (@Sendable (KafkaError?) -> Void)?
    ) {
        change { $0.commits.append(ConsumerState.PendingCommit(offsets: offsets, completion: completion)) }
    }

    /// Sends the commits that are enqueued, in their order.
    func sendCommits() {
        guard takeCommitToken(until: nil) else { return }
        defer { change { $0.isCommitting = false } }
        sendEnqueued()
    }

    private func sendEnqueued() {
        while let commit = read({ $0.commits.isEmpty ? nil : $0.commits.removeFirst() }) {
            let error: KafkaError?
            do throws(KafkaError) {
                try attempt(commit.offsets, limitMilliseconds: nil)
                error = nil
            } catch let failure { error = failure }
            commit.completion?(error)
        }
    }

    /// Commits, after what was enqueued before, and retries within the timeout. An offset of a topic that was deleted
    /// and created again is refused at once: it must not become one of the new topic.
    ///
    /// - Parameter isRetryingUnknownTopics: whether a topic may be one that the coordinator does not know yet.
    func commit(
        _ offsets: OffsetsToCommit, timeoutMilliseconds: Int, isRetryingUnknownTopics: Bool = true
    ) throws(KafkaError) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: timeoutMilliseconds)
        guard takeCommitToken(until: deadline) else {
            try cancellation.check()
            throw .timedOut(what: "committing offsets", milliseconds: timeoutMilliseconds, lastError: nil)
        }
        defer { change { $0.isCommitting = false } }
        sendEnqueued()
        guard !offsets.offsets.isEmpty else { return }
        try client.retrying(
            "committing offsets", timeoutMilliseconds: timeoutMilliseconds, cancellation,
            where: { error in
                switch error.errorCode {
                case .staleMemberEpoch: true
                case .unknownTopicID: false
                case .unknownTopicOrPartition: isRetryingUnknownTopics
                default: error.isRetriable && error != .consumer(.rebalanceInProgress)
                }
            }
        ) { () throws(KafkaError) in
            try attempt(offsets, limitMilliseconds: timeoutMilliseconds)
        }
    }

    private func takeCommitToken(until deadline: MonotonicInstant?) -> Bool {
        wait(until: deadline) { state -> Bool? in
            if state.isClosed { return false }
            guard !state.isCommitting else { return nil }
            state.isCommitting = true
            return true
        } ?? false
    }

    private func attempt(
        _ offsets: OffsetsToCommit, limitMilliseconds: Int?
    ) throws(KafkaError) {
        let member = try groupMetadata()
        let isSubscribed = read { $0.subscription != nil }
        if isSubscribed, member.generationID < 0 {
            throw .consumer(.commitFailed(reason: "the consumer is not a member of group \(member.groupID)"))
        }
        let started = MonotonicInstant.now
        let codes = try self.offsets.commit(offsets, member, limitMilliseconds: limitMilliseconds)
        // The errors of a member concern all partitions.
        for (partition, code) in codes.sorted(by: { $0.key < $1.key }) where code != .none {
            throw Self.failure(code, partition, member)
        }
        client.configuration.observer?.offsetsCommitted(
            group: member.groupID, partitionCount: offsets.offsets.count,
            milliseconds: MonotonicInstant.now.milliseconds(since: started))
    }

    private static func failure(
        _ code: KafkaErrorCode, _ partition: TopicPartition, _ member: ConsumerGroupMetadata
    ) -> KafkaError {
        switch code {
        case .fencedInstanceID: .consumer(.fencedInstanceID(member.groupInstanceID ?? ""))
        case .rebalanceInProgress: .consumer(.rebalanceInProgress)
        case .illegalGeneration, .unknownMemberID, .fencedMemberEpoch:
            .consumer(.commitFailed(reason: "the member is not in the current generation of group \(member.groupID)"))
        default: .code(code, about: "committing the offset of \(partition) in group \(member.groupID)")
        }
    }
}

extension ConsumerState {
    /// What was consumed and is not committed by the last automatic commit.
    fileprivate var uncommitted: [TopicPartition: FetchPosition] {
        consumedPositions.filter { autoCommitted[$0.key] != $0.value }
    }
}
