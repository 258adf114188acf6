import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// Reads records of topics, alone or as a member of a consumer group.
///
/// A program that owns a thread calls `poll`; a task iterates over `records`. One of them at a time; all other calls
/// may come from any thread. What `poll` has returned counts as consumed: `commit()` and automatic commits cover it.
/// Heartbeats and fetching go on while the program processes records.
///
///     let consumer = KafkaConsumer(client, ConsumerConfiguration(groupID: "billing"))
///     try consumer.subscribe(to: ["orders"])
///     for try await record in consumer.records { … }
public final class KafkaConsumer: Sendable {
    /// What happens to the membership at the end (KIP-1092).
    public enum MembershipAtEnd: Sendable {
        /// A static member remains in the group until its session times out, any other leaves.
        case automatic
        /// The member leaves: its partitions are assigned to others at once.
        case leave
        /// The member remains until its session times out.
        case remain
    }

    let engine: ConsumerEngine
    private let member: Mutex<ConsumerMember?>

    /// The configuration that the consumer was created with.
    public var configuration: ConsumerConfiguration { engine.configuration }

    private var client: KafkaClient { engine.client }

    /// Does not connect yet. The consumer ends with the client.
    public convenience init(_ client: KafkaClient, _ configuration: ConsumerConfiguration) {
        var settings = FetchSettings(client.configuration)
        settings.maxBytes = configuration.fetchMaxBytes
        settings.maxPartitionBytes = configuration.maxPartitionFetchBytes
        settings.resetPolicy = PartitionState.Target(configuration.offsetReset)
        settings.usesCommittedOffsets = configuration.groupID != nil
        settings.isolation = configuration.isolationLevel
        settings.checksCRCs = configuration.checksCRCs
        if let age = configuration.metadataMaxAgeMilliseconds { settings.metadataMaxAgeMilliseconds = age }
        self.init(client, configuration, settings)
    }

    init(_ client: KafkaClient, _ configuration: ConsumerConfiguration, _ settings: FetchSettings) {
        let engine = ConsumerEngine(client, configuration, settings)
        self.engine = engine
        member = Mutex(configuration.groupID.map { ConsumerMember(engine, groupID: $0) })
        member.withLock { $0?.start() }
    }

    deinit {
        engine.close(limitMilliseconds: 0)
        member.withLock { $0?.cancel() }
    }

    // MARK: Partitions

    /// Reads these partitions, without the assignment of a group; offsets can be committed if there is a group id.
    /// Those that were assigned before keep their positions.
    ///
    /// - Throws: `ConsumerError.invalidState` if the consumer is subscribed.
    public func assign(_ partitions: some Sequence<TopicPartition>) throws(KafkaError) {
        let wanted = Set(partitions)
        let isAssigned = engine.change { state in
            guard state.subscription == nil else { return false }
            state.fetch.assign(wanted)
            return true
        }
        if !isAssigned { throw .consumer(.invalidState("the consumer is subscribed to topics")) }
    }

    /// Reads the partitions of topics that the group assigns to this consumer. Replaces a former subscription.
    ///
    /// - Throws: `ConsumerError.invalidState` without a group id, or if partitions were assigned by the program.
    public func subscribe(
        to topics: some Sequence<String>, listener: (any RebalanceListener)? = nil
    ) throws(KafkaError) {
        try subscribe(ConsumerSubscription(topics: .names(Set(topics)), listener: listener))
    }

    /// The same for all topics, also future ones, whose names satisfy a condition; without Kafka's own topics unless
    /// `excludesInternalTopics` is false.
    ///
    /// - Parameter isMatching: called on a thread of the consumer.
    public func subscribe(
        matching isMatching: @escaping @Sendable (String) -> Bool, listener: (any RebalanceListener)? = nil
    ) throws(KafkaError) {
        try subscribe(ConsumerSubscription(topics: .matching(isMatching), listener: listener))
    }

    /// The same for all topics whose names match a pattern of the broker's (RE2), with the `.consumer` protocol of
    /// Kafka 4.1 and later only.
    public func subscribe(
        toPattern pattern: String, listener: (any RebalanceListener)? = nil
    ) throws(KafkaError) {
        guard configuration.groupProtocol == .consumer else {
            throw .consumer(.invalidState("patterns of the broker need the group protocol consumer"))
        }
        try subscribe(ConsumerSubscription(topics: .pattern(pattern), listener: listener))
    }

