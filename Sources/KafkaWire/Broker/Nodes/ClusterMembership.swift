import Synchronization
import WireCore

/// The ids of the cluster's nodes, and which nodes run.
final class ClusterMembership: Sendable {
    /// From 1 to the number of nodes.
    let ids: ClosedRange<Int32>
    private let stopped = Mutex<Set<Int32>>([])

    init(nodeCount: Int32 = 1) { ids = 1...max(1, nodeCount) }

    /// The ids of the running nodes, in order.
    var running: [Int32] { stopped.withLock { stopped in ids.filter { !stopped.contains($0) } } }

    func isRunning(_ id: Int32) -> Bool { ids.contains(id) && stopped.withLock { !$0.contains(id) } }

    /// The node that clients are told is the controller. Every node handles the requests of a controller, as Kafka's
    /// brokers pass them on.
    var controller: Int32 { running.first ?? -1 }

    /// The coordinator of a group or of a transactional id; nil if no node runs.
    ///
    /// In Kafka it is the leader of a partition of an internal topic, which the key's hash determines. Here the hash
    /// determines the node. While that one is stopped, another one takes its place.
    func coordinator(of key: String) -> Int32? {
        let hash = key.javaHashCode & .max
        let preferred = ids.lowerBound + hash % Int32(ids.count)
        if isRunning(preferred) { return preferred }
        let running = running
        return running.isEmpty ? nil : running[Int(hash) % running.count]
    }

    func setRunning(_ isRunning: Bool, _ id: Int32) {
        stopped.withLock { stopped in
            if isRunning { stopped.remove(id) } else { stopped.insert(id) }
        }
    }
}
