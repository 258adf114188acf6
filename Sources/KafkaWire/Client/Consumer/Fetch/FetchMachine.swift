import KafkaProtocol
import WireCore

/// The assigned partitions of a consumer, and what must be asked of which broker next: a state machine without network,
/// clock and lock.
///
/// Each broker is asked for records in one request at a time, and for positions in another. A partition is fetched
/// while it has less than `maxPartitionFetchBytes`, and all partitions less than `fetchMaxBytes`, that the program has
/// not consumed.
struct FetchMachine: Sendable {
    private struct Broker: Sendable {
        var session = FetchSession()
        var isFetching = false
        /// Whether it is asked for positions.
        var isAsked = false
        var retry = RetryTime()
    }

    private let settings: FetchSettings
    private(set) var partitions: [TopicPartition: PartitionState] = [:]
    private var topicIDs: [String: KafkaUUID] = [:]
    private var brokers: [Int32: Broker] = [:]
    private var metadata = RetryTime()
    private var isMetadataBusy = false
    private var discoveryStart: MonotonicInstant?
    private var metadataExpiry: MonotonicInstant?
    private var coordinator = RetryTime()
    private var isCoordinatorBusy = false
    private var generator: SplitMix64
    private var turn = 0
    /// Fetched and not consumed, in the order of their arrival.
    private var fetched: [FetchedRecords] = []
    /// Fetched and not consumed, including what `takeRecords` has returned.
    private(set) var bufferedBytes = 0
    private(set) var errors = FetchErrors()

    init(_ settings: FetchSettings, seed: UInt64) {
        self.settings = settings
        generator = SplitMix64(seed: seed)
    }

    // MARK: The program's requests

    /// Replaces the partitions; those that remain keep their positions.
    mutating func assign(_ wanted: Set<TopicPartition>) {
        for partition in partitions.keys where !wanted.contains(partition) { remove(partition) }
        for partition in wanted where partitions[partition] == nil { add(partition) }
    }

    mutating func add(_ partition: TopicPartition) {
        partitions[partition] = PartitionState(initialPhase)
        metadataExpiry = nil
    }

    private var initialPhase: PartitionState.Phase {
        // Without a policy `committed` is the phase in which the missing position becomes an error.
        if !settings.usesCommittedOffsets, let policy = settings.resetPolicy { .reset(policy) } else { .committed }
    }

    mutating func remove(_ partition: TopicPartition) {
        guard let state = partitions.removeValue(forKey: partition) else { return }
        bufferedBytes -= state.bufferedBytes
        fetched.removeAll { $0.partition == partition }
    }

    /// Returns false if the partition is not assigned.
    mutating func seek(_ partition: TopicPartition, to position: FetchPosition) -> Bool {
        change(partition) { $0.seek(to: position) }
    }

    mutating func seek(_ partition: TopicPartition, to target: PartitionState.Target) -> Bool {
        change(partition) { $0.seek(to: target) }
    }

    mutating func pause(_ partition: TopicPartition, _ isPaused: Bool) -> Bool {
        change(partition) { $0.isPaused = isPaused }
    }

    @discardableResult
    private mutating func change(_ partition: TopicPartition, _ body: (inout PartitionState) -> Void) -> Bool {
        guard var state = partitions[partition] else { return false }
        let (seekCount, bytes) = (state.seekCount, state.bufferedBytes)
        body(&state)
        if state.seekCount != seekCount { fetched.removeAll { $0.partition == partition } }
        bufferedBytes += state.bufferedBytes - bytes
        partitions[partition] = state
        return true
    }

    /// The same for a change that can fail.
    private mutating func resolve(
        _ partition: TopicPartition, _ body: (inout PartitionState) -> ConsumerError?
    ) {
        var failure: ConsumerError?
        change(partition) { failure = body(&$0) }
        if let failure { errors.report(.consumer(failure)) }
    }

    /// The next error that the program must handle.
    mutating func takeFailure() -> KafkaError? { errors.take() }

    mutating func forgetLastError() { errors.last = nil }

    /// The brokers that lead the partitions.
    var leaders: Set<Int32> { Set(partitions.values.map(\.leader).filter { $0 >= 0 }) }

    /// Takes over the leaders of topics that the caller has described.
    mutating func lead(_ topics: [String: TopicDescription], now: MonotonicInstant) {
        metadataExpiry = now.advanced(byMilliseconds: settings.metadataMaxAgeMilliseconds)
        for topic in topics.values { lead(topic) }
    }

    // MARK: Records

    /// The next records of a partition that is not paused, in the order of arrival.
    mutating func takeRecords() -> FetchedRecords? {
        guard let index = fetched.firstIndex(where: { partitions[$0.partition]?.isPaused == false }) else { return nil }
        return fetched.remove(at: index)
    }

    var hasRecords: Bool { fetched.contains { partitions[$0.partition]?.isPaused == false } }

    /// Puts back what was taken and not consumed.
    mutating func putBack(_ records: FetchedRecords) {
        if partitions[records.partition]?.seekCount == records.seekCount { fetched.insert(records, at: 0) }
    }

    /// Records up to `records.position` were given to the program.
    mutating func consume(_ records: FetchedRecords) {
        change(records.partition) { if $0.seekCount == records.seekCount { $0.consume(upTo: records.position) } }
    }

    /// Records that the program has consumed do not count any more.
    mutating func release(_ records: FetchedRecords) {
        change(records.partition) {
            if $0.seekCount == records.seekCount { $0.bufferedBytes -= records.byteCount }
        }
    }

    // MARK: Jobs

