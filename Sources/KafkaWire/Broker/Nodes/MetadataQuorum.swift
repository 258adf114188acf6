import KafkaProtocol
import Synchronization
import WireCore

/// The quorum that DescribeQuorum describes: the nodes are its voters, and the controller is its leader.
///
/// There is no metadata log. Its offsets count the changes of topics, and every running node has all of them.
final class MetadataQuorum: Sendable {
    /// Named after the file of Kafka's metadata log.
    private static let fileName = "quorum-state"

    struct Voter: Equatable, Sendable {
        let id: Int32
        var logEndOffset: Int64
        /// When it has last asked the leader for changes, and when it had all of them, in milliseconds since 1970. -1
        /// if it has not since the leader was elected.
        var lastFetchTimestamp: Int64
        var lastCaughtUpTimestamp: Int64
    }

    private struct State {
        var leader: Int32
        /// Grows with each election, and with each start of the process.
        var epoch: Int32
        var stopped: [Int32: Voter] = [:]
    }

    private let directory: DataDirectory
    private let ids: ClosedRange<Int32>
    private let state: Mutex<State>

    /// Elects the leader of this process.
    init(directory: DataDirectory, membership: ClusterMembership) throws(StorageError) {
        self.directory = directory
        ids = membership.ids
        var epoch: Int32 = 0
        if let document = try directory.document(Self.fileName) {
            guard let stored = document["leaderEpoch"]?.integerValue.flatMap({ Int32(exactly: $0) }),
                (0...Int32.max / 2).contains(stored)
            else { throw .damaged(path: "\(directory.path)/\(Self.fileName)", reason: "it has no usable leader epoch") }
            epoch = stored
        }
        let elected = State(leader: membership.controller, epoch: epoch + 1)
        state = Mutex(elected)
        try store(elected)
    }

    private func store(_ state: State) throws(StorageError) {
        try directory.replace(
            Self.fileName,
            with: ["leaderId": .integer(Int64(state.leader)), "leaderEpoch": .integer(Int64(state.epoch))])
    }

    /// Nodes were stopped or started. Elects another leader if the present one does not run any longer.
    ///
    /// - Parameter offset: the end of the metadata log.
    func nodesChanged(
        _ membership: ClusterMembership, offset: Int64, now: Int64 = WallTime.now.epochMilliseconds
    ) throws(StorageError) {
        try state.withLock { (state) throws(StorageError) in
            var changed = state
            for id in ids {
                if membership.isRunning(id) {
                    changed.stopped[id] = nil
                } else if changed.stopped[id] == nil {
                    changed.stopped[id] = Voter(
                        id: id, logEndOffset: offset, lastFetchTimestamp: now, lastCaughtUpTimestamp: now)
                }
            }
            if !membership.isRunning(state.leader) {
                changed.leader = membership.controller
                if changed.epoch < .max { changed.epoch += 1 }
                // The new leader has not heard of them.
                for id in changed.stopped.keys {
                    changed.stopped[id] = Voter(
                        id: id, logEndOffset: -1, lastFetchTimestamp: -1, lastCaughtUpTimestamp: -1)
                }
                try store(changed)
            }
            state = changed
        }
    }

    /// -1 while no node runs.
    var leader: Int32 { state.withLock { $0.leader } }
    var epoch: Int32 { state.withLock { $0.epoch } }

    /// All nodes in order.
    func voters(offset: Int64, now: Int64 = WallTime.now.epochMilliseconds) -> [Voter] {
        let stopped = state.withLock { $0.stopped }
        return ids.map { id in
            stopped[id] ?? Voter(id: id, logEndOffset: offset, lastFetchTimestamp: now, lastCaughtUpTimestamp: now)
        }
    }
}
