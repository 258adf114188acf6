import Foundation
import KafkaProtocol
import Synchronization
import WireCore

/// All topics of the broker, in memory and on disk.
///
/// A topic exists if its document does: the document is written after the partitions' directories, and removed before
/// them. Directories without a topic are removed at start. Changes are made one at a time; lookups do not wait for
/// them.
final class TopicRegistry: Sendable {
    static let logger = Logger("cdcd.broker.TopicRegistry")

    private struct Table {
        var byName: [String: BrokerTopic] = [:]
        var byID: [KafkaUUID: BrokerTopic] = [:]
        var catalog = TopicCatalog(version: 0, topics: [:])

        mutating func insert(_ topic: BrokerTopic) {
            byName[topic.name] = topic
            byID[topic.id] = topic
            catalog.version += 1
            catalog.topics[topic.name] = .init(id: topic.id, partitionCount: Int32(clamping: topic.partitions.count))
        }

        mutating func remove(_ topic: BrokerTopic) {
            byName[topic.name] = nil
            byID[topic.id] = nil
            catalog.version += 1
            catalog.topics[topic.name] = nil
        }
    }

    let membership: ClusterMembership
    private let directory: DataDirectory
    private let files: OpenFiles
    private let table: Mutex<Table>
    /// Held during each change.
    let changes: Mutex<Journal<PartitionJournalEntry>>

    /// Opens all topics in the directory.
    ///
    /// - Parameters:
    ///   - files: limits the number of open files of partitions.
    ///   - defaults: the broker's settings of topics that do not have their own.
    ///   - membership: the nodes, all of which run.
    init(
        directory: DataDirectory, files: OpenFiles, defaults: TopicConfiguration = TopicConfiguration(),
        membership: ClusterMembership = ClusterMembership()
    ) throws(StorageError) {
        self.directory = directory
        self.membership = membership
        self.files = files
        var table = Table()
        for fileName in try DataDirectory.names(in: directory.topicsPath) where fileName.hasSuffix(".json") {
            let document = try BrokerTopic.Document(at: "\(directory.topicsPath)/\(fileName)", defaults: defaults)
            var partitions: [PartitionLog] = []
            let settings = LogSettings(document.configuration)
            for index in 0..<document.partitionCount {
                let path = directory.partitionPath(document.name, index)
                partitions.append(try PartitionLog(directory: path, settings: settings, in: files))
            }
            table.insert(BrokerTopic(document, partitions: partitions))
        }
        try Self.removeStrayPartitions(in: directory, table)
        changes = Mutex(
            try Self.restoreRegistrations(of: Array(table.byName.values), in: directory, nodes: membership.ids))
        self.table = Mutex(table)
        self.defaults = defaults
    }

    private let defaults: TopicConfiguration

    /// Removes the partitions of topics that were being created or deleted when an earlier process ended.
    private static func removeStrayPartitions(in directory: DataDirectory, _ table: Table) throws(StorageError) {
        for name in try DataDirectory.names(in: directory.path) {
            guard let separator = name.lastIndex(of: "-"), let index = Int(name[name.index(after: separator)...]),
                access("\(directory.path)/\(name)/\(PartitionMetadata.fileName)", F_OK) == 0
            else { continue }
            let topic = table.byName[String(name[..<separator])]
            if topic?.partitions.indices.contains(index) == true { continue }
            logger.warn("Removed \(name), which belongs to no topic")
            try discard(name, in: directory)
        }
    }

    /// Moves a partition's directory away and removes it.
    private static func discard(_ name: String, in directory: DataDirectory) throws(StorageError) {
        let discarded = directory.scratchPath(for: "deleted")
        try DataDirectory.move("\(directory.path)/\(name)", to: discarded) { (_) throws(StorageError) in }
        try DataDirectory.remove(discarded)
    }

    // MARK: Lookup

    func topic(named name: String) -> BrokerTopic? { table.withLock { $0.byName[name] } }
    func topic(id: KafkaUUID) -> BrokerTopic? { table.withLock { $0.byID[id] } }
    /// The topic whose name differs only by `.` and `_`, which Kafka does not allow.
    func collision(with name: String) -> String? {
        let key = TopicName.collisionKey(name)
        guard key.contains("_") else { return nil }
        return table.withLock { $0.byName.keys.first { $0 != name && TopicName.collisionKey($0) == key } }
    }
    /// The names, ids and numbers of partitions of all topics.
    var catalog: TopicCatalog { table.withLock { $0.catalog } }
    /// All topics, sorted by name.
    var all: [BrokerTopic] { table.withLock { Array($0.byName.values) }.sorted { $0.name < $1.name } }

