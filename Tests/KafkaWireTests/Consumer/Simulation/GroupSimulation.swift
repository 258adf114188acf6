import KafkaProtocol
import Testing
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire
@testable import WireCore

/// Members of a consumer group and their coordinator in a random interleaving, with requests and responses that are
/// lost, joins that are repeated, coordinators that move, members that die, programs that do not poll, processes that
/// are stopped for a while, and static members that come back, also while their former process still runs.
///
/// Checked at every moment: no partition belongs to two members that the coordinator knows; no commit changes an offset
/// while the partition belongs to another member, and none skips a record that no member has received; a member begins
/// where the records before are received. At the end, after the last fault: each partition belongs to a member, and all
/// records are received.
final class GroupSimulation {
    enum Kind: CaseIterable { case eager, cooperative, serverAssigned }

    static let topics: [String: Int32] = ["t": 5, "u": 2]
    static let ids = ["t": KafkaUUID(high: 1, low: 1), "u": KafkaUUID(high: 2, low: 2)]
    static let partitions = topics.sorted { $0.key < $1.key }.flatMap { topic, count in
        (0..<count).map { TopicPartition(topic, $0) }
    }
    static let catalog = TopicCatalog(
        version: 1,
        topics: topics.reduce(into: [:]) { $0[$1.key] = .init(id: ids[$1.key] ?? .zero, partitionCount: $1.value) })

    let kind: Kind
    let seed: UInt64
    /// Of members of the consumer protocol.
    let heartbeatIntervalMilliseconds: Int
    private(set) var now = MonotonicInstant(nanoseconds: 1_000_000_000)
    var coordinator = SimulatedCoordinator()
    private var generator: SeededGenerator
    /// The last one comes first.
    private var events: [(time: MonotonicInstant, body: () -> Void)] = []
    /// What happens to the requests that wait at the coordinator when it moves.
    private var waiting: [() -> Void] = []
    private var members: [any SimulatedMember] = []
    /// Their events may still come.
    private var former: [any SimulatedMember] = []
    private var memberCount = 0
    /// The number of records of each partition, and which of them were received.
    private var ends: [TopicPartition: Int64] = [:]
    private var received: [TopicPartition: Set<Int64>] = [:]
    private var isCalm = false
    private(set) var faults: [String] = []
    private(set) var acceptedCommits = 0
    private(set) var restartCount = 0
    private(set) var fencedCount = 0

    init(seed: UInt64, kind: Kind) {
        (self.seed, self.kind) = (seed, kind)
        generator = SeededGenerator(seed: seed)
        heartbeatIntervalMilliseconds = [100, 500, 5000].randomElement(using: &generator) ?? 500
    }

    // MARK: Chance and time

    func chance(_ percent: Int) -> Bool { !isCalm && Int.random(in: 0..<100, using: &generator) < percent }

    func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    func after(_ milliseconds: Int, _ body: @escaping () -> Void) {
        let time = now.advanced(byMilliseconds: milliseconds)
        var (low, high) = (0, events.count)
        while low < high {
            let middle = (low + high) / 2
            if events[middle].time > time { low = middle + 1 } else { high = middle }
        }
        events.insert((time, body), at: low)
    }

    func run(milliseconds: Int) {
        let end = now.advanced(byMilliseconds: milliseconds)
        var eventsAtOnce = 0
        while faults.isEmpty, let event = events.last, event.time <= end {
            events.removeLast()
            eventsAtOnce = event.time > now ? 0 : eventsAtOnce + 1
            if eventsAtOnce > 1000 { faults.append("no progress in time") }
            now = max(now, event.time)
            coordinator.handleTimeouts(now: now)
            event.body()
            check()
        }
        now = max(now, end)
    }

    // MARK: The story

