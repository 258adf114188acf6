import ConnectData
import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

/// A worker whose coordinator does not answer for longer than the session lasts, and what happens to its tasks.
@Suite struct GroupAbsenceTests {
    private let cluster = MemoryCluster()
    private let runs = Monitor(0)

    private func worker(_ script: @escaping ScriptedConnector.Script) throws -> WorkerHarness {
        let runs = runs
        let worker = try WorkerHarness(
            ScriptedConnector(script: { sink, control, context in
                runs.update { $0 += 1 }
                try script(sink, control, context)
            }),
            cluster: cluster, properties: ["session.timeout.ms": "300", "heartbeat.interval.ms": "20"])
        _ = try worker.call("POST", "/connectors", """
            {"name":"a","config":{"connector.class":"MySql","database.hostname":"h"}}
            """)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        return worker
    }

    /// Waits until the task has been run so often.
    private func awaitRuns(_ count: Int) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 10_000)
        #expect(runs.wait(until: deadline) { $0 == count ? true : nil } == true)
    }

    private func setCoordinator(away isAway: Bool) { cluster.state.update { $0.isCoordinatorAway = isAway } }

    /// Emits a record at a time until it is stopped, as a snapshot would.
    private static let snapshot: ScriptedConnector.Script = { sink, control, _ in
        control.stopDiscardsWork = true
        var number = 0
        while !control.isStopping {
            number += 1
            try sink.emit(ScriptedConnector.record("\(number)"))
            try sink.checkpoint(partition: ["p": .integer(1)], offset: ["n": .integer(Int64(number))])
            // Others want to run too.
            _ = Monitor(0).wait(until: MonotonicInstant.now.advanced(byMilliseconds: 1)) { _ -> Bool? in nil }
        }
        throw CancellationError()
    }

    @Test func tasksStopAndRESTSaysWhy() throws {
        let worker = try worker { _, control, _ in ScriptedConnector.waitForStop(control) }
        defer { worker.stop() }
        setCoordinator(away: true)
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
        setCoordinator(away: false)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        awaitRuns(2)
        #expect(try worker.call("GET", "/health").status == 200)
        #expect(try worker.call("PUT", "/connectors/a/pause").status == 202)
    }

    @Test func aSnapshotWaitsAndGoesOnWhereNobodyElseWasThere() throws {
        let worker = try worker(Self.snapshot)
        defer { worker.stop() }
        worker.awaitCluster("records come") { $0.produced.count > 3 }
        setCoordinator(away: true)
        try worker.awaitStates("a", "UNASSIGNED", ["UNASSIGNED"])
        let before = cluster.state.withLock { ($0.produced.count, $0.logs["offsets"]?.count) }
        // The task may have been inside of one record.
        let soon = MonotonicInstant.now.advanced(byMilliseconds: 50)
        _ = cluster.state.wait(until: soon) { _ -> Bool? in nil }
        let later = cluster.state.withLock { ($0.produced.count, $0.logs["offsets"]?.count) }
        #expect(later.0 <= before.0 + 1 && later.1 == before.1)
        setCoordinator(away: false)
        worker.awaitCluster("records come again") { $0.produced.count > later.0 + 3 }
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        worker.awaitCluster("offsets are committed again") { ($0.logs["offsets"]?.count ?? 0) > later.1 ?? 0 }
        #expect(runs.withLock { $0 } == 1)
        let values = cluster.state.withLock { $0.produced.map(\.valueText) }
        #expect(values == (1...values.count).map { "\"\($0)\"" })
    }

    @Test func aSnapshotBeginsAgainWhereOthersMayHaveRunIt() throws {
        let worker = try worker(Self.snapshot)
        defer { worker.stop() }
        setCoordinator(away: true)
        try worker.awaitStates("a", "UNASSIGNED", ["UNASSIGNED"])
        cluster.state.update { state in
            state.generation += 5
            state.standings = [.fenced]
            state.isCoordinatorAway = false
        }
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        awaitRuns(2)
    }

    /// A group that was without members in between accounts for one generation.
    @Test func aSnapshotGoesOnWhereTheGroupWasEmptyInBetween() throws {
        let worker = try worker(Self.snapshot)
        defer { worker.stop() }
        setCoordinator(away: true)
        try worker.awaitStates("a", "UNASSIGNED", ["UNASSIGNED"])
        cluster.state.update { state in
            state.generation += 1
            state.standings = [.fenced]
            state.isCoordinatorAway = false
        }
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        #expect(runs.withLock { $0 } == 1)
    }

    @Test func aFailedTaskStaysFailed() throws {
        let worker = try WorkerHarness(
            ScriptedConnector(script: { _, _, _ in throw WorkerError("broken") }), cluster: cluster,
            properties: ["session.timeout.ms": "300", "heartbeat.interval.ms": "20"])
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", """
            {"name":"a","config":{"connector.class":"MySql","database.hostname":"h"}}
            """)
        try worker.awaitStates("a", "RUNNING", ["FAILED"])
        setCoordinator(away: true)
        try worker.awaitStates("a", "UNASSIGNED", ["FAILED"])
        setCoordinator(away: false)
        try worker.awaitStates("a", "RUNNING", ["FAILED"])
    }
}
