import ConnectData
import PluginTestSupport
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

/// A converter whose service cannot be reached.
@Suite struct TemporaryFailureTests {
    /// Writes texts, and fails temporarily while the service is down.
    private final class RemoteConverter: Converter {
        private let isDown: Monitor<Bool>

        init(_ isDown: Monitor<Bool>) { self.isDown = isDown }

        static func plugin(_ isDown: Monitor<Bool>) -> PluginDescriptor {
            PluginDescriptor(
                "test.RemoteConverter", ConfigDefinition([]), factory: .converter { _ in RemoteConverter(isDown) })
        }

        func convert(
            _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
        ) throws -> Bool {
            if isDown.withLock({ $0 }) { throw RetriableError(ConnectError("the service does not answer")) }
            writer.utf8(value.stringValue ?? "")
            return true
        }

        func decode(
            _ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]
        ) throws -> SchemaAndValue { .null }
    }

    /// Counts the records that pass, to find one that is transformed twice.
    private final class CountingTransform: Transformation {
        private let count: Monitor<Int>

        init(_ count: Monitor<Int>) { self.count = count }

        static func plugin(_ count: Monitor<Int>) -> PluginDescriptor {
            PluginDescriptor(
                "test.Counting", ConfigDefinition([]), factory: .transformation { _ in CountingTransform(count) })
        }

        func apply(_ record: inout ConnectRecord) throws -> Bool {
            count.update { $0 += 1 }
            return true
        }
    }

    private let isDown = Monitor(true)
    private let transformed = Monitor(0)
    private let emitted = Monitor(0)

    /// A connector with a task that emits records.
    private func start(records: Int, _ properties: [String: String] = [:]) throws -> WorkerHarness {
        let emitted = emitted
        var connector = ScriptedConnector()
        connector.script = { sink, control, _ in
            for index in 0..<records {
                try sink.emit(ScriptedConnector.record("row \(index)"))
                emitted.update { $0 += 1 }
                try sink.checkpoint(partition: ["a": .string("b")], offset: ["row": .integer(Int64(index))])
            }
            ScriptedConnector.waitForStop(control)
        }
        let worker = try WorkerHarness(
            connector, adding: [RemoteConverter.plugin(isDown), CountingTransform.plugin(transformed)])
        let config = properties.merging([
            "connector.class": connector.className, "database.hostname": "db",
            "value.converter": "test.RemoteConverter", "transforms": "c", "transforms.c.type": "test.Counting",
        ]) { a, _ in a }
        let members = config.sorted { $0.key < $1.key }.map { (name: $0.key, value: JSONValue.string($0.value)) }
        let body = JSONValue.object(["name": .string("a"), "config": .object(JSONObject(members))]).encoded()
        #expect(try worker.eventually("GET", "/health") { $0.status == 200 }.status == 200)
        let answer = try worker.call("POST", "/connectors", String(decoding: body, as: UTF8.self))
        #expect(answer.status == 201, "\(answer)")
        return worker
    }

    private func trace(_ worker: WorkerHarness) throws -> String? {
        let status = try worker.call("GET", "/connectors/a/status").body.objectValue
        return status?["tasks"]?.arrayValue?.first?.objectValue?["trace"]?.stringValue
    }

    @Test func taskWaitsUntilTheServiceAnswers() throws {
        let worker = try start(records: 3)
        defer { worker.stop() }
        try worker.awaitStates("a", "RUNNING", ["RESTARTING"])
        #expect(try trace(worker) == "the service does not answer")
        #expect(emitted.withLock { $0 } == 0)
        isDown.update { $0 = false }
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        #expect(emitted.wait(until: .now.advanced(byMilliseconds: 10_000)) { $0 == 3 ? true : nil } == true)
        #expect(transformed.withLock { $0 } == 3)
    }

    @Test func pauseAndStopInterruptTheWait() throws {
        let worker = try start(records: 1)
        defer { worker.stop() }
        try worker.awaitStates("a", "RUNNING", ["RESTARTING"])
        #expect(try worker.call("PUT", "/connectors/a/pause").status == 202)
        try worker.awaitStates("a", "PAUSED", ["PAUSED"])
        #expect(try worker.call("PUT", "/connectors/a/resume").status == 202)
        try worker.awaitStates("a", "RUNNING", ["RESTARTING"])
        #expect(try worker.call("PUT", "/connectors/a/stop").status == 204)
        try worker.awaitStates("a", "STOPPED", [])
        #expect(emitted.withLock { $0 } == 0)
    }

    @Test func taskFailsAfterTheTimeout() throws {
        let worker = try start(records: 1, ["errors.retry.timeout": "100"])
        defer { worker.stop() }
        try worker.awaitStates("a", "RUNNING", ["FAILED"])
        #expect(
            try trace(worker) == "org.apache.kafka.connect.errors.ConnectException: "
                + "Tolerance exceeded in error handler\nCaused by: "
                + "org.apache.kafka.connect.errors.RetriableException: the service does not answer")
    }

    @Test func recordIsSkippedAfterTheTimeoutIfErrorsAreTolerated() throws {
        let worker = try start(records: 1, ["errors.retry.timeout": "100", "errors.tolerance": "all"])
        defer { worker.stop() }
        #expect(emitted.wait(until: .now.advanced(byMilliseconds: 10_000)) { $0 == 1 ? true : nil } == true)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
    }
}
