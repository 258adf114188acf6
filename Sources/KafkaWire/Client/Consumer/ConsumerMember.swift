import KafkaProtocol
import WireCore
import WireStreams

/// A consumer's membership in its group, on a thread of its own: joins, heartbeats, commits in the background. It goes
/// on while the program processes records.
final class ConsumerMember: Sendable {
    private enum Machine: Sendable {
        case classic(ClassicGroupMachine)
        case consumer(ConsumerGroupMachine)
    }

    /// What the thread owns.
    private struct Progress {
        var machine: Machine?
        var topics: Set<String> = []
        /// The partition counts of the topics that this member, as the leader, has assigned.
        var assigned: [String: Int]?
        var topicsExpiry: MonotonicInstant?
        var lastOwned: Set<TopicPartition> = []
        var lastGeneration: Int32 = -1
        var backoff: Backoff
        /// Whether the program has not polled within the maximum interval.
        var isExpired = false

        init(_ configuration: KafkaClientConfiguration) { backoff = Backoff(configuration) }

        mutating func change(
            _ classic: (inout ClassicGroupMachine) -> Void, _ consumer: (inout ConsumerGroupMachine) -> Void
        ) {
            switch machine {
            case .classic(var machine):
                classic(&machine)
                self.machine = .classic(machine)
            case .consumer(var machine):
                consumer(&machine)
                self.machine = .consumer(machine)
            case nil: break
            }
        }

        /// nil without a subscription.
        mutating func next(now: MonotonicInstant) -> GroupAction? {
            var action: GroupAction?
            change { action = $0.next(now: now) } _: { action = $0.next(now: now) }
            return action
        }
    }

    private let engine: ConsumerEngine
    private let groupID: String
    private let cancellation: Cancellation
    private let membership: GroupMembership
    private let completion = ThreadCompletion()
    /// The member id of the consumer protocol, which the member chooses (KIP-1082).
    private let ownID = KafkaUUID.random().description

    private var client: KafkaClient { engine.client }
    private var configuration: ConsumerConfiguration { engine.configuration }

    init(_ engine: ConsumerEngine, groupID: String) {
        self.engine = engine
        self.groupID = groupID
        cancellation = Cancellation(parent: engine.cancellation)
        let configuration = engine.configuration
        membership = GroupMembership(
            engine.client,
            GroupConfiguration(
                groupID: groupID, protocolType: ConsumerProtocol.type,
                sessionTimeoutMilliseconds: Int32(clamping: configuration.sessionTimeoutMilliseconds),
                heartbeatIntervalMilliseconds: Int32(clamping: configuration.heartbeatIntervalMilliseconds),
                rebalanceTimeoutMilliseconds: Int32(clamping: configuration.maxPollIntervalMilliseconds),
                instanceID: configuration.groupInstanceID))
    }

    func start() {
        startThread(
            named: "\(client.configuration.clientID)-group", stackBytes: 512 << 10, completion: completion
        ) { [self] in run() }
    }

    /// Ends the thread; the membership lasts.
    func stop() {
        engine.change { $0.isLeaving = true }
        cancel()
        completion.wait()
    }

    /// Interrupts the thread; it ends when the engine is closed.
    func cancel() {
        cancellation.cancel()
        membership.cancel()
    }

    // MARK: The thread

    private func run() {
        var progress = Progress(client.configuration)
        while !engine.read({ $0.isClosed || $0.isLeaving }) {
            engine.sendCommits()
            follow(&progress)
            let deadline = act(&progress)
            wait(until: deadline, progress)
        }
    }

    /// Waits for the deadline or a change that concerns the thread.
    private func wait(until deadline: MonotonicInstant?, _ progress: Progress) {
        guard deadline.map({ $0 > .now }) ?? true else { return }
        let interval = configuration.maxPollIntervalMilliseconds
        let expiry = engine.read { $0.isPolling ? nil : $0.lastPoll.advanced(byMilliseconds: interval) }
        let times = [deadline, progress.topicsExpiry, progress.isExpired ? nil : expiry].compactMap { $0 }
        let (isSubscribed, isExpired) = (progress.machine != nil, progress.isExpired)
        _ = engine.wait(until: times.min()) { state -> Bool? in
            let isConcerned =
                state.isClosed || state.isLeaving || !state.commits.isEmpty || state.isRejoinWanted
                || state.step?.isDone == true || (state.subscription != nil) != isSubscribed
                || state.isSubscriptionNew || (isExpired && state.isPolling)
            return isConcerned ? true : nil
        }
    }