    private func subscribe(_ subscription: ConsumerSubscription) throws(KafkaError) {
        _ = try engine.groupMetadata()
        let isSubscribed = engine.change { state in
            guard state.subscription != nil || state.fetch.partitions.isEmpty else { return false }
            state.subscription = subscription
            state.isSubscriptionNew = true
            state.failure = nil
            state.lastPoll = .now
            return true
        }
        if !isSubscribed { throw .consumer(.invalidState("the program has assigned partitions")) }
    }

    /// Leaves the group and reads no partition any more. Commits before, if commits are automatic.
    public func unsubscribe() throws(KafkaError) {
        try endMembership(timeoutMilliseconds: client.configuration.apiTimeoutMilliseconds, .automatic)
        engine.change { state in
            state.fetch.assign([])
            state.isLeaving = false
        }
        guard let groupID = configuration.groupID else { return }
        member.withLock { member in
            member = ConsumerMember(engine, groupID: groupID)
            member?.start()
        }
    }

    /// The partitions that are read.
    public var assignment: Set<TopicPartition> { engine.read { Set($0.fetch.partitions.keys) } }

    /// Stops returning records of partitions, until `resume`; their positions are kept.
    public func pause(_ partitions: some Sequence<TopicPartition>) throws(KafkaError) {
        try onEach(partitions) { $0.fetch.pause($1, true) }
    }

    /// Returns records of paused partitions again.
    public func resume(_ partitions: some Sequence<TopicPartition>) throws(KafkaError) {
        try onEach(partitions) { $0.fetch.pause($1, false) }
    }

    /// The partitions that are paused.
    public var paused: Set<TopicPartition> {
        engine.read { Set($0.fetch.partitions.filter { $0.value.isPaused }.keys) }
    }

    /// Throws if a partition is not assigned.
    func onEach(
        _ partitions: some Sequence<TopicPartition>, _ body: (inout ConsumerState, TopicPartition) -> Bool
    ) throws(KafkaError) {
        let all = Array(partitions)
        let missing = engine.change { state in all.filter { !body(&state, $0) } }
        if let first = missing.first { throw .consumer(.invalidState("\(first) is not assigned to the consumer")) }
    }

    // MARK: Polling

    /// The next records, at most `maxPollRecords`, in the order of their offsets in each partition; empty if there are
    /// none within the timeout.
    ///
    /// - Throws: `KafkaError.consumer` with `.woken` after `wakeup()`, and errors of positions; `.closed`; errors that
    ///   a retry cannot resolve, for example of authorization, and records that cannot be read: the position remains,
    ///   so that they can be skipped by `seek`. Lost connections are not errors.
    public func poll(timeoutMilliseconds: Int) throws(KafkaError) -> [ConsumedRecord] {
        try poll(timeoutMilliseconds: timeoutMilliseconds) { _ in }
    }

