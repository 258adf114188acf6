import KafkaProtocol
import WireCore

extension FetchMachine {
    /// Handles the result of a job. Returns the records that it brought, for the observer.
    mutating func finish(_ job: FetchJob, _ result: FetchResult, now: MonotonicInstant) -> [FetchedRecords] {
        switch job {
        case .list(let broker, _), .validate(let broker, _): brokers[broker]?.isAsked = false
        case .fetch(let plan): brokers[plan.broker]?.isFetching = false
        case .metadata: isMetadataBusy = false
        case .committed: isCoordinatorBusy = false
        }
        switch (job, result) {
        case (_, .failed(let error)): failed(job, error, now: now)
        case (.metadata, .metadata(let topics)): received(topics, now: now)
        case (.committed(let asked), .committed(let offsets)): received(committed: offsets, of: asked)
        case (.list(let broker, let targets), .listed(let offsets)):
            received(offsets, of: targets, from: broker, now)
        case (.validate(let broker, let positions), .validated(let ends)):
            received(ends, of: positions, from: broker, now)
        case (.fetch(let plan), .fetched(let code, let sessionID, let answers)):
            return received(plan, code, sessionID: sessionID, answers, now: now)
        default: preconditionFailure("the result is of another job")
        }
        return []
    }

    /// Handles the failure of a whole job.
    private mutating func failed(_ job: FetchJob, _ error: KafkaError, now: MonotonicInstant) {
        switch job {
        case .metadata: metadata.failed(settings, &generator, now: now)
        case .committed(let wanted):
            // Errors for the program are not repeated before it has received them.
            for partition in wanted { partitions[partition]?.isBusy = false }
            coordinator.failed(settings, &generator, now: now)
            if error.errorCode == .unknownTopicID { metadataExpiry = nil }
            if error.isOfFormerMembership {
                errors.last = error
                return
            }
        case .list(let broker, let targets): end(broker, Array(targets.keys), error, now)
        case .validate(let broker, let positions):
            if case .unsupportedVersion = error {
                for partition in positions.keys { change(partition) { $0.skipValidation() } }
                return end(broker, Array(positions.keys), nil, now)
            }
            end(broker, Array(positions.keys), error, now)
        case .fetch(let plan):
            brokers[plan.broker]?.session.failed()
            for partition in plan.partitions.keys where partitions[partition]?.source(now: now) == plan.broker {
                partitions[partition]?.forgetReplica()
            }
            end(plan.broker, Array(plan.partitions.keys), error, now)
        }
        errors.note(error)
    }

    /// A broker has answered, or not; then it may not be the leader any more.
    private mutating func end(
        _ broker: Int32, _ asked: [TopicPartition], _ error: KafkaError?, _ now: MonotonicInstant
    ) {
        for partition in asked { partitions[partition]?.isBusy = false }
        guard let error else {
            brokers[broker]?.retry.succeeded()
            return
        }
        brokers[broker]?.retry.failed(settings, &generator, now: now)
        guard error.errorCode == nil || error.errorCode?.requiresMetadataRefresh == true else { return }
        for partition in asked { partitions[partition]?.needsMetadata = true }
    }

    /// Handles metadata: the description of each topic, or its error.
    private mutating func received(_ topics: [String: Result<TopicDescription, KafkaError>], now: MonotonicInstant) {
        metadataExpiry = now.advanced(byMilliseconds: settings.metadataMaxAgeMilliseconds)
        for (name, topic) in topics {
            switch topic {
            case .success(let description): lead(description)
            case .failure(let error):
                errors.note(error)
                for partition in partitions.keys where partition.topic == name {
                    partitions[partition]?.needsMetadata = true
                }
            }
        }
        if let limit = settings.discoveryTimeoutMilliseconds, let start = discoveryStart,
            now.milliseconds(since: start) >= limit, partitions.values.contains(where: { $0.leader < 0 })
        {
            let last = errors.last.map { "\($0)" }
            errors.report(.timedOut(what: "finding the leaders of partitions", milliseconds: limit, lastError: last))
        }
        // Leaders that are still unknown are asked for after a pause.
        if needsMetadata { metadata.failed(settings, &generator, now: now) } else { metadata.succeeded() }
    }

