import WireCore

/// The replicas of a partition and their leader, as Kafka's controller keeps them.
///
/// There is only one copy of the records, which all nodes use: a replica is a node that may lead the partition.
struct PartitionRegistration: Equatable, Sendable {
    /// Node ids. The first is the preferred leader.
    var replicas: [Int32]
    /// -1 while no node runs.
    var leader: Int32
    /// Grows with each change of the leader.
    var leaderEpoch: Int32 = 0

    /// That of a partition of which nothing else is stored: it belongs to the only node.
    static let ofFirstNode = PartitionRegistration(replicas: [1], leader: 1)

    /// That of a new partition, which is led by the first replica that runs.
    init(replicas: [Int32], running: [Int32]) {
        self.init(replicas: replicas, leader: replicas.first(where: running.contains) ?? -1)
        if leader == -1 { elect(running) }
        leaderEpoch = 0
    }

    init(replicas: [Int32], leader: Int32, leaderEpoch: Int32 = 0) {
        self.replicas = replicas
        self.leader = leader
        self.leaderEpoch = leaderEpoch
    }

    /// The replicas for a new partition: consecutive nodes, so that the partitions of a topic have different leaders.
    ///
    /// - Parameter topic: topics with few partitions begin with different nodes.
    static func replicas(count: Int, topic: String, partition: Int, nodes: ClosedRange<Int32>) -> [Int32] {
        let first = Int(topic.javaHashCode & .max) % nodes.count + partition
        return (0..<min(count, nodes.count)).map { nodes.lowerBound + Int32((first + $0) % nodes.count) }
    }

    /// Elects another leader if the present one does not run. Without a running replica, the leader's replica moves to
    /// another node: every node has the records.
    mutating func elect(_ running: [Int32]) {
        if running.contains(leader) { return }
        if let replica = replicas.first(where: running.contains) { return lead(replica) }
        let last = leader == -1 ? replicas[0] : leader
        guard let node = running.first(where: { $0 > last }) ?? running.first else {
            if leader != -1 { lead(-1) }
            return
        }
        replicas[replicas.firstIndex(of: last) ?? 0] = node
        lead(node)
    }

    /// Makes a node the leader. If it is not a replica, it replaces the present leader among them.
    mutating func move(to node: Int32) {
        if node == leader { return }
        if !replicas.contains(node) { replicas[replicas.firstIndex(of: leader) ?? 0] = node }
        lead(node)
    }

    /// Makes the next running replica the leader, or the next running node if no other replica runs. The nodes are in a
    /// circle. Nothing happens if no other node runs.
    mutating func moveToNextNode(_ running: [Int32]) {
        let others = running.filter { $0 != leader }
        let replicas = others.filter(replicas.contains)
        let candidates = replicas.isEmpty ? others : replicas
        if let node = candidates.first(where: { $0 > leader }) ?? candidates.first { move(to: node) }
    }

    /// Replaces the replicas. The leader stays if it is one of them.
    mutating func reassign(to replicas: [Int32], _ running: [Int32]) {
        self.replicas = replicas
        if !replicas.contains(leader) { lead(replicas.first(where: running.contains) ?? -1) }
    }

    /// All nodes were stopped or killed and have started again: the partition had no leader, and has the same one
    /// again. In Kafka these are two changes, too, after a controlled stop as after a kill.
    mutating func electAfterRestart() {
        let last = leader
        lead(-1)
        lead(last)
    }

    private mutating func lead(_ node: Int32) {
        leader = node
        // Not beyond what a file may claim.
        if leaderEpoch < .max { leaderEpoch += 1 }
    }

    /// Adapts what an earlier process stored to the nodes of this one, all of which run.
    mutating func adapt(to nodes: ClosedRange<Int32>) {
        let remaining = replicas.filter(nodes.contains)
        if remaining.isEmpty {
            replicas = [nodes.lowerBound + (max(1, replicas.first ?? 1) - 1) % Int32(nodes.count)]
        } else {
            replicas = remaining
        }
        if !replicas.contains(leader) { lead(replicas[0]) }
    }
}
