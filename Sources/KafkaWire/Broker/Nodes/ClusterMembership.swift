import Synchronization
import WireCore

/// The ids of the cluster's nodes, and which nodes run.
final class ClusterMembership: Sendable {
    /// The nodes at one moment.
    struct Snapshot: Equatable, Sendable {
        let ids: ClosedRange<Int32>
        fileprivate var stopped: Set<Int32> = []

        /// The ids of the running nodes, in order.
        var running: [Int32] { ids.filter { !stopped.contains($0) } }

        func isRunning(_ id: Int32) -> Bool { ids.contains(id) && !stopped.contains(id) }

        /// The coordinator of a group or of a transactional id; nil if no node runs.
        ///
        /// In Kafka it is the leader of a partition of an internal topic, which the key's hash determines. Here the
        /// hash determines the node. While that one is stopped, another one takes its place.
        func coordinator(of key: String) -> Int32? {
            let preferred = Self.preferredCoordinator(of: key, among: ids)
            if isRunning(preferred) { return preferred }
            let running = running
            return running.isEmpty ? nil : running[Int(Self.hash(key)) % running.count]
        }

        /// The coordinator of a group or of a transactional id while all nodes run.
        static func preferredCoordinator(of key: String, among ids: ClosedRange<Int32>) -> Int32 {
            ids.lowerBound + hash(key) % Int32(ids.count)
        }

        private static func hash(_ key: String) -> Int32 { key.javaHashCode & .max }
    }

    /// From 1 to the number of nodes.
    let ids: ClosedRange<Int32>
    private let nodes: Mutex<Snapshot>

    init(nodeCount: Int32 = 1) {
        ids = 1...max(1, nodeCount)
        nodes = Mutex(Snapshot(ids: ids))
    }

    var snapshot: Snapshot { nodes.withLock { $0 } }
    var running: [Int32] { snapshot.running }

    func isRunning(_ id: Int32) -> Bool { nodes.withLock { $0.isRunning(id) } }
    func coordinator(of key: String) -> Int32? { nodes.withLock { $0.coordinator(of: key) } }

    /// The node that responses name as the controller, or -1 if no node runs. Every node handles the requests of a
    /// controller, as Kafka's brokers pass them on.
    var controller: Int32 { running.first ?? -1 }

    func setRunning(_ isRunning: Bool, _ id: Int32) {
        nodes.withLock { nodes in
            if isRunning { nodes.stopped.remove(id) } else { nodes.stopped.insert(id) }
        }
    }
}
