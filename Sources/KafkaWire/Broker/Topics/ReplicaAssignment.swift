/// The replicas of new partitions.
enum ReplicaAssignment: Sendable {
    /// Every node.
    case all
    /// A number of nodes, which the broker chooses.
    case count(Int)
    /// The node ids for each new partition.
    case given([[Int32]])
}

extension ReplicaAssignment {
    /// The number of replicas of a partition.
    func count(ofNodes nodeCount: Int) -> Int {
        switch self {
        case .all: nodeCount
        case .count(let count): count
        case .given(let replicas): replicas.first?.count ?? 0
        }
    }
}
