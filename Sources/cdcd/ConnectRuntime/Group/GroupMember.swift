import KafkaWire
import Synchronization
import WireCore
import WireStreams

/// This worker's membership of its group: a group of one, which it leads, and in which it runs everything.
///
/// To Java's workers it looks like one of theirs: same protocols, same metadata. A worker that was killed finds its own
/// former membership, recognises it by the URL, and removes it instead of waiting for its session to end.
final class GroupMember: Sendable {
    /// What the worker runs and how far it has read the config topic.
    struct Standing: Sendable {
        var configOffset: Int64
        var connectors: [String]
        var tasks: [TaskID]
        var runningConnectors: [String]
        var runningTasks: [TaskID]
    }

    private let configuration: WorkerConfiguration
    private let membership: any WorkerMembership
    private let identity: WorkerIdentity
    private let standing: @Sendable () -> Standing
    private let isStopping = Monitor(false)
    private let completion = ThreadCompletion()
    private let logger: Logger

    init(
        _ configuration: WorkerConfiguration, membership: any WorkerMembership, identity: WorkerIdentity,
        standing: @escaping @Sendable () -> Standing
    ) {
        self.configuration = configuration
        self.membership = membership
        self.identity = identity
        self.standing = standing
        logger = Logger("org.apache.kafka.connect.runtime.distributed.WorkerCoordinator")
    }

    private var prefix: String {
        "[Worker clientId=\(configuration.memberClientID), groupId=\(configuration.groupID)]"
    }

    // MARK: Joining

    /// Joins, after former memberships of this very worker are gone. Throws `WorkerFault` where another worker lives in
    /// the group.
    ///
    /// Brokers let the first member of an empty group wait for others (`group.initial.rebalance.delay.ms`, 3 s by
    /// default). So former memberships are removed only once this one is on its way in: then the group is never empty.
    func join() throws {
        let former = try formerMembers()
        guard !former.isEmpty else { return try joinOnce() }
        logger.info("\(prefix) Removing \(former.count) former membership of this worker from the group")
        let (member, progress, removal) = (self, JoinProgress(), ThreadCompletion())
        startThread(named: "former-members", stackBytes: 256 << 10) {
            member.remove(former, onceJoining: progress)
            removal.finish()
        }
        defer { progress.isOver.store(true, ordering: .releasing) }
        try joinOnce()
        progress.isOver.store(true, ordering: .releasing)
        _ = removal.wait(milliseconds: 5000)
    }

    /// Whether the join that goes on meanwhile has ended.
    private final class JoinProgress: Sendable {
        let isOver = Atomic(false)
    }

