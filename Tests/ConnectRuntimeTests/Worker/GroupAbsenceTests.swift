import ConnectData
import KafkaBroker
import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

/// What happens to the tasks of a worker whose coordinator does not answer for longer than the session lasts.
@Suite struct GroupAbsenceTests {
    private static let properties = ["session.timeout.ms": "500", "heartbeat.interval.ms": "20"]
    private static let body = """
        {"name":"a","config":{"connector.class":"MySql","database.hostname":"h"}}
        """

    private let kafka: KafkaHarness
    private let runs = Monitor(0)
    private let emitted = Monitor(0)

    init() throws { kafka = try KafkaHarness() }

    private func worker(_ script: @escaping ScriptedConnector.Script) throws -> WorkerHarness {
        let runs = runs
        let worker = try WorkerHarness(
            ScriptedConnector(script: { sink, control, context in
                runs.update { $0 += 1 }
                try script(sink, control, context)
            }),
            kafka: kafka, properties: Self.properties)
        _ = try worker.call("POST", "/connectors", Self.body)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        return worker
    }

    /// Waits until the task has been started `count` times.
    private func awaitRuns(_ count: Int) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 10_000)
        #expect(runs.wait(until: deadline) { $0 == count ? true : nil } == true)
    }

    /// The coordinator closes the connection of every request of the worker.
    private func disconnectCoordinator() -> KafkaHarness.RuleID {
        kafka.intercept(
            [.findCoordinator, .describeGroups, .joinGroup, .syncGroup, .heartbeat, .leaveGroup], .disconnect)
    }

    /// The coordinator counts the worker's heartbeats, but the worker gets no answer.
    private func dropHeartbeatAnswers() -> KafkaHarness.RuleID { kafka.intercept([.heartbeat], .handleThenDisconnect) }

    /// Emits records until it is stopped, as a snapshot would.
    private var snapshot: ScriptedConnector.Script {
        { [emitted] sink, control, _ in
            control.stopDiscardsWork = true
            var number = 0
            while !control.isStopping {
                number += 1
                try sink.emit(ScriptedConnector.record("\(number)"))
                emitted.update { $0 += 1 }
                try sink.checkpoint(partition: ["p": .integer(1)], offset: ["n": .integer(Int64(number))])
                // The broker and the worker need time of the processor too.
                _ = Monitor(0).wait(until: MonotonicInstant.now.advanced(byMilliseconds: 1)) { _ -> Bool? in nil }
            }
            throw CancellationError()
        }
    }

    @Test func tasksStopAndRESTReturnsTheReason() throws {
        let worker = try worker { _, control, _ in ScriptedConnector.waitForStop(control) }
        defer { worker.stop() }
        let fault = disconnectCoordinator()
        try worker.awaitStates("a", "UNASSIGNED", ["UNASSIGNED"])
        let status = try worker.call("GET", "/connectors/a/status").body.objectValue
        for part in [status?["connector"], status?["tasks"]?.arrayValue?.first] {
            #expect(part?.objectValue?["trace"]?.stringValue?.contains("left the group g") == true)
        }
        let health = try worker.call("GET", "/health")
        #expect(health.status == 500)
        #expect(health.body.objectValue?["message"]?.stringValue?.contains("left the group g") == true)
        #expect(try worker.call("GET", "/connectors").status == 200)
        for (method, path) in [("PUT", "pause"), ("POST", "restart"), ("POST", "tasks/0/restart"), ("PUT", "stop")] {
            let answer = try worker.call(method, "/connectors/a/\(path)")
            #expect(answer.status == 409)
            #expect(answer.body.objectValue?["message"]?.stringValue?.hasPrefix(
                "Cannot complete request momentarily due to no known leader URL") == true)
        }
        kafka.remove(fault)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        awaitRuns(2)
        #expect(try worker.call("GET", "/health").status == 200)
        #expect(try worker.call("PUT", "/connectors/a/pause").status == 202)
    }

    @Test func snapshotPausesAndContinuesIfTheSessionLastedAtTheCoordinator() throws {
        let worker = try worker(snapshot)
        defer { worker.stop() }
        try kafka.awaitRecords("offsets") { !$0.isEmpty }
        let fault = dropHeartbeatAnswers()
        try worker.awaitStates("a", "UNASSIGNED", ["UNASSIGNED"])
        // A commit may have been in progress.
        kafka.awaitRequests(.heartbeat, count: kafka.requestCount(.heartbeat) + 1)
        let (emittedBefore, committedBefore) = (emitted.withLock { $0 }, try kafka.records("offsets").count)
        kafka.awaitRequests(.heartbeat, count: kafka.requestCount(.heartbeat) + 1)
        #expect(emitted.withLock { $0 } == emittedBefore)
        #expect(try kafka.records("offsets").count == committedBefore)
        kafka.remove(fault)
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: KafkaHarness.waitMilliseconds)
        #expect(emitted.wait(until: deadline) { $0 > emittedBefore + 3 ? true : nil } == true)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        try kafka.awaitRecords("offsets") { $0.count > committedBefore }
        #expect(runs.withLock { $0 } == 1)
        let values = try kafka.records("t").map(\.valueText)
        #expect(values == (1...values.count).map { "\"\($0)\"" })
    }

    @Test func snapshotBeginsAgainIfAnotherWorkerMayHaveRunIt() throws {
        let worker = try worker(snapshot)
        defer { worker.stop() }
        let fault = disconnectCoordinator()
        try worker.awaitStates("a", "UNASSIGNED", ["UNASSIGNED"])
        let other = kafka.makeMember()
        try kafka.join(other, url: "http://10.0.0.9:8083/", host: nil)
        try other.leave()
        kafka.remove(fault)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        awaitRuns(2)
    }

    /// A group that was without members in between accounts for one generation.
    @Test func snapshotContinuesIfTheGroupWasEmptyInBetween() throws {
        let worker = try worker(snapshot)
        defer { worker.stop() }
        let fault = disconnectCoordinator()
        try worker.awaitStates("a", "UNASSIGNED", ["UNASSIGNED"])
        try kafka.awaitGroup(state: "Empty")
        kafka.remove(fault)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        #expect(runs.withLock { $0 } == 1)
    }

    @Test func failedTaskStaysFailed() throws {
        let worker = try WorkerHarness(
            ScriptedConnector(script: { _, _, _ in throw WorkerError("broken") }), kafka: kafka,
            properties: Self.properties)
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", Self.body)
        try worker.awaitStates("a", "RUNNING", ["FAILED"])
        let fault = disconnectCoordinator()
        try worker.awaitStates("a", "UNASSIGNED", ["FAILED"])
        kafka.remove(fault)
        try worker.awaitStates("a", "RUNNING", ["FAILED"])
    }
}
