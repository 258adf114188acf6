import Foundation
import KafkaProtocol
import KafkaTestSupport
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker

/// Which writes reach the disk when the broker stops.
@Suite struct DurabilityTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// An earlier process may have ended without synchronizing the file.
    @Test func fileWithContentNeedsSynchronizationAfterItIsOpened() throws {
        for files in [nil, OpenFiles(openMax: 1)] {
            let path = "\(directory.path)/\(files == nil ? "own" : "shared").log"
            let written = try AppendOnlyFile(path: path, in: files)
            #expect(!written.needsSynchronization)
            try [1].withUnsafeBytes { try written.append($0, at: 0) }
            let opened = try AppendOnlyFile(path: path, in: files)
            #expect(opened.needsSynchronization)
            try opened.synchronize()
            #expect(!opened.needsSynchronization)
        }
    }

    private func log(_ name: String, _ change: (inout LogSettings) -> Void) throws -> PartitionLog {
        var settings = LogSettings()
        change(&settings)
        return try PartitionLog(directory: "\(directory.path)/\(name)-0", settings: settings, now: 1000)
    }

    private func needsSynchronization(_ log: PartitionLog) -> Bool {
        log.state.withLock { $0.segments[0].log.needsSynchronization }
    }

    /// `flush.messages` and `flush.ms`, and with them the policies of `--fsync`.
    @Test func logsAreSynchronizedByNumberOfRecordsAndTime() throws {
        let never = try log("never") { _ in }
        try never.append(TestBatches.fromKcat)
        try never.flushIfDue(now: 1_000_000)
        #expect(needsSynchronization(never))
        let always = try log("always") { $0.flushRecords = 1 }
        try always.append(TestBatches.fromKcat)
        #expect(!needsSynchronization(always))
        let counted = try log("counted") { $0.flushRecords = 5 }
        try counted.append(TestBatches.fromKcat)
        #expect(needsSynchronization(counted))
        try counted.append(TestBatches.fromKcat)
        #expect(!needsSynchronization(counted))
        let timed = try log("timed") { $0.flushMilliseconds = 50 }
        try timed.append(TestBatches.fromKcat, now: 1000)
        try timed.append(TestBatches.fromKcat, now: 1020)
        try timed.flushIfDue(now: 1049)
        #expect(needsSynchronization(timed))
        try timed.flushIfDue(now: 1050)
        #expect(!needsSynchronization(timed))
    }

    @Test func directoriesOfOtherLayoutsAreRefused() throws {
        for name in ["broker.json", "__cluster_metadata-0", "meta.properties"] {
            let path = "\(directory.path)/\(name)-data"
            try DataDirectory.createDirectory(path)
            try directory.write([], to: "\(name)-data/\(name)")
            let error = #expect(throws: StorageError.self) { try DataDirectory(path: path) }
            #expect(error?.description.contains(name == "broker.json" ? "older version" : "Apache Kafka") == true)
            #expect(try DataDirectory.names(in: path) == [name])
        }
    }

    /// A process that ends while it creates or deletes a topic leaves partitions that belong to none.
    @Test func partitionsWithoutTopicAreRemoved() throws {
        var data = try DataDirectory(path: directory.path + "/data")
        var topics = try TopicRegistry(directory: data, files: OpenFiles(openMax: 4))
        _ = try topics.create(name: "a-b", partitionCount: 2, configuration: TopicConfiguration())
        _ = try topics.create(name: "c", partitionCount: 2, configuration: TopicConfiguration())
        data.release()
        try FileManager.default.removeItem(atPath: data.topicPath("c"))
        data = try DataDirectory(path: directory.path + "/data")
        topics = try TopicRegistry(directory: data, files: OpenFiles(openMax: 4))
        #expect(topics.all.map(\.name) == ["a-b"])
        let names = try DataDirectory.names(in: data.path)
        #expect(names.filter { $0.hasPrefix("a-b-") } == ["a-b-0", "a-b-1"])
        #expect(!names.contains { $0.hasPrefix("c-") })
    }

    @Test func moveSynchronizesBothDirectories() throws {
        try DataDirectory.createDirectory(directory.path + "/a")
        try DataDirectory.createDirectory(directory.path + "/b")
        try directory.write([1], to: "a/file")
        func synchronized(_ source: String, _ target: String) throws -> [String] {
            var directories: [String] = []
            let path = directory.path
            try DataDirectory.move("\(path)/\(source)", to: "\(path)/\(target)") { directories.append($0) }
            return directories.map { String($0.dropFirst(path.count + 1)) }
        }
        #expect(try synchronized("a/file", "b/file") == ["b", "a"])
        #expect(try synchronized("b/file", "b/other") == ["b"])
        try DataDirectory.synchronizeDirectory(directory.path + "/b")
        #expect(throws: StorageError.self) { try DataDirectory.synchronizeDirectory(directory.path + "/none") }
    }

    /// With one descriptor, a log that was replaced by a directory cannot be opened again.
    private func breakLog(ofTopic name: String, in data: String) throws {
        let path = "\(data)/\(name)-0/00000000000000000000.log"
        try FileManager.default.removeItem(atPath: path)
        try DataDirectory.createDirectory(path)
    }

    @Test func logsAreSynchronizedDespiteAnErrorWithOneOfThem() throws {
        let data = try DataDirectory(path: directory.path + "/data")
        let topics = try TopicRegistry(directory: data, files: OpenFiles(openMax: 1))
        for name in ["a", "b", "c"] {
            let topic = try topics.create(name: name, partitionCount: 1, configuration: TopicConfiguration())
            try #require(topic).partitions[0].append(TestBatches.fromKcat)
        }
        try breakLog(ofTopic: "a", in: data.path)
        #expect(topics.synchronize().count == 1)
        #expect(topics.all.map { needsSynchronization($0.partitions[0]) } == [true, false, false])
    }

    @Test func stopReleasesTheDirectoryDespiteAnErrorWithALog() throws {
        var configuration = DevelopmentBrokerConfiguration(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        configuration.limits.openFilesMax = 1
        let broker = try DevelopmentBroker(configuration)
        broker.start()
        for name in ["a", "b"] {
            let topic = try broker.service.topics.create(
                name: name, partitionCount: 1, configuration: TopicConfiguration())
            try #require(topic).partitions[0].append(TestBatches.fromKcat)
        }
        try breakLog(ofTopic: "a", in: configuration.dataDirectory)
        broker.stop()
        withExtendedLifetime(broker) {
            #expect(throws: Never.self) { try DataDirectory(path: configuration.dataDirectory) }
        }
    }
}
