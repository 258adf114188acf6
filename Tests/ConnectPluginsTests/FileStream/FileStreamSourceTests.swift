import ConnectData
import Foundation
import PluginTestSupport
import Synchronization
import Testing
import WireCore
import WireStreams

@testable import ConnectPlugins

@Suite struct FileStreamSourceTests {
    /// Collects the records of a task; thread-safe.
    private final class Collector: RecordSink, SourceTaskContext {
        struct State {
            var lines: [String] = []
            var positions: [Int64] = []
        }

        let connectorName = "f"
        let taskID = 0
        let deliveryTimeoutMilliseconds: Int? = nil
        let state = Monitor(State())
        private let stored: Int64?

        init(stored: Int64? = nil) { self.stored = stored }

        func emit(_ record: consuming ConnectRecord) -> Bool {
            let line = record.value.stringValue ?? "?"
            state.update { $0.lines.append(line) }
            return true
        }

        func checkpoint(partition: JSONObject, offset: JSONObject) {
            let position = offset["position"]?.integerValue ?? -1
            state.update { $0.positions.append(position) }
        }

        func awaitDelivery() {}

        func storedOffset(for partition: JSONObject) -> JSONObject? { stored.map { ["position": .integer($0)] } }

        /// Waits until the last checkpoint is at this position.
        func await(_ position: Int64) -> State {
            let deadline = MonotonicInstant.now.advanced(byMilliseconds: 10_000)
            _ = state.wait(until: deadline) { $0.positions.last == position ? true : nil }
            return state.withLock { $0 }
        }
    }

    private final class Failure: Sendable {
        let text = Mutex<String?>(nil)
    }

    private static func path() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("lines-\(UUID().uuidString)").path
    }

    private static func append(_ text: String, to path: String) throws {
        if !FileManager.default.fileExists(atPath: path) {
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
        }
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Array(text.utf8))
        try file.close()
    }

    /// Runs a task while `body` runs; returns the error with which the task ended.
    private func running(
        _ properties: [String: String], _ collector: Collector, _ body: () throws -> Void
    ) throws -> String? {
        guard case .sourceConnector(let factory) = FileStreamSourceConnector.plugin.factory else { return "no source" }
        let context = PluginContext(
            properties: properties, connectorConfiguration: properties, plugins: TestPlugins.registry)
        let (control, done, failure) = (TaskControl(), ThreadCompletion(), Failure())
        startThread(named: "file-task") {
            do {
                try factory.makeTask(context, collector).run(sink: collector, control: control)
            } catch {
                failure.text.withLock { $0 = "\(error)" }
            }
            done.finish()
        }
        defer {
            control.stop()
            #expect(done.wait(milliseconds: 5000))
        }
        try body()
        control.stop()
        #expect(done.wait(milliseconds: 5000))
        return failure.text.withLock { $0 }
    }

    @Test func completeLinesAreEmittedAsTheFileGrows() throws {
        let path = Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.append("one\ntwo\r\npart", to: path)
        let collector = Collector()
        let failure = try running(["file": path, "topic": "t"], collector) {
            #expect(collector.await(9).lines == ["one", "two"])
            try Self.append("ial é\n", to: path)
            #expect(collector.await(20).lines == ["one", "two", "partial é"])
        }
        #expect(failure == nil)
    }

    @Test func readingContinuesAtTheStoredPosition() throws {
        let path = Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.append("é\nb\nc\n", to: path)
        let collector = Collector(stored: 3)
        _ = try running(["file": path, "topic": "t"], collector) { #expect(collector.await(7).lines == ["b", "c"]) }
    }

    @Test func missingFileIsWaitedFor() throws {
        let path = Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let collector = Collector()
        _ = try running(["file": path, "topic": "t"], collector) {
            try Self.append("late\n", to: path)
            #expect(collector.await(5).lines == ["late"])
        }
    }

    @Test func batchesEndWithACheckpoint() throws {
        let path = Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.append("1\n2\n3\n4\n5\n", to: path)
        let collector = Collector()
        _ = try running(["file": path, "topic": "t", "batch.size": "2"], collector) {
            #expect(collector.await(10).positions == [4, 8, 10])
        }
    }

    @Test func directoryAsFileFailsTheTask() throws {
        let collector = Collector()
        let failure = Failure()
        guard case .sourceConnector(let factory) = FileStreamSourceConnector.plugin.factory else { return }
        let context = PluginContext(
            properties: ["file": "/", "topic": "t"], connectorConfiguration: [:], plugins: TestPlugins.registry)
        do {
            try factory.makeTask(context, collector).run(sink: collector, control: TaskControl())
        } catch {
            failure.text.withLock { $0 = "\(error)" }
        }
        #expect(failure.text.withLock { $0 } == "Error while trying to read file /: Is a directory")
    }

    // MARK: The connector

    private func connector() throws -> any SourceConnector {
        guard case .sourceConnector(let factory) = FileStreamSourceConnector.plugin.factory else {
            throw ConnectError("no source")
        }
        return factory.makeConnector(TestPlugins.registry)
    }

    private func alter(
        _ offset: JSONObject?, partition: JSONObject = ["filename": .string("/f")], file: String = "/f"
    ) -> String {
        do {
            let offsets = [PartitionOffset(partition: partition, offset: offset)]
            return try connector().alterOffsets(["file": file], offsets) ? "altered" : "unchecked"
        } catch {
            return "\(error)"
        }
    }

    /// The expected answers are those of a real worker.
    @Test func offsetsAreValidatedAsByKafka() {
        #expect(alter(["position": .integer(2)]) == "altered")
        #expect(alter(nil, partition: [:]) == "altered")
        #expect(alter(["position": .integer(1)], partition: ["filename": .integer(5)]) == "altered")
        #expect(alter([:]) == "Offset objects should either be null or contain the key 'position'")
        for value in [JSONValue.string("1"), .double(1.5), .null] {
            #expect(
                alter(["position": value])
                    == "The value for the 'position' key in the offset is expected to be a Long value")
        }
        #expect(
            alter(["position": .integer(-1)])
                == "The value for the 'position' key in the offset should be a non-negative value")
        #expect(
            alter(["position": .integer(1)], partition: ["file": .string("/f")])
                == "Partition objects should contain the key 'filename'")
        #expect(
            alter(["position": .integer(1)], file: "")
                == "Offsets cannot be modified if the 'file' configuration is unspecified. This is because stdin is "
                + "used for input and offsets are not tracked.")
    }

    @Test func propertiesAreValidated() throws {
        func errors(_ configuration: [String: String]) throws -> [String: [String]] {
            var errors: [String: [String]] = [:]
            for value in try connector().validate(configuration).values where !value.errors.isEmpty {
                errors[value.name] = value.errors
            }
            return errors
        }
        #expect(try errors(["file": "/f", "topic": "t"]).isEmpty)
        #expect(try errors(["file": "/f", "topic": ""]) == [
            "topic": ["Invalid value  for configuration topic: String must be non-empty"]
        ])
        #expect(try errors(["topic": "t", "batch.size": "x"]).keys.sorted() == ["batch.size", "file"])
        #expect(try errors(["topic": "t"])["file"]?.first?.hasSuffix("is not supported by cdcd yet") == true)
    }
}
