import WireCore

/// What the leader of a classic group assigns: the partitions of the subscribed topics, and the members.
struct GroupSubscription: Sendable, Equatable {
    struct Member: Sendable, Equatable {
        var memberID: String
        /// The id of a static member (KIP-345), which orders it, so that its assignment survives a restart.
        var instanceID: String?
        var topics: [String]
        var rack: String?
        /// The partitions of the member's last assignment, and the generation of it; -1 if unknown.
        var owned: [TopicPartition] = []
        var generation: Int32 = -1
    }

    struct Partition: Sendable, Equatable {
        var index: Int32
        /// The racks of its replicas.
        var racks: Set<String> = []
    }

    /// The partitions of each existing topic, in ascending order. Other topics are not assigned.
    var topics: [String: [Partition]]
    var members: [Member]

    /// Static members come first, in the order of their instance ids, then the others by member id.
    var orderedMembers: [Member] {
        members.sorted { a, b in
            switch (a.instanceID, b.instanceID) {
            case (let a?, let b?): a < b
            case (_?, nil): true
            case (nil, _?): false
            case (nil, nil): a.memberID < b.memberID
            }
        }
    }
}

/// Member id to partitions, in ascending order.
typealias GroupAssignment = [String: [TopicPartition]]

extension ConsumerConfiguration.Assignor {
    /// Whether members keep their partitions during a rebalance (KIP-429).
    var isCooperative: Bool { self == .cooperativeSticky }

    func assign(_ group: GroupSubscription) -> GroupAssignment {
        switch self {
        case .range: RangeAssignor.assign(group)
        case .roundRobin: RoundRobinAssignor.assign(group)
        case .sticky: StickyAssignor.assign(group)
        case .cooperativeSticky: StickyAssignor.assignCooperatively(group)
        }
    }
}
