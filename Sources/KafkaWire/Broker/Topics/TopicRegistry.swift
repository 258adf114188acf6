import Foundation
import KafkaProtocol
import Synchronization
import WireCore

/// All topics of the broker, in memory and on disk.
///
/// A topic is created in `scratch` and renamed into place, and removed the same way: after a crash there is the whole
/// topic or none. Changes are made one at a time; lookups do not wait for them.
final class TopicRegistry: Sendable {
    private static let logger = Logger("cdcd.broker.TopicRegistry")

    private struct Table {
        var byName: [String: BrokerTopic] = [:]
        var byID: [KafkaUUID: BrokerTopic] = [:]

        mutating func insert(_ topic: BrokerTopic) {
            byName[topic.name] = topic
            byID[topic.id] = topic
        }
    }

    private let directory: DataDirectory
    private let files: OpenFiles
    private let descriptors: any DescriptorUsage
    private let table: Mutex<Table>
    private let changes = Mutex(())

    /// Opens all topics in the directory. Compacted ones are compacted first.
    ///
    /// - Parameter files: limits the number of open partition files.
    init(
        directory: DataDirectory, files: OpenFiles, descriptors: any DescriptorUsage = ProcessDescriptors()
    ) throws(StorageError) {
        self.directory = directory
        self.files = files
        self.descriptors = descriptors
        var table = Table()
        for name in try DataDirectory.names(in: directory.topicsPath) {
            table.insert(try Self.open(name, in: directory, files))
        }
        self.table = Mutex(table)
    }

    private static func open(
        _ name: String, in directory: DataDirectory, _ files: OpenFiles
    ) throws(StorageError) -> BrokerTopic {
        let path = "\(directory.topicsPath)/\(name)"
        let document = try DataDirectory.document(at: path + "/topic.json")
        guard let document, document["name"]?.stringValue == name,
            let id = document["id"]?.stringValue.flatMap(KafkaUUID.init),
            let count = document["partitions"]?.integerValue, (1...100_000).contains(count)
        else {
            throw .damaged(path: path + "/topic.json", reason: "it does not describe the topic \(name)")
        }
        var configuration = TopicConfiguration()
        for (name, value) in document["configuration"]?.objectValue?.members ?? [] {
            configuration[name] = value.stringValue
        }
        var partitions: [PartitionLog] = []
        for index in 0..<Int(count) {
            let logPath = "\(path)/\(index).log"
            if configuration.isCompacted { try LogCompaction.run(logPath: logPath, directory: directory) }
            partitions.append(try PartitionLog(path: logPath, in: files))
        }
        return BrokerTopic(name: name, id: id, partitions: partitions, configuration: configuration)
    }

    // MARK: Lookup

    func topic(named name: String) -> BrokerTopic? { table.withLock { $0.byName[name] } }
    func topic(id: KafkaUUID) -> BrokerTopic? { table.withLock { $0.byID[id] } }
    /// All topics, sorted by name.
    var all: [BrokerTopic] { table.withLock { Array($0.byName.values) }.sorted { $0.name < $1.name } }

    // MARK: Changes

    /// Creates a topic whose name and settings are valid. Returns nil if the name is in use.
    func create(
        name: String, partitionCount: Int, configuration: TopicConfiguration
    ) throws(StorageError) -> BrokerTopic? {
        try changes.withLock { (_) throws(StorageError) -> BrokerTopic? in
            guard topic(named: name) == nil else { return nil }
            try checkDescriptors()
            let id = KafkaUUID.random()
            let draft = directory.scratchPath(for: "topic")
            try DataDirectory.createDirectory(draft)
            let document = BrokerTopic.document(
                name: name, id: id, partitionCount: partitionCount, configuration: configuration)
            try DataDirectory.write(document, to: draft + "/topic.json")
            try DataDirectory.synchronizeDirectory(draft)
            let path = "\(directory.topicsPath)/\(name)"
            try DataDirectory.move(draft, to: path)
            let partitions = try makePartitions(0..<partitionCount, ofNewTopicAt: path)
            let topic = BrokerTopic(name: name, id: id, partitions: partitions, configuration: configuration)
            table.withLock { $0.insert(topic) }
            Self.logger.info("Created topic \(name) with \(partitionCount) partition(s)")
            for setting in configuration.ineffectiveNames {
                Self.logger.warn(
                    "Topic \(name): \(setting)=\(configuration.effective(setting)) has no effect: the development broker "
                        + "neither deletes nor recompresses nor replicates")
            }
            return topic
        }
    }

