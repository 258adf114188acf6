/// A balanced assignment that moves as few partitions as possible (`StickyAssignor`, `CooperativeStickyAssignor`).
///
/// Members keep what they own; partitions without an owner go to the member that has the fewest; then partitions move
/// from members with more to subscribed members with at least two fewer until there are none. With racks (KIP-881), a
/// partition without a replica in its owner's rack counts as not owned, and members in a rack of the partition come
/// first.
enum StickyAssignor {
    static func assign(_ group: GroupSubscription) -> GroupAssignment { StickyBalancer(group).balanced() }

    /// The same without the partitions that another member still owns: they are assigned in the rebalance that follows
    /// their revocation (KIP-429).
    static func assignCooperatively(_ group: GroupSubscription) -> GroupAssignment {
        var assignment = assign(group)
        var owners: [TopicPartition: Set<String>] = [:]
        for member in group.members {
            for partition in member.owned { owners[partition, default: []].insert(member.memberID) }
        }
        for (member, partitions) in assignment {
            assignment[member] = partitions.filter { partition in
                owners[partition, default: []].isSubset(of: [member])
            }
        }
        return assignment
    }
}

/// Members, topics and partitions by number, during one assignment.
private struct StickyBalancer {
    private struct Partition {
        let name: TopicPartition
        let topic: Int
        let racks: Set<String>
        var owner: Int?
        /// Whether the owner had it before.
        var isKept = false
    }

    private let members: [GroupSubscription.Member]
    /// The members that are subscribed to each topic.
    private let subscribers: [[Int]]
    private var partitions: [Partition] = []
    private var loads: [Int]
    private var usesRacks = false

    init(_ group: GroupSubscription) {
        let members = group.orderedMembers
        self.members = members
        loads = Array(repeating: 0, count: members.count)
        let subscriptions = members.map { Set($0.topics) }
        let topics = group.topics.sorted { $0.key < $1.key }
            .map { topic in (topic, members.indices.filter { subscriptions[$0].contains(topic.key) }) }
            .filter { !$0.1.isEmpty }
        subscribers = topics.map(\.1)
        for (number, (topic, _)) in topics.enumerated() {
            for partition in topic.value {
                let name = TopicPartition(topic.key, partition.index)
                partitions.append(Partition(name: name, topic: number, racks: partition.racks))
            }
        }
        usesRacks = Self.racksDiffer(members, partitions)
        keepOwned(subscriptions)
    }

    private static func racksDiffer(_ members: [GroupSubscription.Member], _ partitions: [Partition]) -> Bool {
        let memberRacks = Set(members.compactMap(\.rack).filter { !$0.isEmpty })
        guard !memberRacks.isEmpty else { return false }
        let all = partitions.reduce(into: Set<String>()) { $0.formUnion($1.racks) }
        return !memberRacks.isDisjoint(with: all) && partitions.contains { $0.racks != all }
    }

    private func racksMatch(_ member: Int, _ partition: Int) -> Bool {
        guard usesRacks, let rack = members[member].rack, !rack.isEmpty else { return true }
        return partitions[partition].racks.contains(rack)
    }

    /// A partition that several members claim belongs to the one with the highest generation, and to none if that is
    /// the generation of several: one of them may have missed its revocation.
    private mutating func keepOwned(_ subscriptions: [Set<String>]) {
        struct Claim {
            var member: Int?
            var generation: Int32
        }
        var claims: [TopicPartition: Claim] = [:]
        for (number, member) in members.enumerated() {
            for partition in Set(member.owned) {
                let former = claims[partition]?.generation
                if let former, former >= member.generation {
                    if former == member.generation { claims[partition]?.member = nil }
                } else {
                    claims[partition] = Claim(member: number, generation: member.generation)
                }
            }
        }
        for index in partitions.indices {
            guard let member = claims[partitions[index].name]?.member else { continue }
            if subscriptions[member].contains(partitions[index].name.topic), racksMatch(member, index) {
                give(index, to: member)
                partitions[index].isKept = true
            }
        }
    }

    private mutating func give(_ partition: Int, to member: Int) {
        if let owner = partitions[partition].owner { loads[owner] -= 1 }
        partitions[partition].owner = member
        partitions[partition].isKept = false
        loads[member] += 1
    }

    func balanced() -> GroupAssignment {
        var balancer = self
        balancer.assignUnowned()
        balancer.balance()
        var assignment = GroupAssignment(uniqueKeysWithValues: members.map { ($0.memberID, []) })
        for partition in balancer.partitions {
            if let owner = partition.owner { assignment[members[owner].memberID, default: []].append(partition.name) }
        }
        return assignment
    }

    /// Those with the least choice first, so that fewer must move afterwards.
    private mutating func assignUnowned() {
        if usesRacks {
            let share = (partitions.count + members.count - 1) / max(1, members.count)
            for index in unowned(choices: { index in
                subscribers[partitions[index].topic].count { racksMatch($0, index) }
            }) {
                let member = fewest(of: index, below: share) { racksMatch($0, index) }
                if let member { give(index, to: member) }
            }
        }
        for index in unowned(choices: { subscribers[partitions[$0].topic].count }) {
            if let member = fewest(of: index, below: .max, where: { _ in true }) { give(index, to: member) }
        }
    }

    private func unowned(choices: (Int) -> Int) -> [Int] {
        partitions.indices.filter { partitions[$0].owner == nil }.map { (choices($0), $0) }.sorted(by: <).map(\.1)
    }

    /// The subscriber of a partition's topic that has the fewest partitions, if fewer than `limit`.
    private func fewest(of partition: Int, below limit: Int, where isAllowed: (Int) -> Bool) -> Int? {
        var found: Int?
        var least = limit
        for member in subscribers[partitions[partition].topic] where loads[member] < least && isAllowed(member) {
            found = member
            least = loads[member]
        }
        return found
    }

    /// Moves partitions from the members with the most, one at a time: then no member gives away more than it must.
    /// Each move makes the numbers more equal, so that this ends.
    private mutating func balance() {
        var hasMoved = true
        while hasMoved {
            hasMoved = false
            var owned = Array(repeating: [Int](), count: members.count)
            // New partitions come after those that were kept.
            for isKept in [true, false] {
                for (index, partition) in partitions.enumerated() where partition.isKept == isKept {
                    if let owner = partition.owner { owned[owner].append(index) }
                }
            }
            for level in stride(from: loads.max() ?? 0, to: 1, by: -1) {
                for member in members.indices where loads[member] == level {
                    guard let (position, target) = move(of: owned[member], below: level - 1, from: member)
                    else { continue }
                    let partition = owned[member].remove(at: position)
                    owned[target].append(partition)
                    give(partition, to: target)
                    hasMoved = true
                }
            }
        }
    }

    /// The partition to move and the member to move it to; the last ones first.
    private func move(of owned: [Int], below limit: Int, from member: Int) -> (position: Int, target: Int)? {
        if usesRacks {
            for isMatching in [false, true] {
                for position in owned.indices.reversed() where racksMatch(member, owned[position]) == isMatching {
                    let target = fewest(of: owned[position], below: limit) { racksMatch($0, owned[position]) }
                    if let target { return (position, target) }
                }
            }
        }
        for position in owned.indices.reversed() {
            let target = fewest(of: owned[position], below: limit) { _ in true }
            if let target { return (position, target) }
        }
        return nil
    }
}