    // MARK: Changes

    /// Creates a topic whose name and settings are valid. Returns nil if the name is in use.
    ///
    /// - Parameter replicas: what the partitions get.
    func create(
        name: String, partitionCount: Int, configuration: TopicConfiguration, replicas: ReplicaAssignment = .all
    ) throws(StorageError) -> BrokerTopic? {
        try changes.withLock { (journal) throws(StorageError) -> BrokerTopic? in
            guard topic(named: name) == nil else { return nil }
            var configuration = configuration
            configuration.defaults = defaults.values
            let document = BrokerTopic.Document(
                name: name, id: KafkaUUID.random(), partitionCount: partitionCount, configuration: configuration)
            let partitions = try makePartitions(0..<partitionCount, of: document, replicas, &journal)
            let topic = BrokerTopic(document, partitions: partitions)
            try store(document)
            table.withLock { $0.insert(topic) }
            Self.logger.info("Created topic \(name) with \(partitionCount) partition(s)")
            return topic
        }
    }

    private func store(_ document: BrokerTopic.Document) throws(StorageError) {
        try directory.replaceFile(at: directory.topicPath(document.name), with: document.json)
    }

    /// Creates the logs of partitions. If that fails, those that were created are removed.
    private func makePartitions(
        _ indexes: Range<Int>, of document: BrokerTopic.Document, _ replicas: ReplicaAssignment,
        _ journal: inout Journal<PartitionJournalEntry>
    ) throws(StorageError) -> [PartitionLog] {
        var partitions: [PartitionLog] = []
        let registrations = registrations(replicas, topic: document.name, indexes)
        do throws(StorageError) {
            try store(zip(indexes, registrations).map { ($0, $1) }, ofTopic: document.id, &journal)
            let settings = LogSettings(document.configuration)
            for (index, registration) in zip(indexes, registrations) {
                let path = directory.partitionPath(document.name, index)
                let partition = try PartitionLog(directory: path, settings: settings, in: files)
                partition.register(registration)
                partitions.append(partition)
                try PartitionMetadata.write(document.id, in: path)
            }
            try DataDirectory.synchronizeDirectory(directory.path)
            return partitions
        } catch {
            for partition in partitions { try DataDirectory.remove(partition.directory) }
            throw error
        }
    }

    /// Deletes a topic and its records. Returns false if it does not exist.
    func delete(name: String) throws(StorageError) -> Bool {
        try changes.withLock { (_) throws(StorageError) -> Bool in
            guard let topic = topic(named: name) else { return false }
            let discarded = directory.scratchPath(for: "deleted")
            try DataDirectory.move(directory.topicPath(name), to: discarded)
            table.withLock { $0.remove(topic) }
            for (index, partition) in topic.partitions.enumerated() {
                partition.markDeleted()
                do throws(StorageError) {
                    try Self.discard("\(name)-\(index)", in: directory)
                } catch {
                    // The topic no longer exists; what is left is removed at the next start.
                    Self.logger.warn("The files of the deleted topic \(name) could not be removed: \(error)")
                }
            }
            Self.logger.info("Deleted topic \(name)")
            return true
        }
    }

    /// Changes a topic's settings or adds partitions. Returns nil if the topic does not exist.
    ///
    /// - Parameter replicas: what added partitions get.
    func change(
        name: String, partitionCount: Int? = nil, configuration: TopicConfiguration? = nil,
        replicas: ReplicaAssignment = .all
    ) throws(StorageError) -> BrokerTopic? {
        try changes.withLock { (journal) throws(StorageError) -> BrokerTopic? in
            guard let old = topic(named: name) else { return nil }
            var document = old.document
            if let configuration { document.configuration = configuration }
            document.configuration.defaults = defaults.values
            var partitions = old.partitions
            if let partitionCount, partitionCount > partitions.count {
                partitions += try makePartitions(partitions.count..<partitionCount, of: document, replicas, &journal)
                document.partitionCount = partitionCount
            }
            try store(document)
            let settings = LogSettings(document.configuration)
            for partition in partitions { partition.apply(settings) }
            let topic = BrokerTopic(document, partitions: partitions)
            table.withLock { $0.insert(topic) }
            return topic
        }
    }

    /// Writes every partition's log to the disk. An error with one of them does not keep the others from being written.
    ///
    /// - Returns: the errors, one for each log that could not be written.
    func synchronize() -> [StorageError] {
        var errors: [StorageError] = []
        for partition in all.flatMap(\.partitions) {
            do throws(StorageError) { try partition.synchronize() } catch { errors.append(error) }
        }
        return errors
    }
}