    /// Takes over what the program has done.
    private func follow(_ progress: inout Progress) {
        let now = MonotonicInstant.now
        let (subscription, isNew, isRejoinWanted, isDone) = engine.read { state in
            defer {
                state.isSubscriptionNew = false
                state.isRejoinWanted = false
            }
            return (state.subscription, state.isSubscriptionNew, state.isRejoinWanted, state.step?.isDone == true)
        }
        guard let subscription else { return }
        if isNew || progress.topicsExpiry.map({ $0 <= now }) ?? true { refresh(subscription, isNew, &progress) }
        if isDone {
            engine.change { $0.step = nil }
            progress.change { $0.stepped() } _: { $0.stepped() }
        }
        if isRejoinWanted, let topics = progress.machine.map({ _ in progress.topics }) {
            progress.change { $0.resubscribe(topics) } _: { _ in }
        }
        let interval = configuration.maxPollIntervalMilliseconds
        let isExpired = engine.read { !$0.isPolling && $0.lastPoll.advanced(byMilliseconds: interval) <= now }
        if isExpired != progress.isExpired {
            progress.isExpired = isExpired
            engine.change { $0.isExpired = isExpired }
            if isExpired {
                progress.change { $0.pollExpired() } _: { $0.pollExpired() }
            } else {
                progress.change { $0.polled() } _: { $0.polled() }
            }
        }
    }

    /// Finds out which topics there are: for a pattern, and as the leader, whose assignment may be outdated.
    private func refresh(_ subscription: ConsumerSubscription, _ isNew: Bool, _ progress: inout Progress) {
        let age = configuration.metadataMaxAgeMilliseconds ?? client.configuration.metadataMaxAgeMilliseconds
        progress.topicsExpiry = MonotonicInstant.now.advanced(byMilliseconds: age)
        var (topics, pattern): (Set<String>, String?) = ([], nil)
        switch subscription.topics {
        case .names(let names): topics = names
        case .pattern(let text): pattern = text
        case .matching(let isMatching):
            guard let all = try? client.metadata(topics: nil, cancellation).topics else {
                progress.topicsExpiry = MonotonicInstant.now.advanced(byMilliseconds: progress.backoff.next())
                return
            }
            for topic in all where !(topic.isInternal && configuration.excludesInternalTopics) {
                if let name = topic.name, topic.errorCode == .none, isMatching(name) { topics.insert(name) }
            }
        }
        var isChanged = topics != progress.topics
        progress.topics = topics
        if let assigned = progress.assigned, !isChanged, let counts = try? partitionCounts(Set(assigned.keys)) {
            isChanged = counts != assigned
            expectTopics(counts, &progress)
        }
        guard progress.machine != nil else {
            progress.machine = makeMachine(topics, pattern)
            return
        }
        guard isChanged || isNew else { return }
        progress.change { $0.resubscribe(topics) } _: { $0.resubscribe(topics, pattern: pattern) }
    }

    /// A subscribed topic that does not exist is used soon after its creation.
    private func expectTopics(_ counts: [String: Int]?, _ progress: inout Progress) {
        guard counts?.values.contains(0) == true else { return }
        let next = MonotonicInstant.now.advanced(byMilliseconds: client.configuration.retryBackoffMaxMilliseconds)
        progress.topicsExpiry = progress.topicsExpiry.map { min($0, next) } ?? next
    }

    private func partitionCounts(_ topics: Set<String>) throws(KafkaError) -> [String: Int] {
        let response = try client.metadata(topics: topics.sorted(), cancellation)
        var counts: [String: Int] = [:]
        for topic in response.topics {
            if let name = topic.name { counts[name] = topic.errorCode == .none ? topic.partitions.count : 0 }
        }
        return counts
    }