    /// Creates the logs of a topic whose directory is in place. If that fails, the topic is removed.
    private func makePartitions(
        _ indexes: Range<Int>, ofNewTopicAt path: String
    ) throws(StorageError) -> [PartitionLog] {
        do throws(StorageError) {
            return try makePartitions(indexes, at: path)
        } catch {
            let discarded = directory.scratchPath(for: "failed")
            try DataDirectory.move(path, to: discarded)
            try DataDirectory.remove(discarded)
            throw error
        }
    }

    private func makePartitions(_ indexes: Range<Int>, at path: String) throws(StorageError) -> [PartitionLog] {
        var partitions: [PartitionLog] = []
        for index in indexes { partitions.append(try PartitionLog(path: "\(path)/\(index).log", in: files)) }
        try DataDirectory.synchronizeDirectory(path)
        return partitions
    }

    /// Partition files can be closed and opened again, connections cannot: the last descriptors are reserved for these.
    private func checkDescriptors() throws(StorageError) {
        let (openCount, limit) = (descriptors.openCount, descriptors.limit)
        // Open files that are not in use count as free, except for the minimum that a broker needs.
        let busy = openCount - max(0, files.openCount - Self.workingFiles)
        if limit - busy < Self.descriptorReserve(limit: limit) {
            throw .fewDescriptors(openCount: openCount, limit: limit)
        }
    }

    private static let workingFiles = 16

    /// The number of descriptors that must be free for a new topic.
    static func descriptorReserve(limit: Int) -> Int { min(100, limit / 4) }

    /// Deletes a topic and its records. Returns false if it does not exist.
    func delete(name: String) throws(StorageError) -> Bool {
        try changes.withLock { (_) throws(StorageError) -> Bool in
            guard let topic = topic(named: name) else { return false }
            let discarded = directory.scratchPath(for: "deleted")
            try DataDirectory.move("\(directory.topicsPath)/\(name)", to: discarded)
            table.withLock { table in
                table.byName[name] = nil
                table.byID[topic.id] = nil
            }
            for partition in topic.partitions { partition.markDeleted() }
            do throws(StorageError) {
                try DataDirectory.remove(discarded)
            } catch {
                // The topic no longer exists; what is left is removed at the next start.
                Self.logger.warn("The files of the deleted topic \(name) could not be removed: \(error)")
            }
            Self.logger.info("Deleted topic \(name)")
            return true
        }
    }

    /// Changes a topic's settings or adds partitions. Returns nil if the topic does not exist.
    func change(
        name: String, partitionCount: Int? = nil, configuration: TopicConfiguration? = nil
    ) throws(StorageError) -> BrokerTopic? {
        try changes.withLock { (_) throws(StorageError) -> BrokerTopic? in
            guard let old = topic(named: name) else { return nil }
            let path = "\(directory.topicsPath)/\(name)"
            var partitions = old.partitions
            if let partitionCount, partitionCount > partitions.count {
                try checkDescriptors()
                partitions += try makePartitions(partitions.count..<partitionCount, at: path)
            }
            let topic = BrokerTopic(
                name: name, id: old.id, partitions: partitions, configuration: configuration ?? old.configuration)
            let document = BrokerTopic.document(
                name: name, id: old.id, partitionCount: partitions.count, configuration: topic.configuration)
            try directory.replaceFile(at: path + "/topic.json", with: document)
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
