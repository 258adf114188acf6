import KafkaProtocol
import WireCore
import WireStreams

extension BrokerService {
    /// The partition if this node may answer for it, or the error code. The order of the checks is Kafka's.
    ///
    /// - Parameters:
    ///   - leaderEpoch: what the client knows; -1 if it does not say.
    ///   - mustLead: another replica does not answer.
    func partition(
        _ topic: BrokerTopic?, _ index: Int32, of nodeID: Int32, leaderEpoch: Int32 = -1, mustLead: Bool
    ) -> ErrorCodeResult<PartitionLog> {
        guard let log = topic?.partition(index) else { return .failure(.unknownTopicOrPartition) }
        let code = Self.refusal(log.registration, of: nodeID, leaderEpoch: leaderEpoch, mustLead: mustLead)
        return code == .none ? .success(log) : .failure(code)
    }

    static func refusal(
        _ registration: PartitionRegistration, of nodeID: Int32, leaderEpoch: Int32, mustLead: Bool
    ) -> KafkaErrorCode {
        guard registration.replicas.contains(nodeID) else { return .notLeaderOrFollower }
        if leaderEpoch > registration.leaderEpoch { return .unknownLeaderEpoch }
        if leaderEpoch >= 0, leaderEpoch < registration.leaderEpoch { return .fencedLeaderEpoch }
        return mustLead && registration.leader != nodeID ? .notLeaderOrFollower : .none
    }

    /// Makes the next running node the leader of the partitions that the entries of a request name.
    static func moveLeaders(of entries: [RequestEntry], in topics: TopicRegistry) {
        var wanted: [PartitionJournalEntry.Partition: TopicRegistry.Partition] = [:]
        for entry in entries {
            guard let topic = entry.topic.flatMap({ topics.topic(named: $0) }) else { continue }
            let all = entry.hasAllPartitions ? topic.partitions.indices.map { Int32($0) } : [entry.partition ?? -1]
            for index in all {
                // A request may name a partition twice.
                if let partition = topics.partition(topic.name, index) { wanted[partition.key] = partition }
            }
        }
        do throws(StorageError) {
            try topics.changeRegistrations(of: Array(wanted.values)) { _, registration, running in
                registration.moveToNextNode(running)
            }
        } catch {
            logger.error("The leaders of \(wanted.count) partition(s) cannot be moved: \(error)")
        }
    }

    /// The leaders that a client learns from errors (KIP-951).
    struct LeaderHints {
        private(set) var nodes: [(id: Int32, address: SocketAddress)] = []

        /// Records the leader of a partition. Returns it with its epoch.
        mutating func leader(
            of log: PartitionLog, _ service: BrokerService, _ context: RequestContext
        ) -> (node: Int32, epoch: Int32) {
            let registration = log.registration
            let id = registration.leader
            if !nodes.contains(where: { $0.id == id }), service.membership.isRunning(id),
                let address = service.address(ofNode: id, context)
            {
                nodes.append((id, address))
            }
            return (id, registration.leaderEpoch)
        }
    }
}