    /// The same, and calls `rebalanced` on this thread for each change of the partitions, after the subscription's
    /// listener. It may use the consumer, except to poll.
    public func poll(
        timeoutMilliseconds: Int, rebalanced: (RebalanceChange) -> Void
    ) throws(KafkaError) -> [ConsumedRecord] {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: timeoutMilliseconds)
        try engine.beginPoll()
        defer { engine.endPoll() }
        while true {
            try checkOpen()
            guard let event = engine.wait(until: deadline, for: { $0.nextEvent() }) else { return [] }
            let records = try handle(event) { perform($0, rebalanced) }
            if !records.isEmpty { return records }
        }
    }

    /// The same for a task: waits without a limit.
    func nextRecords() async throws -> [ConsumedRecord] {
        try engine.beginPoll()
        defer { engine.endPoll() }
        return try await withTaskCancellationHandler {
            while true {
                try checkOpen()
                guard let event = engine.read({ $0.nextEvent() }) else {
                    await engine.suspend()
                    continue
                }
                if case .cancelled = event { throw CancellationError() }
                var step: RebalanceStep?
                let records = try handle(event) { step = $0 }
                if let step { await performOnThread(step) }
                if !records.isEmpty { return records }
            }
        } onCancel: { [engine] in
            engine.change { $0.isTaskCancelled = true }
        }
    }

    private func checkOpen() throws(KafkaError) {
        if engine.cancellation.isCancelled { throw .closed }
    }

    private func handle(
        _ event: ConsumerState.Event, _ perform: (RebalanceStep) -> Void
    ) throws(KafkaError) -> [ConsumedRecord] {
        switch event {
        case .closed: throw .closed
        case .woken: throw .consumer(.woken)
        case .failure(let error): throw error
        case .cancelled: return []
        case .step(let step):
            perform(step)
            return []
        case .records: return try engine.takeRecords(max: configuration.maxPollRecords)
        }
    }

    private func performOnThread(_ step: RebalanceStep) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            startThread(named: "\(client.configuration.clientID)-rebalance") { [self] in
                perform(step) { _ in }
                continuation.resume()
            }
        }
    }

    /// Carries out a change of the assignment, and notifies the group's thread.
    private func perform(_ step: RebalanceStep, _ rebalanced: (RebalanceChange) -> Void) {
        let partitions = step.partitions.sorted()
        let listener = engine.read { $0.subscription?.listener }
        switch step.kind {
        case .assigned:
            engine.change { state in
                for partition in partitions {
                    state.fetch.add(partition, topicID: step.topicIDs[partition.topic] ?? .zero)
                }
            }
            listener?.partitionsAssigned(partitions, to: self)
            rebalanced(.assigned(partitions))
        case .revoked:
            engine.commitConsumed(timeoutMilliseconds: client.configuration.requestTimeoutMilliseconds)
            listener?.partitionsRevoked(partitions, of: self)
            rebalanced(.revoked(partitions))
            engine.drop(partitions)
        case .lost:
            listener?.partitionsLost(partitions, of: self)
            rebalanced(.lost(partitions))
            engine.drop(partitions)
        }
        report(step.kind, partitions)
        engine.change { $0.step?.isDone = true }
    }

    private func report(_ kind: RebalanceStep.Kind, _ partitions: [TopicPartition]) {
        guard let observer = client.configuration.observer, let groupID = configuration.groupID else { return }
        switch kind {
        case .assigned: observer.partitionsAssigned(partitions, group: groupID)
        case .revoked: observer.partitionsRevoked(partitions, group: groupID)
        case .lost: observer.partitionsLost(partitions, group: groupID)
        }
    }

    /// Makes a waiting `poll`, or the next one, throw `ConsumerError.woken`.
    public func wakeup() { engine.change { $0.isWoken = true } }

    /// Makes the group rebalance at the next opportunity.
    public func enforceRebalance() { engine.change { $0.isRejoinWanted = $0.subscription != nil } }

    /// The member on whose behalf offsets are committed, for a producer that commits them in its transaction.
    public var groupMetadata: ConsumerGroupMetadata {
        get throws(KafkaError) { try engine.groupMetadata() }
    }

    // MARK: The end

    /// Commits what was consumed, if commits are automatic; calls the listener; leaves the group; ends all threads.
    /// Waiting polls and all later calls throw `.closed`.
    ///
    /// What brokers have not answered after `timeoutMilliseconds` is given up: then the member remains in the group
    /// until its session times out. Only the listener can make the call last longer.
    public func close(timeoutMilliseconds: Int = 30_000, membership: MembershipAtEnd = .automatic) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: timeoutMilliseconds)
        engine.change { $0.isClosing = true }
        try? engine.cancellation.cancelling(at: deadline) { () throws(KafkaError) in
            try endMembership(timeoutMilliseconds: timeoutMilliseconds, membership)
        }
        let left = deadline.milliseconds(since: .now)
        engine.close(limitMilliseconds: min(left, Self.sessionEndMilliseconds))
    }

    /// How long the end of a fetch session is waited for.
    private static let sessionEndMilliseconds = 1000

    private func endMembership(timeoutMilliseconds: Int, _ end: MembershipAtEnd) throws(KafkaError) {
        let former = member.withLock { member in
            defer { member = nil }
            return member
        }
        former?.stop()
        engine.commitConsumed(timeoutMilliseconds: timeoutMilliseconds)
        let (subscription, isMember, partitions) = engine.change { state in
            defer {
                state.subscription = nil
                state.step = nil
                state.failure = nil
            }
            return (state.subscription, state.generation >= 0, state.fetch.partitions.keys.sorted())
        }
        guard let subscription else { return }
        if !partitions.isEmpty {
            if isMember {
                subscription.listener?.partitionsRevoked(partitions, of: self)
            } else {
                subscription.listener?.partitionsLost(partitions, of: self)
            }
            report(isMember ? .revoked : .lost, partitions)
        }
        defer { engine.change { $0.generation = -1 } }
        guard let former, isMember, end != .remain else { return }
        if end == .automatic { try former.leaveAutomatically() } else { try former.leave() }
    }
}

extension PartitionState.Target {
    /// nil: a partition without a position is an error.
    init?(_ reset: ConsumerConfiguration.OffsetReset) {
        switch reset {
        case .earliest: self = .earliest
        case .latest: self = .latest
        case .byDuration(let milliseconds): self = .age(milliseconds: milliseconds)
        case .none: return nil
        }
    }
}
