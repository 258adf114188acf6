import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore
import WireStreams

/// This worker's membership of its group: a group of one, which it leads, and in which it runs everything.
///
/// It uses the protocols and metadata of Java's workers. After a worker was killed, the next one removes the former
/// membership instead of waiting for its session to end.
final class WorkerGroupMembership: Sendable {
    /// The effects of membership changes on the rest of the worker. Called one at a time; must not block.
    struct Reports: Sendable {
        /// A generation was joined, so that the assignment may have changed.
        var joined: @Sendable () -> Void
        /// The coordinator has removed the worker from the group: nothing may be emitted or committed until `rejoined`,
        /// or `left` at the end of the session.
        var suspended: @Sendable (_ reason: String) -> Void
        /// The session has ended: nothing may run from now on.
        var left: @Sendable (_ reason: String) -> Void
        /// The worker is a member again; `othersRan`: another worker may have run the tasks since.
        var rejoined: @Sendable (_ othersRan: Bool) -> Void
        /// The worker cannot continue.
        var lost: @Sendable (WorkerError) -> Void
    }

    private let configuration: WorkerConfiguration
    private let admin: KafkaAdmin
    private let membership: GroupMembership
    private let identity: WorkerIdentity
    private let view: @Sendable () -> ConfigView
    /// The last assignment.
    private let assigned = Mutex<WorkAssignment?>(nil)
    private let classifier: MemberClassifier
    private let machine = Mutex<MembershipMachine?>(nil)
    private let isStopping = Monitor(false)
    private let completion = ThreadCompletion()
    private let logger: Logger

    init(
        _ configuration: WorkerConfiguration, client: KafkaClient, identity: WorkerIdentity,
        host: WorkerHost? = .current, view: @escaping @Sendable () -> ConfigView
    ) {
        self.configuration = configuration
        admin = KafkaAdmin(client)
        membership = GroupMembership(client, configuration.groupConfiguration)
        self.identity = identity
        self.view = view
        classifier = MemberClassifier(configuration: configuration, host: host)
        logger = Logger("org.apache.kafka.connect.runtime.distributed.WorkerCoordinator")
    }

    private var prefix: String {
        "[Worker clientId=\(configuration.memberClientID), groupId=\(configuration.groupID)]"
    }

    // MARK: Joining

    /// Joins the group and removes former memberships of this worker from it. Throws `WorkerError` if the group has
    /// another worker.
    ///
    /// Brokers let the first member of an empty group wait for others (`group.initial.rebalance.delay.ms`, 3 s by
    /// default). So former memberships are removed only after the join has begun: then the group is never empty.
    func join() throws {
        let former = try waitForOthers().own
        let joined: (generation: Int32, sentAt: MonotonicInstant)
        if former.isEmpty {
            joined = try joinOnce()
        } else {
            logger.info("\(prefix) Removing \(former.count) former membership of this worker from the group")
            let (progress, removal) = (JoinProgress(), ThreadCompletion())
            startThread(named: "former-members", stackBytes: 256 << 10, completion: removal) { [self] in
                remove(former, onceJoining: progress)
            }
            defer { progress.hasEnded.store(true, ordering: .releasing) }
            joined = try joinOnce()
            progress.hasEnded.store(true, ordering: .releasing)
            _ = removal.wait(milliseconds: 5000)
        }
        machine.withLock {
            $0 = MembershipMachine(
                // The coordinator also removes a member that does not join again within the rebalance timeout.
                sessionTimeoutMilliseconds: min(
                    configuration.sessionTimeoutMilliseconds, configuration.rebalanceTimeoutMilliseconds),
                heartbeatIntervalMilliseconds: configuration.heartbeatIntervalMilliseconds,
                generation: joined.generation, since: joined.sentAt)
        }
    }

    /// Whether the join that is in progress on another thread has ended.
    private final class JoinProgress: Sendable {
        let hasEnded = Atomic(false)
    }

