import Foundation
import KafkaProtocol
import KafkaTestSupport
import KafkaWire
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker

@Suite struct OpenFilesTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func moreFilesThanDescriptorsAreWrittenAndRead() throws {
        let files = OpenFiles(openMax: 3)
        let all = try (0..<10).map { try AppendOnlyFile(path: "\(directory.path)/\($0)", in: files) }
        for round in 0..<3 {
            for (index, file) in all.enumerated() {
                try [UInt8(index)].withUnsafeBytes { try file.append($0, at: round) }
                #expect(files.openCount <= 3)
            }
        }
        for (index, file) in all.enumerated() {
            #expect(try file.read(count: 10, at: 0) == [UInt8](repeating: UInt8(index), count: 3))
            #expect(try file.lengthBytes() == 3)
        }
        #expect(files.openCount == 3)
    }

    @Test func leastRecentlyUsedFileIsClosed() throws {
        let files = OpenFiles(openMax: 2)
        let (a, b) = try (
            AppendOnlyFile(path: directory.path + "/a", in: files), AppendOnlyFile(path: directory.path + "/b", in: files)
        )
        _ = try a.lengthBytes()
        let c = try AppendOnlyFile(path: directory.path + "/c", in: files)
        // Only a file that is opened again has the new content at its path.
        for name in ["a", "b"] { try FileManager.default.removeItem(atPath: "\(directory.path)/\(name)") }
        try directory.write([1, 2], to: "a")
        try directory.write([1, 2], to: "b")
        #expect(try a.lengthBytes() == 0)
        #expect(try b.lengthBytes() == 2)
        #expect(try c.lengthBytes() == 0)
    }

    /// A descriptor in use stays open while other files are opened.
    @Test func fileInUseIsNotClosed() throws {
        let files = OpenFiles(openMax: 1)
        let key = files.makeKey()
        try files.withDescriptor(of: key, at: directory.path + "/a", creates: true) { (descriptor) throws(StorageError) in
            let other = try AppendOnlyFile(path: directory.path + "/b", in: files)
            #expect(try other.lengthBytes() == 0)
            #expect(files.openCount == 1)
            #expect(fcntl(descriptor, F_GETFD) >= 0)
        }
        #expect(files.openCount == 1)
    }

    private final class WrongReads: Sendable {
        let count = Atomic(0)
    }

    @Test func threadsReadTheirOwnFilesThroughFewDescriptors() throws {
        let files = OpenFiles(openMax: 2)
        let all = try (0..<6).map { try AppendOnlyFile(path: "\(directory.path)/\($0)", in: files) }
        for (index, file) in all.enumerated() { try [UInt8(index)].withUnsafeBytes { try file.append($0, at: 0) } }
        let wrong = WrongReads()
        let threads = all.indices.map { index in
            let ended = ThreadCompletion()
            startThread(named: "reader-\(index)") {
                for _ in 0..<300 where (try? all[index].read(count: 2, at: 0)) != [UInt8(index)] {
                    wrong.count.add(1, ordering: .relaxed)
                }
                ended.finish()
            }
            return ended
        }
        for thread in threads { #expect(thread.wait(milliseconds: 30_000)) }
        #expect(wrong.count.load(ordering: .relaxed) == 0)
    }

    // MARK: A broker with few descriptors

    private func registry() throws -> TopicRegistry {
        try TopicRegistry(directory: try DataDirectory(path: directory.path + "/data"), files: OpenFiles(openMax: 8))
    }

    /// The files of a replaced segment have the same names as those of the new one.
    @Test func removedFileIsNotOpenedAgain() throws {
        let files = OpenFiles(openMax: 1)
        let path = directory.path + "/a"
        let former = try AppendOnlyFile(path: path, in: files)
        try [UInt8(1)].withUnsafeBytes { try former.append($0, at: 0) }
        try former.remove()
        let next = try AppendOnlyFile(path: path, in: files)
        try [UInt8(2), 3].withUnsafeBytes { try next.append($0, at: 0) }
        #expect(throws: StorageError.removed(path: path)) { try former.lengthBytes() }
        #expect(try next.lengthBytes() == 2)
    }

    /// A read that has begun ends with the file's content, although the file is removed meanwhile.
    @Test func removedFileInUseIsReadToItsEnd() throws {
        let files = OpenFiles(openMax: 1)
        let path = directory.path + "/a"
        let key = files.makeKey()
        try files.withDescriptor(of: key, at: path, creates: true) { (descriptor) throws(StorageError) in
            files.remove(key)
            #expect(fcntl(descriptor, F_GETFD) >= 0)
            #expect(files.openCount == 1)
        }
        #expect(files.openCount == 0)
    }

    @Test func fileThatDisappearedIsNotCreatedAgain() throws {
        let files = OpenFiles(openMax: 1)
        let file = try AppendOnlyFile(path: directory.path + "/a", in: files)
        _ = try AppendOnlyFile(path: directory.path + "/b", in: files)
        try FileManager.default.removeItem(atPath: directory.path + "/a")
        #expect(throws: StorageError.self) { try file.lengthBytes() }
    }

    @Test func directoryWithMorePartitionsThanDescriptorsIsReopened() throws {
        for run in 0..<2 {
            let files = OpenFiles(openMax: 4)
            let data = try DataDirectory(path: directory.path + "/data")
            let topics = try TopicRegistry(directory: data, files: files)
            if run == 0 { _ = try topics.create(name: "t", partitionCount: 40, configuration: TopicConfiguration()) }
            let topic = try #require(topics.topic(named: "t"))
            #expect(topic.partitions.count == 40)
            for partition in topic.partitions { try partition.append(TestBatches.fromKcat) }
            for partition in topic.partitions { #expect(try partition.allRecords().count == (run + 1) * 3) }
            #expect(files.openCount <= 4)
            #expect(topics.synchronize().isEmpty)
            data.release()
        }
    }

    /// A response that is full reads nothing of the other partitions.
    @Test func readOfNoBytesOpensNoFile() throws {
        let files = OpenFiles(openMax: 1)
        let path = directory.path + "/t-0"
        let log = try PartitionLog(directory: path, settings: LogSettings(TopicConfiguration()), in: files)
        try log.append(TestBatches.fromKcat)
        _ = try AppendOnlyFile(path: directory.path + "/a", in: files)
        try FileManager.default.removeItem(atPath: path + "/00000000000000000000.log")
        #expect(try log.read(from: 0, bytesMax: 0, firstAlways: false)?.bytes == [])
        #expect(throws: StorageError.self) { try log.read(from: 0, bytesMax: 1000, firstAlways: true) }
    }

    @Test func recreatedTopicHasNewFiles() throws {
        let topics = try registry()
        let former = try #require(try topics.create(name: "t", partitionCount: 1, configuration: TopicConfiguration()))
        try former.partitions[0].append(TestBatches.fromKcat)
        #expect(try topics.delete(name: "t"))
        let next = try #require(try topics.create(name: "t", partitionCount: 1, configuration: TopicConfiguration()))
        #expect(next.partitions[0].endOffset == 0)
        #expect(try former.partitions[0].read(from: 0, bytesMax: 1000, firstAlways: true) == nil)
        try next.partitions[0].append(TestBatches.fromKcat)
        #expect(try next.partitions[0].allRecords().count == 3)
    }

    // MARK: Permissions

    private func modes(below path: String) throws -> [String: Int] {
        var modes: [String: Int] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) + [""] {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
            modes[name] = (attributes[.posixPermissions] as? NSNumber)?.intValue
        }
        return modes
    }

    private func runBroker() throws {
        let broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/deep/data")
        broker.start()
        defer { broker.stop() }
        let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [broker.address]))
        defer { client.close() }
        let producer = KafkaProducer(client)
        try producer.send("t", key: nil, value: [1])
        producer.close(timeoutMilliseconds: 5000)
    }

    /// Configurations with passwords are among the records.
    @Test func dataIsReadableByItsOwnerOnly() throws {
        let path = directory.path + "/deep/data"
        try runBroker()
        let all = try modes(below: path)
        #expect(all["t-0/00000000000000000000.log"] == 0o600 && all["topics/t.json"] == 0o600)
        #expect(all["groups.journal"] == 0o600 && all["meta.properties"] == 0o600 && all["lock"] == 0o600)
        #expect(all[""] == 0o700 && all["topics"] == 0o700 && all["t-0"] == 0o700)
        #expect(Set(all.values) == [0o600, 0o700])
    }
}