    mutating func lead(_ topic: TopicDescription) {
        let policy = settings.resetPolicy
        for partition in topic.partitions {
            let name = TopicPartition(topic.name, partition.index)
            var isReplaced = false
            change(name) { isReplaced = $0.belong(to: topic.id) }
            if isReplaced { resolve(name, .topicRecreated) { $0.topicReplaced(policy, name) } }
            change(name) { $0.lead(by: partition.leader, epoch: partition.leaderEpoch) }
        }
        // A partition that the topic does not have keeps asking.
        let known = Set(topic.partitions.map(\.index))
        for partition in partitions.keys where partition.topic == topic.name && !known.contains(partition.partition) {
            partitions[partition]?.needsMetadata = true
            errors.last = .code(
                .unknownTopicOrPartition, about: "partition \(partition.partition) of topic \(topic.name)")
        }
    }

    /// Handles committed offsets; a partition without one has nil.
    private mutating func received(committed: [TopicPartition: FetchPosition?], of asked: [TopicPartition]) {
        coordinator.succeeded()
        let policy = settings.resetPolicy
        for partition in asked {
            partitions[partition]?.isBusy = false
            resolve(partition) { $0.committed(committed[partition] ?? nil, policy, partition) }
        }
    }

    /// Handles listed offsets, each with its error.
    private mutating func received(
        _ listed: [TopicPartition: Result<FetchPosition?, KafkaError>],
        of targets: [TopicPartition: FetchJob.ListedTarget], from broker: Int32, _ now: MonotonicInstant
    ) {
        end(broker, Array(targets.keys), nil, now)
        for (partition, asked) in targets {
            switch listed[partition] {
            case .success(let found): change(partition) { $0.listed(asked.target, found) }
            case .failure(let error): refused(partition, error, now)
            case nil: refused(partition, .code(.unknownServerError, about: "offsets of \(partition)"), now)
            }
        }
    }

    /// Handles the ends of epochs, each with its error.
    private mutating func received(
        _ ends: [TopicPartition: Result<FetchPosition, KafkaError>],
        of positions: [TopicPartition: FetchJob.ValidatedPosition], from broker: Int32, _ now: MonotonicInstant
    ) {
        end(broker, Array(positions.keys), nil, now)
        let policy = settings.resetPolicy
        for (partition, asked) in positions where partitions[partition]?.seekCount == asked.seekCount {
            switch ends[partition] {
            case .success(let end):
                resolve(partition, .logTruncated) {
                    $0.validated(endOffset: end.offset, epoch: end.epoch, policy, partition)
                }
            case .failure(let error): refused(partition, error, now)
            case nil: refused(partition, .code(.unknownServerError, about: "epochs of \(partition)"), now)
            }
        }
    }

    /// A request about one partition was refused.
    private mutating func refused(_ partition: TopicPartition, _ error: KafkaError, _ now: MonotonicInstant) {
        guard error.isRetriable || error.errorCode == .unknownServerError else {
            errors.report(error)
            partitions[partition]?.retryAt = now.advanced(byMilliseconds: settings.backoffMaxMilliseconds)
            return
        }
        errors.last = error
        if error.errorCode?.requiresMetadataRefresh == true { partitions[partition]?.needsMetadata = true }
        partitions[partition]?.retryAt = now.advanced(byMilliseconds: settings.backoffMilliseconds)
    }

