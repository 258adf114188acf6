import ConnectData
import Foundation
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import ConnectPlugins

@Suite struct FileStreamSinkTests {
    private final class Context: SinkTaskContext {
        let connectorName = "f"
        let taskID = 0
        let assignment: Set<TopicPartition> = []
        let control = TaskControl()

        func seek(_ offsets: [TopicPartition: Int64]) {}
        func setRetryTimeout(milliseconds: Int) {}
        func pause(_ partitions: [TopicPartition]) {}
        func resume(_ partitions: [TopicPartition]) {}
        func requestCommit() {}
        func reportErrant(_ record: SinkRecord, _ error: any Error) throws {}
    }

    private static func path() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("sink-\(UUID().uuidString)").path
    }

    private static func task(_ properties: [String: String]) throws -> any SinkTask {
        guard case .sinkConnector(let factory) = FileStreamSinkConnector.plugin.factory else {
            throw ConnectError("no sink")
        }
        let context = PluginContext(
            properties: properties, connectorConfiguration: properties, plugins: TestPlugins.registry)
        return try factory.makeTask(context, Context())
    }

    private static func record(_ value: SchemaAndValue) -> SinkRecord {
        SinkRecord(
            ConnectRecord(
                topic: "t", partition: 0, keySchema: nil, key: .null, valueSchema: value.schema, value: value.value),
            consumed: SinkRecord.Consumed(key: nil, value: nil, headers: [], timestampMilliseconds: nil),
            timestampType: .createTime, original: TopicPartition("t", 0), originalOffset: 0)
    }

    private static func written(to path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    @Test func valuesAreWrittenAsJavaPrintsThem() throws {
        var count = 0
        for line in try Fixtures.text("connect/sink-lines.jsonl").split(separator: "\n") {
            let expected = try #require(try JSONValue.parse(String(line)).objectValue)
            let hasSchema = expected["hasSchema"] == .bool(true)
            let text = try #require(expected["text"]?.stringValue)
            let converter = try TestPlugins.registry.makeConverter(
                JSONConverter.className, property: "value.converter",
                PluginContext(
                    properties: ["schemas.enable": "\(hasSchema)"], connectorConfiguration: [:],
                    plugins: TestPlugins.registry))
            // Values that do not fit their schemas are errors here. Numbers get the scale of their schema, Java's keep
            // their own.
            if text.contains(/Decimal".*"payload":1[.e}]/) { continue }
            let value = Array(text.utf8).withUnsafeBytes {
                try? converter.decode($0, topic: "t", headers: [])
            }
            guard let value else { continue }
            count += 1
            let path = Self.path()
            defer { try? FileManager.default.removeItem(atPath: path) }
            let task = try Self.task(["file": path])
            try task.put([Self.record(value)])
            let written = try Self.written(to: path)
                .replacing(/java\.nio\.HeapByteBuffer\[pos=0 lim=\d+ cap=\d+\]/, with: "[B@")
            #expect(written == expected["written"]?.stringValue, "\(line)")
            task.stop()
        }
        #expect(count > 400)
    }

    @Test func linesAreAppended() throws {
        let path = Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        for text in ["one", "two\nthree é", ""] {
            let task = try Self.task(["file": path])
            try task.put([])
            try task.put([Self.record(SchemaAndValue(Schema(.string), .string(text)))])
            #expect(try task.preCommit([TopicPartition("t", 0): 7]) == [TopicPartition("t", 0): 7])
            task.stop()
        }
        #expect(try Self.written(to: path) == "one\ntwo\nthree é\n\n")
    }

    @Test func aFileThatCannotBeOpenedOrWrittenFailsTheTask() throws {
        let error = try #require(throws: ConnectError.self) { _ = try Self.task(["file": "/nowhere/file"]) }
        #expect(
            error.message == "Couldn't find or create file '/nowhere/file' for FileStreamSinkTask\n"
                + "Caused by: No such file or directory")
        let task = try Self.task(["file": "/dev/full"])
        #expect(throws: ConnectError.self) { try task.put([Self.record(SchemaAndValue(nil, .string("x")))]) }
        task.stop()
    }

    @Test func eachTaskHasTheWholeConfiguration() throws {
        guard case .sinkConnector(let factory) = FileStreamSinkConnector.plugin.factory else { return }
        #expect(factory.taskClassName == "org.apache.kafka.connect.file.FileStreamSinkTask")
        let connector = factory.makeConnector(TestPlugins.registry)
        try connector.start(["file": "f", "topics": "t"], context: ConnectorContextStub())
        let configurations = try connector.taskConfigurations(maximumTasks: 3)
        #expect(configurations == Array(repeating: ["file": "f", "topics": "t"], count: 3))
        #expect(try connector.alterOffsets([:], [TopicPartition("t", 0): nil]))
    }

    private struct ConnectorContextStub: ConnectorContext {
        let connectorName = "f"
        func requestTaskReconfiguration() {}
        func raiseError(_ error: any Error) {}
    }
}
