/// For each topic, consecutive partitions to each member in order; the first members have one more if the number does
/// not divide (`RangeAssignor`).
///
/// If members and partitions have racks that differ, a member first receives partitions with a replica in its rack, as
/// long as its number of partitions remains the same, and topics with the same number of partitions and the same
/// members are assigned alike (KIP-881).
enum RangeAssignor {
    static func assign(_ group: GroupSubscription) -> GroupAssignment {
        let members = group.orderedMembers
        var assignment = GroupAssignment(uniqueKeysWithValues: members.map { ($0.memberID, []) })
        var topics = group.topics.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
            .map { Topic(name: $0.key, partitions: $0.value, members: members) }
        if topics.contains(where: \.needsRackMatching) { assignByRack(&topics) }
        for index in topics.indices {
            topics[index].assignRanges { _, _ in true }
            for (member, partitions) in zip(topics[index].members, topics[index].assigned) {
                assignment[member.memberID, default: []] += partitions.map { TopicPartition(topics[index].name, $0) }
            }
        }
        return assignment.mapValues { $0.sorted() }
    }

    private static func assignByRack(_ topics: inout [Topic]) {
        struct Alike: Hashable {
            let members: [String]
            let partitionCount: Int
        }
        let groups = Dictionary(grouping: topics.indices) { index in
            // Without racks the number of partitions does not separate topics: they have no partition to match.
            Alike(
                members: topics[index].members.map(\.memberID),
                partitionCount: topics[index].hasMemberRacks ? topics[index].racks.count : 0)
        }
        for (alike, indices) in groups {
            if indices.count > 1 {
                assignAlike(&topics, indices, alike.partitionCount)
            } else if let index = indices.first, topics[index].needsRackMatching {
                let topic = topics[index]
                topics[index].assignRanges { topic.racksMatch(member: $0, partition: $1) }
            }
        }
    }

    /// Each partition number of all `topics` to the first member whose rack has a replica of each of them.
    private static func assignAlike(_ topics: inout [Topic], _ indices: [Int], _ partitionCount: Int) {
        var candidates = Array(topics[indices[0]].members.indices)
        for partition in 0..<partitionCount where !candidates.isEmpty {
            let position = candidates.firstIndex { member in
                indices.allSatisfy {
                    topics[$0].racksMatch(member: member, partition: partition) && topics[$0].capacity(of: member) > 0
                }
            }
            guard let position else { continue }
            let member = candidates[position]
            for index in indices { topics[index].assign([partition], to: member) }
            if !indices.contains(where: { topics[$0].capacity(of: member) > 0 }) { candidates.remove(at: position) }
        }
    }

    /// A topic during the assignment; members and partitions are numbered.
    private struct Topic {
        let name: String
        let members: [GroupSubscription.Member]
        let racks: [Set<String>]
        let hasMemberRacks: Bool
        let needsRackMatching: Bool
        /// For each member.
        private(set) var assigned: [[Int32]]
        private let indices: [Int32]
        private var unassigned: [Int]
        private let share: Int
        private var membersWithOneMore: Int

        init(name: String, partitions: [GroupSubscription.Partition], members: [GroupSubscription.Member]) {
            self.name = name
            let members = members.filter { $0.topics.contains(name) }
            self.members = members
            racks = partitions.map(\.racks)
            let memberRacks = Set(members.compactMap(\.rack).filter { !$0.isEmpty })
            hasMemberRacks = !memberRacks.isEmpty
            let partitionRacks = racks.reduce(into: Set<String>()) { $0.formUnion($1) }
            needsRackMatching =
                !memberRacks.isDisjoint(with: partitionRacks) && racks.contains { $0 != partitionRacks }
            assigned = members.map { _ in [] }
            indices = partitions.map(\.index)
            unassigned = Array(partitions.indices)
            share = members.isEmpty ? 0 : partitions.count / members.count
            membersWithOneMore = members.isEmpty ? 0 : partitions.count % members.count
        }

        func racksMatch(member: Int, partition: Int) -> Bool {
            guard let rack = members[member].rack, !rack.isEmpty else { return true }
            return hasMemberRacks && racks[partition].contains(rack)
        }

        /// How many more partitions the member may have.
        func capacity(of member: Int) -> Int {
            max(0, share + (membersWithOneMore > 0 ? 1 : 0) - assigned[member].count)
        }

        mutating func assign(_ partitions: [Int], to member: Int) {
            assigned[member] += partitions.map { indices[$0] }
            if assigned[member].count > share { membersWithOneMore -= 1 }
            let taken = Set(partitions)
            unassigned.removeAll { taken.contains($0) }
        }

        mutating func assignRanges(_ mayAssign: (_ member: Int, _ partition: Int) -> Bool) {
            for member in members.indices where !unassigned.isEmpty {
                let chosen = unassigned.filter { mayAssign(member, $0) }.prefix(capacity(of: member))
                if !chosen.isEmpty { assign(Array(chosen), to: member) }
            }
        }
    }
}