    private func makeMachine(_ topics: Set<String>, _ pattern: String?) -> Machine {
        switch configuration.groupProtocol {
        case .classic:
            .classic(ClassicGroupMachine(
                topics: topics, isCooperative: configuration.assignors.allSatisfy(\.isCooperative),
                heartbeatIntervalMilliseconds: configuration.heartbeatIntervalMilliseconds))
        case .consumer:
            .consumer(ConsumerGroupMachine(topics: topics, pattern: pattern))
        }
    }

    /// Carries out what the machine asks for, until it waits. Returns until when.
    private func act(_ progress: inout Progress) -> MonotonicInstant? {
        while !engine.read({ $0.isClosed || $0.isLeaving || !$0.commits.isEmpty }) {
            guard let action = progress.next(now: .now) else { return nil }
            switch action {
            case .wait(let until): return until
            case .step(let step): engine.change { $0.step = ConsumerState.PendingStep(step: step) }
            case .join(let owned, let generation): join(owned, generation, &progress)
            case .heartbeat: heartbeat(&progress)
            case .consumerHeartbeat(let beat): heartbeat(beat, &progress)
            case .resolve(let ids): resolve(ids, &progress)
            case .leave:
                note(generation: -1)
                try? leaveAutomatically()
            }
        }
        return .now
    }

    private func note(generation: Int32, memberID: String? = nil) {
        engine.change { state in
            state.generation = generation
            if let memberID { state.memberID = memberID }
        }
    }

    private func fail(_ error: KafkaError, _ progress: inout Progress) {
        guard error != .closed else { return }
        progress.change { $0.failed() } _: { _ = $0.refused(.groupAuthorizationFailed, retryAt: .now) }
        let isFenced = error.errorCode == .fencedInstanceID
        note(generation: -1)
        engine.change { state in
            state.failure = isFenced ? .consumer(.fencedInstanceID(configuration.groupInstanceID ?? "")) : error
        }
    }

    private func retryTime(_ progress: inout Progress) -> MonotonicInstant {
        MonotonicInstant.now.advanced(byMilliseconds: progress.backoff.next())
    }

    // MARK: The classic protocol

    private func join(_ owned: Set<TopicPartition>, _ generation: Int32, _ progress: inout Progress) {
        let topics = progress.topics.sorted()
        let former = progress.lastOwned
        let formerGeneration = progress.lastGeneration
        let protocols = configuration.assignors.map { assignor in
            let metadata =
                assignor == .sticky
                ? ConsumerProtocol.stickySubscription(
                    topics: topics, former: former, generation: formerGeneration, rack: configuration.rack)
                : ConsumerProtocol.subscription(
                    assignor, topics: topics, owned: owned, generation: generation, rack: configuration.rack)
            return (name: assignor.rawValue, metadata: metadata)
        }
        let started = MonotonicInstant.now
        do {
            var assigned: [String: Int]?
            let joined = try membership.joinOnce(protocols: protocols) { name, members in
                try assign(name, members, &assigned)
            }
            guard let joined else {
                note(generation: -1)
                return progress.change { $0.fenced() } _: { _ in }
            }
            let partitions = try ConsumerProtocol.partitions(joined.assignment)
            progress.assigned = assigned
            expectTopics(assigned, &progress)
            progress.lastOwned = partitions
            progress.lastGeneration = joined.generation
            progress.backoff.reset()
            var isMember = false
            progress.change {
                $0.joined(
                    joined.generation, partitions, hasMissedGenerations: joined.hasMissedGenerations, now: .now)
                isMember = $0.isMember
            } _: { _ in }
            note(generation: isMember ? joined.generation : -1, memberID: joined.memberID)
            guard isMember else { return }
            client.configuration.observer?.groupJoined(
                group: groupID, generation: joined.generation, partitionCount: partitions.count,
                milliseconds: MonotonicInstant.now.milliseconds(since: started))
        } catch {
            note(generation: -1)
            guard let error = error as? KafkaError else {
                return fail(.fatal("the assignment of group \(groupID) cannot be read: \(error)"), &progress)
            }
            guard error.isRetriable else { return fail(error, &progress) }
            let time = retryTime(&progress)
            progress.change { $0.joinFailed(retryAt: time) } _: { _ in }
        }
    }

