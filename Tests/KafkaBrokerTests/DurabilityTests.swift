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
        let path = "\(data)/topics/\(name)/0.log"
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
        #expect(topics.all.map { $0.partitions[0].file.needsSynchronization } == [true, false, false])
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