    private func remove(_ memberIDs: [String], onceJoining join: JoinProgress) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 1000)
        do {
            while !join.isOver.load(ordering: .acquiring), MonotonicInstant.now < deadline {
                if try membership.describe().state != "Stable" { break }
                if pause(milliseconds: 10) { return }
            }
            try membership.remove(memberIDs: memberIDs)
        } catch {
            logger.warn("\(prefix) The former membership could not be removed; its session ends by itself: \(error)")
        }
    }

    /// The ids of this worker's own members, once nobody else is in the group.
    private func formerMembers() throws -> [String] {
        let started = MonotonicInstant.now
        var hasWarned = false
        while true {
            let group = try membership.describe()
            if !group.members.isEmpty, group.protocolType != "connect", !group.protocolType.isEmpty {
                throw WorkerFault(
                    "The group \(configuration.groupID) is in use by clients of the kind '\(group.protocolType)'. Workers need a group "
                        + "of their own: choose another group.id.")
            }
            var own: [String] = []
            var others: [String] = []
            for member in group.members {
                let url = Self.url(of: member.metadata)
                if isFormerSelf(member, url: url) { own.append(member.memberID) } else {
                    others.append(url ?? "\(member.clientID) at \(member.clientHost)")
                }
            }
            if others.isEmpty { return own }
            // While a group forms, a member that died stays until the others' time to join is over.
            let margin = group.state == "Stable" ? 2000 : configuration.rebalanceTimeoutMilliseconds
            let patience = configuration.sessionTimeoutMilliseconds + margin
            if MonotonicInstant.now.milliseconds(since: started) >= patience { throw foreignWorkers(others) }
            if !hasWarned {
                logger.warn(
                    "\(prefix) The group has a member with another URL (\(others.joined(separator: ", "))). Waiting at most "
                        + "\(patience) ms for its session to end, in case that worker is gone")
                hasWarned = true
            }
            if pause(milliseconds: 100) { throw KafkaError.closed }
        }
    }

    /// Where a member can be reached, as it says itself; nil where that is hidden or not in Connect's form.
    private static func url(of metadata: [UInt8]) -> String? {
        do throws(WireError) { return try MemberMetadata.decode(metadata).url } catch { return nil }
    }

    /// Brokers show what members say of themselves only while their group is stable. While it forms, the client id
    /// tells, where it is made of this worker's address.
    private func isFormerSelf(_ member: GroupDescription.Member, url: String?) -> Bool {
        if let url { return url == configuration.advertisedURL }
        return member.metadata.isEmpty && configuration.clientID.isEmpty
            && member.clientID == configuration.memberClientID
    }

    private func foreignWorkers(_ others: [String]) -> WorkerFault {
        WorkerFault(
            "The group \(configuration.groupID) has another worker that is alive: \(others.joined(separator: ", ")). This worker is "
                + "\(configuration.advertisedURL), and only one worker a group is supported yet. Stop the other one, or give this one "
                + "another group.id and internal topics of its own.")
    }

    private var protocols: [ConnectProtocolName] {
        switch configuration.connectProtocol {
        case .sessioned: [.sessioned, .compatible, .eager]
        case .compatible: [.compatible, .eager]
        case .eager: [.eager]
        }
    }

    private func joinOnce() throws {
        logger.info("\(prefix) (Re-)joining group")
        let now = standing()
        let leader = GroupAssignment(
            leader: "", leaderURL: configuration.advertisedURL, configOffset: now.configOffset,
            connectors: now.runningConnectors, tasks: now.runningTasks)
        let metadata = MemberMetadata(
            url: configuration.advertisedURL, configOffset: now.configOffset, allocation: leader)
        let generation = try membership.join(
            protocols: protocols.map { (name: $0.rawValue, metadata: metadata.encoded(version: $0.version)) },
            assign: assign)
        let version = ConnectProtocolName(rawValue: generation.protocolName)?.version ?? 0
        let assignment = try GroupAssignment.decode(generation.assignment)
        guard generation.isLeader else { throw foreignWorkers([assignment.leaderURL]) }
        identity.generation = Int(generation.generation)
        logger.info(
            "\(prefix) Joined group at generation \(generation.generation) with protocol version \(version) and got assignment: "
                + "\(assignment) with rebalance delay: \(assignment.delayMilliseconds)")
    }

    /// As leader: everything to this worker, nothing to anybody else.
    private func assign(_ protocolName: String, _ members: [GroupMemberMetadata]) throws -> [String: [UInt8]] {
        let version = ConnectProtocolName(rawValue: protocolName)?.version ?? 0
        let now = standing()
        let urls = members.map { Self.url(of: $0.metadata) }
        let own = zip(members, urls).first { $0.1 == configuration.advertisedURL }?.0.memberID ?? ""
        var assignments: [String: [UInt8]] = [:]
        for (member, url) in zip(members, urls) {
            var assignment = GroupAssignment(
                leader: own, leaderURL: configuration.advertisedURL, configOffset: now.configOffset)
            if member.memberID == own {
                // From version 1 on an assignment names only what is new.
                assignment.connectors = now.connectors.filter { version == 0 || !now.runningConnectors.contains($0) }
                assignment.tasks = now.tasks.filter { version == 0 || !now.runningTasks.contains($0) }
            } else {
                logger.error(
                    "\(prefix) The worker \(url ?? member.memberID) has joined the group. It gets nothing to do, since only one worker a "
                        + "group is supported yet. Stop it, or give it another group.id")
            }
            assignments[member.memberID] = assignment.encoded(version: version)
        }
        return assignments
    }

    // MARK: Staying

    /// Keeps the membership alive on a thread of its own.
    ///
    /// - Parameter lost: told once where the worker may not go on.
    func start(lost: @escaping @Sendable (WorkerFault) -> Void) {
        let member = self
        startThread(named: "worker-group-member", stackBytes: 512 << 10) {
            if let fault = member.stay() { lost(fault) }
            member.completion.finish()
        }
    }

    private func stay() -> WorkerFault? {
        var isMember = true
        var isTroubled = false
        while true {
            // A coordinator that is away is asked again soon, so that the membership outlives its return.
            let interval = isTroubled ? 200 : configuration.heartbeatIntervalMilliseconds
            if isMember || isTroubled { if pause(milliseconds: interval) { return nil } }
            do {
                if isMember {
                    let standing = try membership.heartbeat()
                    if standing != .stable { logger.info("\(prefix) Rebalance started") }
                    isMember = standing == .stable
                } else {
                    try joinOnce()
                    isMember = true
                }
                if isTroubled { logger.info("\(prefix) The group coordinator is back") }
                isTroubled = false
            } catch let fault as WorkerFault {
                return fault
            } catch {
                if isStopping.withLock({ $0 }) { return nil }
                if !isTroubled { logger.warn("\(prefix) The group coordinator does not answer and is asked again: \(error)") }
                isTroubled = true
            }
        }
    }

    /// Waits; true where the worker is stopping.
    private func pause(milliseconds: Int) -> Bool {
        isStopping.wait(until: MonotonicInstant.now.advanced(byMilliseconds: milliseconds)) { $0 ? true : nil } ?? false
    }

    /// Ends every wait.
    func cancel() {
        isStopping.update { $0 = true }
        membership.cancel()
    }

    /// Leaves the group, so that whoever comes next need not wait. A coordinator that does not answer in time is not
    /// waited for.
    func leave(timeoutMilliseconds: Int) {
        isStopping.update { $0 = true }
        _ = completion.wait(milliseconds: min(200, timeoutMilliseconds))
        let (member, departure) = (self, ThreadCompletion())
        startThread(named: "group-leave", stackBytes: 512 << 10) {
            do {
                try member.membership.leave()
            } catch KafkaError.closed {
                // Given up below, where it is said why.
            } catch {
                member.logger.warn("\(member.prefix) The group could not be left in order; the session ends by itself: \(error)")
            }
            departure.finish()
        }
        if !departure.wait(milliseconds: timeoutMilliseconds) {
            logger.warn("\(prefix) The group coordinator does not answer; the session ends by itself")
        }
        membership.cancel()
    }
}

extension GroupAssignment: CustomStringConvertible {
    /// As Connect logs it.
    var description: String {
        func list(_ items: [some CustomStringConvertible]) -> String {
            "[" + items.map(\.description).joined(separator: ", ") + "]"
        }
        return "Assignment{error=\(error), leader='\(leader)', leaderUrl='\(leaderURL)', offset=\(configOffset), "
            + "connectorIds=\(list(connectors)), taskIds=\(list(tasks)), revokedConnectorIds=\(list(revokedConnectors)), "
            + "revokedTaskIds=\(list(revokedTasks)), delay=\(delayMilliseconds)}"
    }
}
