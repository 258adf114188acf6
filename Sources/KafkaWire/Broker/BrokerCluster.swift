import Synchronization
import WireCore
import WireStreams

/// Stops and starts the nodes of a development broker, and moves the leaders of partitions.
///
/// There is no replication: all nodes use the same records and the same coordinators, and nothing that was acknowledged
/// is lost when a node is stopped.
package final class BrokerCluster: Sendable {
    private static let logger = Logger("cdcd.broker.BrokerCluster")

    private let service: BrokerService
    /// Held while a node is being stopped or started.
    private let changes = Mutex(())

    init(_ service: BrokerService) { self.service = service }

    /// What a node is, as it is now.
    package struct NodeDescription: Equatable, Sendable {
        package let id: Int32
        package let isRunning: Bool
        /// Where it listens, by the name of the listener.
        package let addresses: [String: SocketAddress]
    }

    /// The nodes in the order of their ids, which begin with 1.
    package var nodes: [NodeDescription] {
        service.nodes.map { node in
            NodeDescription(
                id: node.id, isRunning: service.membership.isRunning(node.id), addresses: node.addresses)
        }
    }

    // MARK: Nodes

    /// Stops a node: its partitions get other leaders, its groups and transactional ids other coordinators, and its
    /// connections are closed. Nothing happens if it is stopped already.
    ///
    /// Throws `BrokerClusterError`: `.unknownNode`; `.storage` if the new leaders cannot be stored. The node runs then.
    package func stop(node id: Int32) throws(BrokerClusterError) {
        try changes.withLock { (_) throws(BrokerClusterError) in
            let node = try node(id)
            guard service.membership.isRunning(id) else { return }
            let before = service.membership.snapshot
            service.membership.setRunning(false, id)
            do throws(StorageError) {
                try electAgain()
            } catch {
                service.membership.setRunning(true, id)
                throw .storage(error)
            }
            service.groups.moveCoordinators(from: before, to: service.membership.snapshot)
            node.stopAccepting()
            node.cutAll()
            if !node.awaitEnd(milliseconds: 5000) {
                Self.logger.warn("Node \(id) still handles a request that it has received before it was stopped")
            }
            Self.logger.info("Stopped node \(id)")
        }
    }

    /// Starts a stopped node at the addresses that it had. It coordinates its groups and transactional ids again.
    /// Leaders stay where they are; `electPreferredLeaders()` moves them back. Nothing happens if it runs.
    ///
    /// Throws `BrokerClusterError`: `.unknownNode`; `.listener` if an address is in use by now; `.storage` if the
    /// leaders of partitions that have none cannot be stored. The node does not run then.
    package func start(node id: Int32) throws(BrokerClusterError) {
        try changes.withLock { (_) throws(BrokerClusterError) in
            let node = try node(id)
            guard !service.membership.isRunning(id) else { return }
            do throws(StreamError) { try node.bindAgain() } catch { throw .listener(error) }
            let before = service.membership.snapshot
            service.membership.setRunning(true, id)
            do throws(StorageError) {
                try electAgain()
            } catch {
                service.membership.setRunning(false, id)
                node.stopAccepting()
                throw .storage(error)
            }
            service.groups.moveCoordinators(from: before, to: service.membership.snapshot)
            serve(node)
            Self.logger.info("Started node \(id)")
        }
    }

    /// After the running nodes have changed.
    private func electAgain() throws(StorageError) {
        try service.quorum.nodesChanged(service.membership, offset: service.metadataOffset)
        try service.coordinatorEpochs.nodesChanged(service.membership.snapshot)
        try service.topics.electLeaders()
    }

    private func node(_ id: Int32) throws(BrokerClusterError) -> BrokerNode {
        guard let node = service.nodes.first(where: { $0.id == id }) else {
            throw .unknownNode(id, count: service.nodes.count)
        }
        return node
    }

    func serve(_ node: BrokerNode) {
        let service = service
        node.start { streams, listener in
            ClientConnection.serve(streams, from: listener, of: node, service: service)
        }
    }

    // MARK: Leaders

    /// Who leads a partition.
    package struct Leader: Equatable, Sendable {
        /// -1 while no node runs.
        package let node: Int32
        package let epoch: Int32
    }

    /// The leader of a partition. Throws `BrokerClusterError.unknownPartition`.
    package func leader(ofTopic topic: String, partition: Int32) throws(BrokerClusterError) -> Leader {
        let registration = try find(topic, partition).log.registration
        return Leader(node: registration.leader, epoch: registration.leaderEpoch)
    }

    /// Makes a node the leader of a partition, with the next epoch. Nothing happens if it is the leader. A node that is
    /// not a replica takes the place of the present leader among the replicas.
    ///
    /// Throws `BrokerClusterError`: `.unknownNode`, `.nodeStopped`, `.unknownPartition`, or `.storage`, upon which the
    /// leader stays.
    package func moveLeader(ofTopic topic: String, partition: Int32, to id: Int32) throws(BrokerClusterError) {
        _ = try node(id)
        let found = try find(topic, partition)
        var hasMoved = false
        do throws(StorageError) {
            // Whether the node runs is decided while no other change can be made.
            try service.topics.changeRegistrations(of: [found]) { _, registration, running in
                guard running.contains(id) else { return }
                registration.move(to: id)
                hasMoved = true
            }
        } catch { throw .storage(error) }
        guard hasMoved else { throw .nodeStopped(id) }
    }

    /// Makes the first replica of each partition its leader, if it runs. Throws `BrokerClusterError.storage`.
    package func electPreferredLeaders() throws(BrokerClusterError) {
        do throws(StorageError) {
            try service.topics.changeRegistrations { _, registration, running in
                if running.contains(registration.replicas[0]) { registration.move(to: registration.replicas[0]) }
            }
        } catch { throw .storage(error) }
    }

    private func find(_ topic: String, _ partition: Int32) throws(BrokerClusterError) -> TopicRegistry.Partition {
        guard let found = service.topics.partition(topic, partition) else {
            throw .unknownPartition(topic: topic, partition)
        }
        return found
    }
}

/// Why a node or a leader could not be changed.
package enum BrokerClusterError: Error, CustomStringConvertible {
    case unknownNode(Int32, count: Int)
    case nodeStopped(Int32)
    case unknownPartition(topic: String, Int32)
    case listener(StreamError)
    case storage(StorageError)

    package var description: String {
        switch self {
        case .unknownNode(let id, let count): "there is no node \(id): the ids are 1 to \(count)"
        case .nodeStopped(let id): "node \(id) is stopped"
        case .unknownPartition(let topic, let index): "there is no partition \(topic)-\(index)"
        case .listener(let error): "the node cannot listen: \(error)"
        case .storage(let error): "the leaders cannot be stored: \(error)"
        }
    }
}
