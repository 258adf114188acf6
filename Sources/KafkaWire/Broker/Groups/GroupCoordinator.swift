import Dispatch
import Foundation
import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// Runs the group machines: gives them requests and the time, writes down what must last, and lets blocked requests go.
///
/// All groups stand behind one lock, which is never held while waiting for a member. A thread of its own drops members
/// whose time is up.
final class GroupCoordinator: Sendable {
    static let logger = Logger("cdcd.broker.GroupCoordinator")

    struct World: ~Copyable {
        var groups: [String: ConsumerGroup] = [:]
        var offsets = GroupOffsets()
        var journal: GroupJournal
        var joins: [GroupTicket: PendingAnswer<JoinOutcome>] = [:]
        var syncs: [GroupTicket: PendingAnswer<SyncOutcome>] = [:]
        var lastTicket: UInt64 = 0
        /// When the clock thread looks next; nil while it sleeps without a limit.
        var plannedLook: MonotonicInstant?
        var isStopped = false
    }

    let world: Mutex<World>
    private let alarm = DispatchSemaphore(value: 0)
    private let clockThread = ThreadCompletion()

    /// Reads the groups and offsets of earlier runs.
    init(directory: DataDirectory, now: MonotonicInstant) throws(StorageError) {
        var groups: [String: ConsumerGroup] = [:]
        var offsets = GroupOffsets()
        var journal = try GroupJournal(in: directory) { entry in
            switch entry {
            case .group(let snapshot): groups[snapshot.groupID] = snapshot.restored(now: now)
            case .offset(let groupID, let topic, let partition, let committed):
                offsets[groupID, topic, partition] = committed
            case .offsetRemoved(let groupID, let topic, let partition): offsets[groupID, topic, partition] = nil
            case .groupRemoved(let groupID):
                groups[groupID] = nil
                offsets.removeGroup(groupID)
            }
        }
        try journal.rewrite(groups.values.map { .group(GroupSnapshot($0)) } + offsets.entries)
        var world = World(journal: journal)
        world.groups = groups
        world.offsets = offsets
        self.world = Mutex(world)
    }

    func start() {
        startThread(named: "broker-groups", stackBytes: 256 << 10, completion: clockThread) { [self] in
            watchTheClock()
        }
    }

    /// Lets all blocked requests go with COORDINATOR_NOT_AVAILABLE and ends the clock thread.
    func stop() {
        world.withLock { world in
            world.isStopped = true
            for answer in world.joins.values { answer.give(.refused(.coordinatorNotAvailable, memberID: "")) }
            for answer in world.syncs.values { answer.give(.refused(.coordinatorNotAvailable)) }
            world.joins = [:]
            world.syncs = [:]
        }
        alarm.signal()
        _ = clockThread.wait(milliseconds: 5000)
    }

    func synchronize() throws(StorageError) {
        try world.withLock { (world) throws(StorageError) in try world.journal.synchronize() }
    }

    // MARK: Requests that wait

    /// A JoinGroup; returns when all members are here or the rebalance timeout is over.
    func join(groupID: String, _ facts: JoinFacts) -> JoinOutcome {
        let answer = PendingAnswer<JoinOutcome>()
        change { world in
            guard !world.isStopped else {
                answer.give(.refused(.coordinatorNotAvailable, memberID: facts.memberID))
                return
            }
            guard world.groups[groupID] != nil || facts.memberID.isEmpty else {
                answer.give(.refused(.unknownMemberID, memberID: facts.memberID))
                return
            }
            let ticket = world.nextTicket()
            world.joins[ticket] = answer
            let name = String(decoding: (facts.groupInstanceID ?? facts.clientID).utf8.prefix(249), as: UTF8.self)
            let newMemberID = "\(name)-\(UUID().uuidString.lowercased())"
            var group = world.groups[groupID] ?? ConsumerGroup(groupID: groupID)
            let actions = group.join(facts, ticket: ticket, newMemberID: newMemberID, now: .now)
            world.groups[groupID] = group
            world.perform(actions, for: groupID)
        }
        return answer.wait()
    }