    private mutating func received(
        _ plan: FetchRequestPlan, _ code: KafkaErrorCode, sessionID: Int32, _ answers: [FetchAnswer],
        now: MonotonicInstant
    ) -> [FetchedRecords] {
        let partitions = answers.map(\.partition)
        let isAccepted = brokers[plan.broker]?.session.received(code, sessionID: sessionID, partitions: partitions)
        guard isAccepted == true else {
            // An unknown session needs no pause: the next request begins another.
            let isOfSession = code == .none || code == .fetchSessionIDNotFound || code == .invalidFetchSessionEpoch
            let error = KafkaError.code(code, about: "fetching from broker \(plan.broker)")
            end(plan.broker, [], isOfSession ? nil : error, now)
            if code == .fetchSessionTopicIDError || code == .unknownTopicID { metadataExpiry = nil }
            if !isOfSession, !error.isRetriable { errors.report(error) }
            return []
        }
        end(plan.broker, [], nil, now)
        var received: [FetchedRecords] = []
        for answer in answers {
            guard let partition = answer.partition, let asked = plan.partitions[partition],
                let state = self.partitions[partition], state.phase == .fetching, let position = state.position,
                position.offset == asked.offset, state.topicID == asked.topicID
            else { continue }
            if let records = take(answer.data, of: partition, at: position, from: plan.broker, now) {
                fetched.append(records)
                received.append(records)
            }
        }
        return received
    }

    private mutating func take(
        _ data: FetchResponse.PartitionData, of partition: TopicPartition, at position: FetchPosition,
        from broker: Int32, _ now: MonotonicInstant
    ) -> FetchedRecords? {
        guard data.errorCode == .none else {
            refused(data, partition, position, from: broker, now)
            return nil
        }
        if data.divergingEpoch.endOffset >= 0 || data.divergingEpoch.epoch >= 0 {
            let (end, policy) = (data.divergingEpoch, settings.resetPolicy)
            resolve(partition, .logTruncated) {
                $0.validated(endOffset: end.endOffset, epoch: end.epoch, policy, partition)
            }
            return nil
        }
        change(partition) {
            $0.noteOffsets(
                highWatermark: data.highWatermark, lastStableOffset: data.lastStableOffset,
                logStartOffset: data.logStartOffset)
        }
        if data.preferredReadReplica >= 0 {
            let until = now.advanced(byMilliseconds: settings.metadataMaxAgeMilliseconds)
            change(partition) { $0.prefer(replica: data.preferredReadReplica, until: until) }
        }
        let bytes = data.records ?? []
        guard !bytes.isEmpty else { return nil }
        let summary = RecordSetSummary(bytes)
        guard summary.batchCount > 0, let state = partitions[partition] else {
            let fault = WireError(.badLength(bytes.count), at: 0)
            errors.report(.malformed(context: "fetched records at offset \(position.offset) of \(partition)", fault))
            change(partition) { $0.halt() }
            return nil
        }
        let next = FetchPosition(offset: max(position.offset, summary.nextOffset), epoch: summary.leaderEpoch)
        turn += 1
        let turn = turn
        change(partition) {
            $0.fetched(bytes: bytes.count, next: next)
            $0.turn = turn
        }
        return FetchedRecords(
            partition, start: position, next: next, bytes: bytes, recordCount: summary.recordCount,
            aborted: settings.isolation == .readCommitted ? data.abortedTransactions ?? [] : nil,
            seekCount: state.seekCount, checksCRCs: settings.checksCRCs)
    }

    private mutating func refused(
        _ data: FetchResponse.PartitionData, _ partition: TopicPartition, _ position: FetchPosition,
        from broker: Int32, _ now: MonotonicInstant
    ) {
        let isFollower = partitions[partition]?.leader != broker
        change(partition) { $0.forgetReplica() }
        switch data.errorCode {
        // A follower may be behind, or have deleted later than the leader.
        case .offsetOutOfRange where isFollower: break
        case .offsetOutOfRange:
            let policy = settings.resetPolicy
            resolve(partition, .outOfRange) { $0.outOfRange(policy, partition) }
        case .notLeaderOrFollower, .fencedLeaderEpoch:
            let hint = data.currentLeader
            guard hint.leaderID >= 0, hint.leaderEpoch > partitions[partition]?.leaderEpoch ?? -1 else { fallthrough }
            change(partition) { $0.lead(by: hint.leaderID, epoch: hint.leaderEpoch) }
        default:
            refused(partition, .code(data.errorCode, about: "fetching from \(partition)"), now)
        }
    }
}