    /// Assigns for all members, as the leader.
    private func assign(
        _ name: String, _ members: [GroupMemberMetadata], _ counts: inout [String: Int]?
    ) throws -> [String: [UInt8]] {
        guard let assignor = ConsumerConfiguration.Assignor(rawValue: name) else {
            throw KafkaError.code(.inconsistentGroupProtocol, about: "assignor \(name)")
        }
        let subscribed = try members.map { try ConsumerProtocol.member($0, assignor) }
        let names = Set(subscribed.flatMap(\.topics))
        let response = try client.retrying("topics of group \(groupID)", cancellation) { () throws(KafkaError) in
            try client.metadata(
                topics: names.sorted(), allowsCreation: configuration.allowsTopicCreation, cancellation)
        }
        let racks = client.cluster.brokers.mapValues(\.rack)
        var topics: [String: [GroupSubscription.Partition]] = [:]
        var found: [String: Int] = [:]
        for topic in response.topics {
            guard let name = topic.name else { continue }
            // A member would wait in vain for topics that it may not read, and for names that no topic can have.
            if [.invalidTopicException, .topicAuthorizationFailed].contains(topic.errorCode) {
                throw KafkaError.code(topic.errorCode, about: "topic \(name)")
            }
            found[name] = topic.errorCode == .none ? topic.partitions.count : 0
            guard topic.errorCode == .none, !topic.partitions.isEmpty else { continue }
            topics[name] = topic.partitions.map { partition in
                GroupSubscription.Partition(
                    index: partition.partitionIndex,
                    racks: Set(partition.replicaNodes.compactMap { racks[$0] ?? nil }))
            }.sorted { $0.index < $1.index }
        }
        counts = found
        let assignment = assignor.assign(GroupSubscription(topics: topics, members: subscribed))
        return assignment.mapValues { ConsumerProtocol.encode($0) }
    }

    private func heartbeat(_ progress: inout Progress) {
        let started = MonotonicInstant.now
        do throws(KafkaError) {
            let result = try membership.heartbeat()
            if result == .fenced { note(generation: -1) }
            progress.backoff.reset()
            progress.change { $0.heartbeatAnswered(result) } _: { _ in }
            client.configuration.observer?.groupHeartbeat(
                group: groupID, milliseconds: MonotonicInstant.now.milliseconds(since: started))
        } catch {
            guard error.isRetriable else { return fail(error, &progress) }
            let time = retryTime(&progress)
            progress.change { $0.heartbeatFailed(retryAt: time) } _: { _ in }
        }
    }

    // MARK: The consumer protocol

    private func heartbeat(_ beat: ConsumerHeartbeat, _ progress: inout Progress) {
        let started = MonotonicInstant.now
        do throws(KafkaError) {
            let response = try send(request(beat))
            guard response.errorCode == .none else {
                if !response.errorCode.isRetriable { note(generation: -1) }
                let time = retryTime(&progress)
                let error = KafkaError.code(
                    response.errorCode, about: "group \(groupID)", message: response.errorMessage.nonEmpty)
                var isContinuing = true
                progress.change { _ in } _: { isContinuing = $0.refused(response.errorCode, retryAt: time) }
                if !isContinuing { fail(error, &progress) }
                return
            }
            let isNew = engine.read { $0.generation } != response.memberEpoch
            note(generation: response.memberEpoch, memberID: response.memberID ?? ownID)
            progress.backoff.reset()
            let assignment = response.assignment.map { assignment in
                Dictionary(assignment.topicPartitions.map { ($0.topicID, Set($0.partitions)) }) { $0.union($1) }
            }
            progress.change { _ in } _: {
                $0.accepted(
                    epoch: response.memberEpoch,
                    intervalMilliseconds: Int(response.heartbeatIntervalMilliseconds), assignment: assignment,
                    now: .now)
            }
            let milliseconds = MonotonicInstant.now.milliseconds(since: started)
            if isNew {
                let count = assignment?.values.reduce(0) { $0 + $1.count } ?? 0
                client.configuration.observer?.groupJoined(
                    group: groupID, generation: response.memberEpoch, partitionCount: count,
                    milliseconds: milliseconds)
            }
            client.configuration.observer?.groupHeartbeat(group: groupID, milliseconds: milliseconds)
        } catch {
            guard error.isRetriable else { return fail(error, &progress) }
            let time = retryTime(&progress)
            progress.change { _ in } _: { $0.lost(retryAt: time) }
        }
    }

