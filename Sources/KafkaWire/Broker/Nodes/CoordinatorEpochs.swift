import KafkaProtocol
import Synchronization
import WireCore

/// The epochs of the coordinators of transactional ids, which are in the markers that they write.
///
/// In Kafka the coordinator is the leader of a partition of `__transaction_state`, and its epoch is that leader's. Here
/// the ids that one node coordinates while all nodes run have an epoch in common, which grows when one of them gets
/// another coordinator.
final class CoordinatorEpochs: Sendable {
    private static let fileName = "coordinator-epochs.json"

    /// ```
    /// {"epochs": [2, 0, 1], "stopped": [3]}
    /// ```
    private struct State {
        /// By the node that coordinates the ids while all nodes run.
        var epochs: [Int32]
        /// The nodes that did not run at the last change.
        var stopped: [Int32] = []

        init(count: Int) { epochs = [Int32](repeating: 0, count: count) }

        init?(_ document: JSONObject) {
            func numbers(_ name: String) -> [Int32]? {
                guard let values = document[name]?.arrayValue else { return nil }
                let numbers = values.compactMap { $0.integerValue.flatMap { Int32(exactly: $0) } }
                return numbers.count == values.count ? numbers : nil
            }
            // The epochs grow with each change from here on.
            guard let epochs = numbers("epochs"), let stopped = numbers("stopped"), !epochs.isEmpty,
                epochs.allSatisfy((0...Int32.max / 2).contains)
            else { return nil }
            self.epochs = epochs
            self.stopped = stopped
        }

        var document: JSONObject {
            [
                "epochs": .array(epochs.map { .integer(Int64($0)) }),
                "stopped": .array(stopped.map { .integer(Int64($0)) }),
            ]
        }
    }

    private let directory: DataDirectory
    private let ids: ClosedRange<Int32>
    private let state: Mutex<State>

    /// Restores the epochs. Those of ids whose coordinator was another one in the process before grow.
    ///
    /// - Parameter membership: the nodes, all of which run.
    init(directory: DataDirectory, membership: ClusterMembership) throws(StorageError) {
        self.directory = directory
        ids = membership.ids
        var state = State(count: membership.ids.count)
        if let document = try directory.document(Self.fileName) {
            guard let stored = State(document) else {
                throw .damaged(path: "\(directory.path)/\(Self.fileName)", reason: "it has no usable epochs")
            }
            if stored.epochs.count == membership.ids.count {
                state = stored
            } else {
                // Any id may have another coordinator now.
                let next = (stored.epochs.max() ?? 0) + 1
                state.epochs = [Int32](repeating: next, count: membership.ids.count)
            }
        }
        self.state = Mutex(state)
        try directory.replace(Self.fileName, with: state.document)
        try nodesChanged(membership.snapshot)
    }

    /// Nodes were stopped or started: other nodes coordinate some of the ids. When this returns, their epochs are on
    /// the disk.
    func nodesChanged(_ nodes: ClusterMembership.Snapshot) throws(StorageError) {
        try state.withLock { (state) throws(StorageError) in
            let stopped = ids.filter { !nodes.isRunning($0) }
            guard stopped != state.stopped else { return }
            var changed = state
            for (index, id) in ids.enumerated() {
                // While its node is stopped, an id is with any of the others.
                let isMoved = stopped.contains(id) || state.stopped.contains(id)
                if isMoved, changed.epochs[index] < .max { changed.epochs[index] += 1 }
            }
            changed.stopped = stopped
            try directory.replace(Self.fileName, with: changed.document)
            state = changed
        }
    }

    /// The epoch of the coordinator of a transactional id.
    func epoch(of transactionalID: String) -> Int32 {
        let id = ClusterMembership.Snapshot.preferredCoordinator(of: transactionalID, among: ids)
        return state.withLock { $0.epochs[Int(id - ids.lowerBound)] }
    }
}