    /// A SyncGroup; returns when the leader has brought the assignment.
    func sync(groupID: String, _ facts: SyncFacts) -> SyncOutcome {
        let answer = PendingAnswer<SyncOutcome>()
        change { world in
            guard !world.isStopped else { return answer.give(.refused(.coordinatorNotAvailable)) }
            guard var group = world.groups[groupID] else { return answer.give(.refused(.unknownMemberID)) }
            let ticket = world.nextTicket()
            world.syncs[ticket] = answer
            let actions = group.sync(facts, ticket: ticket, now: .now)
            world.groups[groupID] = group
            world.perform(actions, for: groupID)
        }
        return answer.wait()
    }

    // MARK: The clock

    /// Changes the world and sees to it that the clock thread looks in time.
    func change<R: Sendable>(_ body: (inout World) -> R) -> R {
        var mustWake = false
        let result = world.withLock { world -> R in
            let result = body(&world)
            guard let next = world.nextDeadline else { return result }
            mustWake = world.plannedLook.map { next < $0 } ?? true
            if mustWake { world.plannedLook = next }
            return result
        }
        if mustWake { alarm.signal() }
        return result
    }

    private func watchTheClock() {
        while true {
            let next = world.withLock { world -> MonotonicInstant?? in
                guard !world.isStopped else { return nil }
                let now = MonotonicInstant.now
                for groupID in world.groups.compactMap({ ($0.value.nextDeadline ?? now) <= now ? $0.key : nil }) {
                    world.timePassed(groupID, now: now)
                }
                world.plannedLook = world.nextDeadline
                return .some(world.plannedLook)
            }
            guard let next else { return }
            if let next {
                let milliseconds = max(1, next.milliseconds(since: .now) + 1)
                _ = alarm.wait(timeout: .now() + .milliseconds(milliseconds))
            } else {
                alarm.wait()
            }
        }
    }
}

extension GroupCoordinator.World {
    mutating func nextTicket() -> GroupTicket {
        lastTicket += 1
        return GroupTicket(number: lastTicket)
    }

    var nextDeadline: MonotonicInstant? { groups.values.compactMap(\.nextDeadline).min() }

    mutating func timePassed(_ groupID: String, now: MonotonicInstant) {
        guard var group = groups[groupID] else { return }
        let actions = group.timePassed(now: now)
        groups[groupID] = group
        perform(actions, for: groupID)
        // A client that asked for a member id and went away leaves nothing worth keeping.
        if group.phase == .empty, group.generation == 0, group.announced.isEmpty { groups[groupID] = nil }
    }

    /// Carries out what the machine of one group wants.
    mutating func perform(_ actions: [GroupAction], for groupID: String) {
        for action in actions {
            switch action {
            case .answerJoin(let ticket, let outcome): joins.removeValue(forKey: ticket)?.give(outcome)
            case .answerSync(let ticket, let outcome): syncs.removeValue(forKey: ticket)?.give(outcome)
            case .persist:
                guard let group = groups[groupID] else { continue }
                // The group goes on without it; only after a restart its members would have to join again.
                write([.group(GroupSnapshot(group))])
            }
        }
    }

    /// Appends to the journal. Returns false, and says so in the log, where the disk refuses.
    @discardableResult
    mutating func write(_ entries: [GroupJournalEntry]) -> Bool {
        do throws(StorageError) {
            try journal.append(entries)
        } catch {
            GroupCoordinator.logger.error("The groups' journal cannot be written: \(error)")
            return false
        }
        if journal.wantsRewriting { rewriteJournal() }
        return true
    }

    /// What was appended lasts, whether or not this succeeds.
    private mutating func rewriteJournal() {
        do throws(StorageError) {
            let snapshots = groups.values.filter { $0.generation > 0 }
            try journal.rewrite(snapshots.map { .group(GroupSnapshot($0)) } + offsets.entries)
        } catch {
            GroupCoordinator.logger.error("The compaction of the groups' journal failed; the file keeps growing: \(error)")
            journal.postponeRewriting()
        }
    }
}