    private func request(_ beat: ConsumerHeartbeat) -> ConsumerGroupHeartbeatRequest {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupID = groupID
        request.memberID = ownID
        request.memberEpoch = beat.epoch
        request.instanceID = configuration.groupInstanceID
        request.subscribedTopicNames = beat.topics
        request.subscribedTopicRegex = beat.pattern
        if beat.isComplete {
            request.rackID = configuration.rack
            request.rebalanceTimeoutMilliseconds = Int32(clamping: configuration.maxPollIntervalMilliseconds)
            request.serverAssignor = configuration.remoteAssignor?.name
        }
        request.topicPartitions = beat.owned.map { owned in
            owned.map { id, partitions in
                var topic = ConsumerGroupHeartbeatRequest.TopicPartitions()
                topic.topicID = id
                topic.partitions = partitions.sorted()
                return topic
            }
        }
        return request
    }

    private func send(
        _ request: ConsumerGroupHeartbeatRequest
    ) throws(KafkaError) -> ConsumerGroupHeartbeatResponse {
        // Before version 1 brokers do not know patterns.
        let needsPattern = request.subscribedTopicRegex != nil
        return try client.withCoordinator(of: .group(groupID), cancellation) { connection throws(KafkaError) in
            let key = ConsumerGroupHeartbeatRequest.apiKey
            if needsPattern, try connection.versions.version(of: key) < 1 {
                throw .unsupportedVersion(key, broker: connection.versions[key])
            }
            return try connection.request(request)
        }
    }

    private func resolve(_ ids: Set<KafkaUUID>, _ progress: inout Progress) {
        let found = (try? client.topicNames(ids, cancellation)) ?? [:]
        let time = retryTime(&progress)
        progress.change { _ in } _: { $0.resolved(found, retryAt: time) }
    }

    // MARK: The end

    /// Epochs of the consumer protocol by which a member leaves.
    private enum LeaveEpoch {
        static let permanent: Int32 = -1
        /// A static member that may come back keeps its partitions until its session times out.
        static let temporary: Int32 = -2
    }

    /// Leaves the group, unless the member is static: that one remains until its session times out. After `stop`, or on
    /// the thread.
    func leaveAutomatically() throws(KafkaError) {
        guard configuration.groupInstanceID != nil else { return try leave() }
        if configuration.groupProtocol == .consumer { try leave(epoch: LeaveEpoch.temporary) }
    }

    /// Leaves the group. After `stop`, or on the thread.
    func leave() throws(KafkaError) { try leave(epoch: LeaveEpoch.permanent) }

    private func leave(epoch: Int32) throws(KafkaError) {
        switch configuration.groupProtocol {
        case .classic: try membership.leave(engine.cancellation)
        case .consumer:
            var request = ConsumerGroupHeartbeatRequest()
            request.groupID = groupID
            request.memberID = ownID
            request.instanceID = configuration.groupInstanceID
            request.memberEpoch = epoch
            let response = try client.withCoordinator(of: .group(groupID), engine.cancellation) {
                connection throws(KafkaError) in try connection.request(request)
            }
            if response.errorCode != .none, response.errorCode != .unknownMemberID {
                throw .code(
                    response.errorCode, about: "leaving group \(groupID)", message: response.errorMessage.nonEmpty)
            }
        }
    }
}