    private func remove(_ memberIDs: [String], onceJoining join: JoinProgress) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 1000)
        do {
            while !join.hasEnded.load(ordering: .acquiring), MonotonicInstant.now < deadline {
                if try admin.describeGroup(configuration.groupID).state != "Stable" { break }
                if pause(milliseconds: 10) { return }
            }
            // A member that has already left is removed.
            for case .failure(let error) in admin.removeMembers(
                group: configuration.groupID, memberIDs.map { .memberID($0) })
            where error.errorCode != .unknownMemberID { throw error }
        } catch {
            logger.warn("\(prefix) The former membership could not be removed; its session ends by itself: \(error)")
        }
    }

    /// Waits until the group has no other worker.
    ///
    /// - Returns: the ids of this worker's own members, and whether the group exists and has no members at all.
    private func waitForOthers() throws -> (own: [String], isEmpty: Bool) {
        let started = MonotonicInstant.now
        var hasWarned = false
        while true {
            let group = try admin.describeGroup(configuration.groupID)
            let members = try classifier.members(of: group)
            if members.others.isEmpty { return (members.own, group.state == "Empty") }
            // During a rebalance a member that was killed stays until the rebalance timeout.
            let margin = group.state == "Stable" ? 2000 : configuration.rebalanceTimeoutMilliseconds
            let waitMilliseconds = configuration.sessionTimeoutMilliseconds + margin
            if MonotonicInstant.now.milliseconds(since: started) >= waitMilliseconds {
                throw classifier.otherWorkersError(members.others)
            }
            if !hasWarned {
                logger.warn(
                    "\(prefix) The group has another member (\(members.others.joined(separator: ", "))). Waiting at most "
                        + "\(waitMilliseconds) ms for its session to end, in case that worker is gone")
                hasWarned = true
            }
            if pause(milliseconds: 100) { throw KafkaError.closed }
        }
    }

    /// The protocols that this worker supports, in order of preference.
    private var protocols: [ConnectProtocol] {
        ConnectProtocol.allCases.filter { $0.version <= configuration.connectProtocol.version }
    }

    /// - Returns: the generation, and a time before the request that completed the join was sent.
    private func joinOnce() throws -> (generation: Int32, sentAt: MonotonicInstant) {
        logger.info("\(prefix) (Re-)joining group")
        let (view, running) = (view(), assigned.withLock { $0 })
        let allocation = GroupAssignment(
            leader: "", leaderURL: configuration.advertisedURL, configOffset: view.offset,
            connectors: running?.connectors.sorted().map(\.text) ?? [],
            tasks: running?.tasks.sorted { ($0.connector, $0.task) < ($1.connector, $1.task) } ?? [])
        let metadata = MemberMetadata(
            url: configuration.advertisedURL, configOffset: view.offset, allocation: allocation, host: classifier.host)
        var sentAt = MonotonicInstant.now
        let generation = try membership.join(
            protocols: protocols.map { (name: $0.name, metadata: metadata.encoded(version: $0.version)) },
            assign: { protocolName, members in
                sentAt = .now
                return assignments(protocolName, members, running)
            })
        let version = ConnectProtocol.version(ofProtocolNamed: generation.protocolName)
        let assignment = try GroupAssignment.decode(generation.assignment)
        guard generation.isLeader else { throw classifier.otherWorkersError([assignment.leaderURL]) }
        identity.generation = Int(generation.generation)
        _ = self.assignment(in: view)
        logger.info(
            "\(prefix) Joined group at generation \(generation.generation) with protocol version \(version) and got assignment: "
                + "\(assignment) with rebalance delay: \(assignment.delayMilliseconds)")
        return (generation.generation, sentAt)
    }

    /// What this worker, which is the leader of a group of one, runs according to this state of the config topic.
    func assignment(in view: ConfigView) -> WorkAssignment {
        let assignor = GroupAssignor(leaderURL: configuration.advertisedURL, view: view)
        let assignment = assignor.assignment(generation: identity.generation)
        assigned.withLock { $0 = assignment }
        return assignment
    }

    /// As leader: the assignments of all members.
    private func assignments(
        _ protocolName: String, _ members: [GroupMemberMetadata], _ running: WorkAssignment?
    ) -> [String: [UInt8]] {
        let version = ConnectProtocol.version(ofProtocolNamed: protocolName)
        let metadata = members.map { MemberClassifier.metadata($0.metadata) }
        // Without a boot id only the URL identifies this worker.
        let own = zip(members, metadata).first { member in
            classifier.host == nil ? member.1?.url == configuration.advertisedURL : classifier.isSelf(member.1)
        }?.0.memberID ?? ""
        for (member, metadata) in zip(members, metadata) where member.memberID != own {
            logger.error(
                "\(prefix) The worker \(metadata?.url ?? member.memberID) has joined the group. It gets nothing to do, since only "
                    + "one worker a group is supported yet. Stop it, or give it another group.id")
        }
        let assignor = GroupAssignor(leaderURL: configuration.advertisedURL, view: view())
        return assignor.assignments(members: members.map(\.memberID), leader: own, running: running, version: version)
            .mapValues { $0.encoded(version: version) }
    }

    // MARK: Heartbeats

    /// Sends heartbeats, and checks the end of the session, each on a thread of its own.
    func start(_ reports: Reports) {
        startThread(named: "worker-group-member", stackBytes: 512 << 10, completion: completion) { [self] in
            if let error = keepMembership(reports) { reports.lost(error) }
        }
        // A request to the coordinator may take longer than the rest of the session.
        startThread(named: "worker-group-session", stackBytes: 128 << 10) { [self] in watchSession(reports) }
    }

    private func watchSession(_ reports: Reports) {
        while let check = machine.withLock({ $0?.nextCheck(after: .now) }) {
            if pause(until: check) { return }
            handle(reports) { $0.timePassed(.now) }
        }
    }

    /// Returns why the worker cannot continue; nil once it stops.
    private func keepMembership(_ reports: Reports) -> WorkerError? {
        var isUnanswered = false
        while let step = machine.withLock({ $0?.nextStep }) {
            do {
                switch step {
                case .heartbeat(let milliseconds):
                    if pause(milliseconds: milliseconds) { return nil }
                    let sentAt = MonotonicInstant.now
                    let result = try membership.heartbeat()
                    if result != .stable { logger.info("\(prefix) Rebalance started") }
                    handle(reports) { $0.heartbeatAnswered(result, sentAt: sentAt, answeredAt: .now) }
                case .describeGroup(let milliseconds):
                    if pause(milliseconds: milliseconds) { return nil }
                    let isEmpty = try waitForOthers().isEmpty
                    machine.withLock { $0?.groupDescribed(isEmpty: isEmpty) }
                case .join(let milliseconds):
                    if pause(milliseconds: milliseconds) { return nil }
                    let (generation, sentAt) = try joinOnce()
                    handle(reports) { $0.joined(generation: generation, sentAt: sentAt) }
                    reports.joined()
                }
                if isUnanswered { logger.info("\(prefix) The group coordinator is back") }
                isUnanswered = false
            } catch let error as WorkerError {
                return error
            } catch {
                if isStopping.withLock({ $0 }) { return nil }
                if !isUnanswered { logger.warn("\(prefix) The group coordinator does not answer and is asked again: \(error)") }
                isUnanswered = true
                machine.withLock { $0?.unanswered() }
            }
        }
        return nil
    }

    /// Passes an event to the machine and reports its effect, under one lock, so that effects are reported in order.
    private func handle(_ reports: Reports, _ event: (inout MembershipMachine) -> MembershipMachine.Effect) {
        machine.withLock { machine in
            guard var changed = machine else { return }
            let effect = event(&changed)
            machine = changed
            switch effect {
            case .none: break
            case .suspend:
                let reason = "The coordinator of the group \(configuration.groupID) has removed the worker from it, and another "
                    + "worker may run the tasks now"
                logger.warn("\(prefix) \(reason). Tasks wait until the worker is a member again")
                reports.suspended(reason)
            case .leave:
                let reason = "The worker has left the group \(configuration.groupID): its coordinator has not answered a heartbeat "
                    + "for \(configuration.sessionTimeoutMilliseconds) ms, and another worker may run the tasks now"
                logger.warn(
                    "\(prefix) \(reason). Tasks are stopped, and running snapshots wait, until it is a member again")
                reports.left(reason)
            case .resume:
                logger.info("\(prefix) The worker is a member again; no other worker was in the group meanwhile")
                reports.rejoined(false)
            case .restart:
                logger.warn(
                    "\(prefix) The worker is a member again; other workers may have been in the group meanwhile, so all tasks "
                        + "restart from their stored offsets")
                reports.rejoined(true)
            }
        }
    }

    /// Waits. Returns true if the worker is stopping.
    private func pause(milliseconds: Int) -> Bool {
        guard milliseconds > 0 else { return isStopping.withLock { $0 } }
        return pause(until: MonotonicInstant.now.advanced(byMilliseconds: milliseconds))
    }

    private func pause(until end: MonotonicInstant) -> Bool { isStopping.wait(until: end) { $0 ? true : nil } ?? false }

    /// Ends every wait.
    func cancel() {
        isStopping.update { $0 = true }
        membership.cancel()
    }

    /// Leaves the group, so that the next member need not wait for the session to end. Returns after the timeout if the
    /// coordinator has not answered.
    func leave(timeoutMilliseconds: Int) {
        isStopping.update { $0 = true }
        _ = completion.wait(milliseconds: min(200, timeoutMilliseconds))
        let departure = ThreadCompletion()
        startThread(named: "group-leave", stackBytes: 512 << 10, completion: departure) { [self] in
            do {
                try membership.leave()
            } catch KafkaError.closed {
                // Cancelled below, after the warning.
            } catch {
                logger.warn("\(prefix) LeaveGroup failed; the session ends by itself: \(error)")
            }
        }
        if !departure.wait(milliseconds: timeoutMilliseconds) {
            logger.warn("\(prefix) The group coordinator does not answer; the session ends by itself")
        }
        membership.cancel()
    }
}