    /// Faults for a minute, then none.
    func run() {
        for partition in Self.partitions { (ends[partition], received[partition]) = (0, []) }
        for _ in 0..<random(1...4) { addMember() }
        write()
        disturb()
        run(milliseconds: 60_000)
        isCalm = true
        coordinator.isAway = false
        for member in members { member.resume() }
        if members.isEmpty { addMember() }
        run(milliseconds: 90_000)
        // A static member that was to revoke partitions and came back as another process before gets what remains of
        // its assignment without a rebalance, from Kafka's coordinator as well: nobody has the rest until the next one.
        if kind == .cooperative { addMember() }
        run(milliseconds: 60_000)
        checkEnd()
    }

    private func addMember() {
        addMember(instanceID: chance(40) ? "i\(memberCount + 1)" : nil)
    }

    private func addMember(instanceID: String?) {
        memberCount += 1
        let name = "m\(memberCount)"
        let member: any SimulatedMember =
            kind == .serverAssigned
            ? ServerAssignedSimulatedMember(name, self, instanceID: instanceID)
            : ClassicSimulatedMember(name, self, instanceID: instanceID, isCooperative: kind == .cooperative)
        members.append(member)
        member.start()
    }

    /// A static member is started again, as another process, unless another one is alive by then.
    private func restart(_ member: any SimulatedMember, after milliseconds: Int) {
        guard let instanceID = member.instanceID else { return }
        after(milliseconds) { [unowned self] in
            guard !members.contains(where: { $0.instanceID == instanceID }) else { return }
            restartCount += 1
            addMember(instanceID: instanceID)
        }
    }

    /// A member's error that is fatal: another process has its instance id, or had it and may come back.
    func end(_ member: any SimulatedMember, _ code: KafkaErrorCode) {
        guard member.instanceID != nil, code == .fencedInstanceID || code == .unreleasedInstanceID else {
            return fail("\(member.memberID): \(code)")
        }
        fencedCount += 1
        member.die()
        members.removeAll { $0 === member }
        former.append(member)
        restart(member, after: 5000)
    }

    private func removeMember() -> (any SimulatedMember)? {
        guard members.count > 1 else { return nil }
        let member = members.remove(at: random(0...members.count - 1))
        former.append(member)
        return member
    }

    private func write() {
        guard !isCalm else { return }
        for partition in Self.partitions where chance(30) { ends[partition, default: 0] += Int64(random(1...4)) }
        after(random(10...200)) { [unowned self] in write() }
    }

    private func disturb() {
        guard !isCalm else { return }
        switch random(0...10) {
        case 0, 1: if members.count < 5 { addMember() }
        case 2:
            guard let member = removeMember() else { break }
            member.die()
            if chance(80) { restart(member, after: random(50...4000)) }
        case 3:
            guard let member = removeMember() else { break }
            let isPermanent = chance(30)
            member.leave(isPermanent: isPermanent)
            if !isPermanent { restart(member, after: random(50...4000)) }
        case 4, 5: moveCoordinator()
        case 6: members.randomElement(using: &generator)?.stall(milliseconds: random(500...12_000))
        case 7:
            let isLong = chance(20)
            members.randomElement(using: &generator)?.freeze(milliseconds: random(isLong ? 5000...50_000 : 500...5000))
        case 8:
            // The former process does not know it yet.
            if let other = members.compactMap(\.instanceID).randomElement(using: &generator) {
                addMember(instanceID: other)
            }
        default: break
        }
        after(random(100...4000)) { [unowned self] in disturb() }
    }

    private func moveCoordinator() {
        guard !coordinator.isAway else { return }
        coordinator.isAway = true
        after(random(10...1500)) { [unowned self] in
            coordinator.move(now: now)
            for lose in waiting { lose() }
            waiting = []
            coordinator.isAway = false
        }
    }

    // MARK: Network

