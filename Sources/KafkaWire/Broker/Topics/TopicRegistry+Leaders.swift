import KafkaProtocol
import Synchronization
import WireCore

/// The replicas and leaders of partitions: stored first, and then used.
extension TopicRegistry {
    /// Opens the journal, and gives each partition what is stored of it, as far as these nodes allow. Its leader left
    /// when the process before ended.
    static func restoreRegistrations(
        of topics: [BrokerTopic], in directory: DataDirectory, nodes: ClosedRange<Int32>
    ) throws(StorageError) -> Journal<PartitionJournalEntry> {
        var stored: [PartitionJournalEntry.Partition: PartitionRegistration] = [:]
        // Leaders change seldom, and an epoch must not be used twice.
        var journal = try Journal<PartitionJournalEntry>(
            PartitionJournalEntry.fileName, in: directory, flushesAlways: true
        ) { entry in stored[entry.partition] = entry.registration }
        for topic in topics {
            for (index, log) in topic.partitions.enumerated() {
                let partition = PartitionJournalEntry.Partition(topicID: topic.id, index: Int32(index))
                var registration = stored[partition] ?? .ofFirstNode
                registration.leaderEpoch = max(registration.leaderEpoch, log.lastEpoch)
                registration.adapt(to: nodes)
                registration.electAfterRestart()
                log.register(registration)
            }
        }
        try journal.rewrite(entries(of: topics))
        return journal
    }

    private static func entries(of topics: [BrokerTopic]) -> [PartitionJournalEntry] {
        topics.flatMap { topic in
            topic.partitions.enumerated().compactMap { index, log in
                let registration = log.registration
                guard registration != .ofFirstNode else { return nil }
                return PartitionJournalEntry(.init(topicID: topic.id, index: Int32(index)), registration)
            }
        }
    }

    /// What new partitions get.
    func registrations(
        _ assignment: ReplicaAssignment, topic: String, _ indexes: Range<Int>
    ) -> [PartitionRegistration] {
        let running = membership.running
        return indexes.map { index in
            let replicas: [Int32]
            switch assignment {
            case .given(let given): replicas = given[index - indexes.lowerBound]
            case .count(let count):
                replicas = PartitionRegistration.replicas(
                    count: count, topic: topic, partition: index, nodes: membership.ids)
            case .all:
                replicas = PartitionRegistration.replicas(
                    count: membership.ids.count, topic: topic, partition: index, nodes: membership.ids)
            }
            return PartitionRegistration(replicas: replicas, running: running)
        }
    }

    /// Appends to the journal. Entries of a topic that does not exist are left out when it is rewritten.
    func store(
        _ registrations: [(index: Int, PartitionRegistration)], ofTopic topicID: KafkaUUID,
        _ journal: inout Journal<PartitionJournalEntry>
    ) throws(StorageError) {
        // The partitions of a single node need no entries.
        guard membership.ids.count > 1 else { return }
        try journal.append(
            registrations.map { index, registration in
                PartitionJournalEntry(.init(topicID: topicID, index: Int32(index)), registration)
            })
    }

    // MARK: Changes

    /// One partition of a topic.
    struct Partition {
        let topic: BrokerTopic
        let index: Int32
        let log: PartitionLog

        var key: PartitionJournalEntry.Partition { .init(topicID: topic.id, index: index) }
    }

    /// Changes the replicas and leaders of partitions: all of them, or none if they cannot be stored.
    ///
    /// - Parameter change: gets the nodes that run.
    func changeRegistrations(
        of partitions: [Partition]? = nil,
        _ change: (Partition, inout PartitionRegistration, _ running: [Int32]) -> Void
    ) throws(StorageError) {
        try changes.withLock { (journal) throws(StorageError) in
            let running = membership.running
            let wanted = partitions ?? all.flatMap { topic in
                topic.partitions.enumerated().map { Partition(topic: topic, index: Int32($0), log: $1) }
            }
            var changed: [(Partition, PartitionRegistration)] = []
            for partition in wanted {
                let before = partition.log.registration
                var after = before
                change(partition, &after, running)
                if after != before { changed.append((partition, after)) }
            }
            if changed.isEmpty { return }
            try journal.append(
                changed.map { partition, registration in
                    PartitionJournalEntry(partition.key, registration)
                })
            for (partition, registration) in changed { partition.log.register(registration) }
            guard journal.shouldRewrite else { return }
            do throws(StorageError) {
                try journal.rewrite(Self.entries(of: all))
            } catch {
                Self.logger.error("The compaction of the journal of partitions failed; the file keeps growing: \(error)")
                journal.postponeRewrite()
            }
        }
    }

    /// Elects leaders for the partitions whose leader does not run.
    func electLeaders() throws(StorageError) {
        try changeRegistrations { _, registration, running in registration.elect(running) }
    }

    func partition(_ name: String, _ index: Int32) -> Partition? {
        guard let topic = topic(named: name), let log = topic.partition(index) else { return nil }
        return Partition(topic: topic, index: index, log: log)
    }
}