    /// The next job that can begin now.
    mutating func nextJob(now: MonotonicInstant, exceptFetchesFrom excluded: Set<Int32> = []) -> FetchJob? {
        guard !partitions.isEmpty else { return nil }
        if let job = metadataJob(now) ?? committedJob(now) { return job }
        var work: [Int32: [TopicPartition]] = [:]
        for (partition, state) in partitions where !state.isBusy && isDue(state, now) {
            if let broker = broker(for: state, now) { work[broker, default: []].append(partition) }
        }
        for (broker, partitions) in work.sorted(by: { $0.key < $1.key }) {
            let state = brokers[broker] ?? Broker()
            guard state.retry.isDue(now) else { continue }
            let isFetching = !state.isFetching && !excluded.contains(broker)
            if let job = job(broker, partitions, asks: !state.isAsked, fetches: isFetching) { return job }
        }
        return nil
    }

    /// The earliest time at which `nextJob` may return a job without another event.
    func nextTime(now: MonotonicInstant) -> MonotonicInstant? {
        guard !partitions.isEmpty else { return nil }
        var times: [MonotonicInstant?] = [metadataExpiry, coordinator.at]
        if needsMetadata { times.append(metadata.at) }
        times += brokers.values.map(\.retry.at) + partitions.values.map(\.retryAt)
        return times.compactMap { $0 }.filter { $0 > now }.min()
    }

    private func isDue(_ state: PartitionState, _ now: MonotonicInstant) -> Bool {
        state.retryAt.map { $0 <= now } ?? true
    }

    /// The broker that has something to answer about a partition.
    private func broker(for state: PartitionState, _ now: MonotonicInstant) -> Int32? {
        guard !state.needsMetadata else { return nil }
        switch state.phase {
        case .committed, .halted: return nil
        case .reset, .validation: return state.leader
        case .fetching:
            guard !state.isPaused, state.bufferedBytes < settings.maxPartitionBytes,
                bufferedBytes < settings.maxBytes
            else { return nil }
            return state.source(now: now)
        }
    }

    private var needsMetadata: Bool {
        metadataExpiry == nil || partitions.values.contains { $0.needsMetadata }
    }

    private mutating func metadataJob(_ now: MonotonicInstant) -> FetchJob? {
        let isExpired = metadataExpiry.map { $0 <= now } ?? true
        guard !isMetadataBusy, metadata.isDue(now), isExpired || needsMetadata else { return nil }
        isMetadataBusy = true
        discoveryStart = discoveryStart ?? now
        return .metadata(Set(partitions.keys.map(\.topic)).sorted())
    }

    /// Whether `nextJob` returns a job.
    func hasJob(now: MonotonicInstant) -> Bool {
        var copy = self
        return copy.nextJob(now: now) != nil
    }

    private mutating func committedJob(_ now: MonotonicInstant) -> FetchJob? {
        let wanted = partitions.filter { $0.value.phase == .committed && !$0.value.isBusy }.keys.sorted()
        guard !wanted.isEmpty, !isCoordinatorBusy, coordinator.isDue(now) else { return nil }
        guard settings.usesCommittedOffsets else {
            for partition in wanted { resolve(partition) { $0.committed(nil, nil, partition) } }
            return nil
        }
        isCoordinatorBusy = true
        for partition in wanted { partitions[partition]?.isBusy = true }
        return .committed(wanted)
    }

    /// Positions come before records.
    private mutating func job(
        _ broker: Int32, _ names: [TopicPartition], asks isAsking: Bool, fetches isFetching: Bool
    ) -> FetchJob? {
        var work = FetchWork()
        for name in names {
            guard let state = partitions[name] else { continue }
            let id = topicIDs[name.topic] ?? .zero
            work.add(name, state, topicID: id, bytesMax: settings.maxPartitionBytes)
        }
        if isAsking, let job = work.positions(from: broker) {
            brokers[broker, default: Broker()].isAsked = true
            for name in work.askedPartitions { partitions[name]?.isBusy = true }
            return job
        }
        guard isFetching, !work.fetches.isEmpty else { return nil }
        brokers[broker, default: Broker()].isFetching = true
        let request = brokers[broker, default: Broker()].session.request(work.orderedFetches)
        let session = brokers[broker]?.session.partitions ?? [:]
        return .fetch(FetchRequestPlan(broker: broker, request: request, partitions: session))
    }

    /// The requests that close the fetch sessions.
    mutating func closingRequests() -> [FetchRequestPlan] {
        let open = brokers.filter { $0.value.session.isOpen && !$0.value.isFetching }
        brokers = [:]
        return open.map { id, broker in
            FetchRequestPlan(broker: id, request: broker.session.closingRequest(), partitions: [:])
        }
    }

    // MARK: Results

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

    private mutating func lead(_ topic: TopicDescription) {
        let isAnother = topicIDs[topic.name].map { $0 != .zero && $0 != topic.id } ?? false
        topicIDs[topic.name] = topic.id
        for partition in topic.partitions {
            let name = TopicPartition(topic.name, partition.index)
            change(name) { $0.lead(by: partition.leader, epoch: partition.leaderEpoch, isAnotherTopic: isAnother) }
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
                resolve(partition) { $0.validated(endOffset: end.offset, epoch: end.epoch, policy, partition) }
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
                position.offset == asked.offset
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
            resolve(partition) { $0.validated(endOffset: end.endOffset, epoch: end.epoch, policy, partition) }
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
            resolve(partition) { $0.outOfRange(policy, partition) }
        case .notLeaderOrFollower, .fencedLeaderEpoch:
            let hint = data.currentLeader
            guard hint.leaderID >= 0, hint.leaderEpoch > partitions[partition]?.leaderEpoch ?? -1 else { fallthrough }
            change(partition) { $0.lead(by: hint.leaderID, epoch: hint.leaderEpoch) }
        default:
            refused(partition, .code(data.errorCode, about: "fetching from \(partition)"), now)
        }
    }
}