    /// Sends a request; `reply` receives nil if there is no answer, or one of a broker that is not the coordinator.
    func send<Response>(
        _ request: @escaping (@escaping (Response) -> Void) -> Void, _ reply: @escaping (Response?) -> Void
    ) {
        // A request that waits at the coordinator when it moves is not answered: the connection is lost.
        var isOver = false
        func finish(_ response: Response?, after milliseconds: Int) {
            guard !isOver else { return }
            isOver = true
            after(milliseconds) { reply(response) }
        }
        guard !chance(8) else { return finish(nil, after: random(1...400)) }
        after(random(1...15)) { [unowned self] in
            guard !coordinator.isAway else { return finish(nil, after: random(1...50)) }
            let isLost = chance(8)
            request { [unowned self] response in
                isLost ? finish(nil, after: random(1...400)) : finish(response, after: random(1...15))
            }
            if !isOver { waiting.append { [unowned self] in finish(nil, after: random(1...50)) } }
        }
    }

    // MARK: Records and offsets

    /// Up to three records from a position on.
    func read(_ partition: TopicPartition, from position: Int64) -> Int64 {
        let end = min(ends[partition] ?? 0, position + Int64(random(0...3)))
        for offset in position..<max(position, end) { received[partition]?.insert(offset) }
        return max(position, end)
    }

    /// A commit that the coordinator receives.
    func commit(
        _ offsets: [TopicPartition: Int64], of memberID: String, _ instanceID: String?, generation: Int32
    ) -> KafkaErrorCode {
        let code =
            kind == .serverAssigned
            ? coordinator.serverAssigned.validate(memberID: memberID, epoch: generation)
            : coordinator.classic.validateCommit(
                memberID: memberID, groupInstanceID: instanceID, generation: generation, now: now)
        guard code == .none else { return code }
        acceptedCommits += 1
        for (partition, offset) in offsets {
            if let other = owner(of: partition), other != memberID {
                faults.append("\(memberID) commits \(partition), which belongs to \(other)")
            }
            if !isReceived(partition, to: offset) { faults.append("\(memberID) commits \(offset) of \(partition)") }
            coordinator.committed[partition] = offset
        }
        return .none
    }

    /// The committed offset of a partition for a member that begins to read it.
    func committedOffset(
        of partition: TopicPartition, for memberID: String, generation: Int32
    ) -> Result<Int64, KafkaErrorCodeError> {
        if kind == .serverAssigned {
            let code = coordinator.serverAssigned.validate(memberID: memberID, epoch: generation)
            guard code == .none else { return .failure(KafkaErrorCodeError(code: code)) }
        }
        return .success(coordinator.committed[partition] ?? 0)
    }

    struct KafkaErrorCodeError: Error { let code: KafkaErrorCode }

    // MARK: Checks

    func fail(_ text: String) { faults.append(text) }

    private func isReceived(_ partition: TopicPartition, to end: Int64) -> Bool {
        (0..<end).allSatisfy { received[partition]?.contains($0) == true }
    }

    func checkBegin(_ partition: TopicPartition, at position: Int64, _ memberID: String) {
        if !isReceived(partition, to: position) { faults.append("\(memberID) begins \(partition) at \(position)") }
    }

    private func isKnown(_ member: any SimulatedMember) -> Bool {
        guard member.isAlive, member.generation >= 0 else { return false }
        return kind == .serverAssigned
            ? coordinator.serverAssigned.members[member.memberID] != nil
            : coordinator.classic.index(of: member.memberID) != nil
                && member.generation == coordinator.classic.generation
    }

    private func owner(of partition: TopicPartition) -> String? {
        members.first { isKnown($0) && $0.owned.contains(partition) }?.memberID
    }

    private func check() {
        var owners: [TopicPartition: String] = [:]
        for member in members where isKnown(member) {
            for partition in member.owned {
                if let other = owners.updateValue(member.memberID, forKey: partition) {
                    faults.append("\(partition) belongs to \(other) and \(member.memberID)")
                }
            }
        }
    }

    private func checkEnd() {
        guard faults.isEmpty else { return }
        let owned = members.flatMap { $0.owned }
        if owned.count != Self.partitions.count || Set(owned) != Set(Self.partitions) {
            let states = members.map { "\($0.memberID) (\($0.generation)): \($0.owned.sorted())" }
            faults.append("not each partition belongs to one member: \(states)")
        }
        for (partition, end) in ends where !isReceived(partition, to: end) {
            faults.append("records of \(partition) were not received")
        }
    }
}
