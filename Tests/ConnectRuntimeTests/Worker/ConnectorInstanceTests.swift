import ConnectData
import Foundation
import Synchronization
import Testing
import WireCore

@testable import ConnectRuntime

/// The requests of a connector to its worker, and the worker's calls of the connector.
@Suite struct ConnectorInstanceTests {
    private let body = """
        {"name":"a","config":{"connector.class":"MySql","database.hostname":"h","tasks.max":"3"}}
        """

    /// Records the calls of a connector.
    private final class Log: Sendable {
        let context = Mutex<(any SourceConnectorContext)?>(nil)
        let taskCount = Mutex(1)
        let stopCount = Mutex(0)

        func connector() -> ScriptedConnector {
            ScriptedConnector(
                taskConfigurations: { config, _ in
                    (0..<self.taskCount.withLock { $0 }).map { config.merging(["part": "\($0)"]) { $1 } }
                },
                started: { context in self.context.withLock { $0 = context } },
                stopped: { self.stopCount.withLock { $0 += 1 } })
        }
    }

    @Test func tasksAreReconfiguredWhenTheConnectorRequestsIt() throws {
        let log = Log()
        let worker = try WorkerHarness(log.connector())
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", body)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        log.taskCount.withLock { $0 = 3 }
        try #require(log.context.withLock { $0 }).requestTaskReconfiguration()
        try worker.awaitStates("a", "RUNNING", ["RUNNING", "RUNNING", "RUNNING"])
        #expect(log.stopCount.withLock { $0 } == 0)
        let tasks = try worker.call("GET", "/connectors/a/tasks").body.arrayValue ?? []
        let parts = tasks.map { $0.objectValue?["config"]?.objectValue?["part"]?.stringValue }
        #expect(parts == ["0", "1", "2"])
    }

    @Test func raisedErrorFailsTheConnectorAndNotItsTasks() throws {
        let log = Log()
        let worker = try WorkerHarness(log.connector())
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", body)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        try #require(log.context.withLock { $0 }).raiseError(ConnectError("the source was removed"))
        try worker.awaitStates("a", "FAILED", ["RUNNING"])
        let status = try worker.call("GET", "/connectors/a/status").body.objectValue
        #expect(status?["connector"]?.objectValue?["trace"]?.stringValue == "the source was removed")
    }

    @Test func stoppedConnectorCannotRequestReconfiguration() throws {
        let log = Log()
        let worker = try WorkerHarness(log.connector())
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", body)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        let context = try #require(log.context.withLock { $0 })
        _ = try worker.call("PUT", "/connectors/a/stop")
        try worker.awaitStates("a", "STOPPED", [])
        #expect(log.stopCount.withLock { $0 } == 1)
        log.taskCount.withLock { $0 = 3 }
        context.requestTaskReconfiguration()
        context.raiseError(ConnectError("late"))
        try worker.awaitStates("a", "STOPPED", [])
        _ = try worker.call("PUT", "/connectors/a/resume")
        try worker.awaitStates("a", "RUNNING", ["RUNNING", "RUNNING", "RUNNING"])
    }

    // MARK: A second connector

    @Test func linesOfAFileBecomeRecordsWithOffsets() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("lines-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("one\n".utf8).write(to: URL(fileURLWithPath: path))
        let worker = try WorkerHarness()
        defer { worker.stop() }
        let created = try worker.call("PUT", "/connectors/f/config", """
            {"connector.class":"FileStreamSource","file":"\(path)","topic":"lines","tasks.max":"3"}
            """)
        #expect(created.status == 201)
        try worker.awaitStates("f", "RUNNING", ["RUNNING"])
        let tasks = try worker.call("GET", "/connectors/f/tasks").body.arrayValue
        #expect(
            tasks?.first?.objectValue?["config"]?.objectValue?["task.class"]?.stringValue
                == "org.apache.kafka.connect.file.FileStreamSourceTask")
        // A record is followed by its checkpoint, whenever the task is stopped.
        let topics = JSONValue.object(["f": .object(["topics": .array([.string("lines")])])])
        #expect(try worker.eventually("GET", "/connectors/f/topics") { $0.body == topics }.body == topics)
        _ = try worker.call("PUT", "/connectors/f/stop")
        try worker.awaitStates("f", "STOPPED", [])
        let expected = JSONValue.object(["offsets": .array([.object([
            "partition": .object(["filename": .string(path)]), "offset": .object(["position": .integer(4)]),
        ])])])
        #expect(try worker.call("GET", "/connectors/f/offsets").body == expected)
        let altered = try worker.call(
            "PATCH", "/connectors/f/offsets",
            "{\"offsets\":[{\"partition\":{\"filename\":\"\(path)\"},\"offset\":{\"position\":-1}}]}")
        #expect(altered.status == 500)
        let reset = try worker.call("DELETE", "/connectors/f/offsets")
        #expect(
            reset.body == .object(["message": .string("The offsets for this connector have been reset successfully")]))
    }

    // MARK: Offsets

    private func alter(_ connector: ScriptedConnector) throws -> WorkerHarness.Answer {
        let worker = try WorkerHarness(connector)
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", body)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        _ = try worker.call("PUT", "/connectors/a/stop")
        try worker.awaitStates("a", "STOPPED", [])
        let answer = try worker.call(
            "PATCH", "/connectors/a/offsets", #"{"offsets":[{"partition":{"f":"x"},"offset":{"position":1}}]}"#)
        let offsets = try worker.call("GET", "/connectors/a/offsets").body.objectValue?["offsets"]?.arrayValue
        #expect(offsets?.count == (answer.status == 200 ? 1 : 0))
        return answer
    }

    @Test func answerDependsOnWhetherTheConnectorChecksItsOffsets() throws {
        let answer = try alter(ScriptedConnector(alterOffsets: { offsets in
            offsets == [PartitionOffset(partition: ["f": .string("x")], offset: ["position": .integer(1)])]
        }))
        #expect(
            answer.body
                == .object(["message": .string("The offsets for this connector have been altered successfully")]))
    }

    @Test func offsetsThatTheConnectorRefusesAreNotWritten() throws {
        let answer = try alter(ScriptedConnector(alterOffsets: { _ in throw ConnectError("no such position") }))
        #expect(answer.status == 500)
        #expect(answer.body.objectValue?["message"]?.stringValue == "no such position")
    }
}
