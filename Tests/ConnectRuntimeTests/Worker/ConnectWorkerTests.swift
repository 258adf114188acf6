import ConnectData
import KafkaBroker
import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

@Suite struct ConnectWorkerTests {
    private let body = """
        {"name":"a","config":{"connector.class":"io.debezium.connector.mysql.MySqlConnector","database.hostname":"h"}}
        """
    private let source: JSONObject = ["server": .string("s")]

    @Test func connectorIsCreatedRunAndDeleted() throws {
        let worker = try WorkerHarness()
        defer { worker.stop() }
        let created = try worker.call("POST", "/connectors", body)
        #expect(created.status == 201 && created.location == "http://127.0.0.1:8083/connectors/a")
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        let configs = try worker.kafka.latest("configs")
        #expect(configs["commit-a"] == "{\"tasks\":1}")
        #expect(configs["task-a-0"]?.contains("\"task.class\":\"io.debezium.connector.mysql.MySqlConnectorTask\"") == true)
        #expect(configs["session-key"] != nil && configs["target-state-a"] == nil)
        #expect(try worker.call("DELETE", "/connectors/a").status == 204)
        let deleted = try worker.eventually("GET", "/connectors/a/status") { $0.status == 404 }
        #expect(deleted.status == 404)
        let records = try worker.kafka.records("configs").suffix(2)
        #expect(records.map(\.keyText) == ["connector-a", "target-state-a"] && records.allSatisfy { $0.value == nil })
    }

    @Test func connectorsAreRestoredFromTheTopics() throws {
        let kafka = try KafkaHarness()
        let first = try WorkerHarness(kafka: kafka)
        #expect(try first.call("POST", "/connectors", body).status == 201)
        try first.awaitStates("a", "RUNNING", ["RUNNING"])
        #expect(try first.call("PUT", "/connectors/a/pause").status == 202)
        try first.awaitStates("a", "PAUSED", ["PAUSED"])
        first.stop()
        let count = try kafka.records("configs").count
        let second = try WorkerHarness(kafka: kafka)
        defer { second.stop() }
        try second.awaitStates("a", "PAUSED", ["PAUSED"])
        // Nothing changed, so nothing is written.
        #expect(try kafka.records("configs").count == count)
        #expect(try second.call("PUT", "/connectors/a/resume").status == 202)
        try second.awaitStates("a", "RUNNING", ["RUNNING"])
    }

    /// Records are delivered, but would be repeated after a restart.
    @Test func failedOffsetCommitsShowInStateAndHealth() throws {
        let source = source
        let connector = ScriptedConnector(script: { sink, control, _ in
            try sink.emit(ScriptedConnector.record("x"))
            try sink.checkpoint(partition: source, offset: ["next": .integer(1)])
            ScriptedConnector.waitForStop(control)
        })
        let worker = try WorkerHarness(connector, properties: ["offset.flush.interval.ms": "10"])
        defer { worker.stop() }
        let refusal = worker.kafka.intercept([.produce], topic: "offsets", .refuse(.topicAuthorizationFailed))
        #expect(try worker.eventually("GET", "/health") { $0.status == 200 }.status == 200)
        #expect(try worker.call("POST", "/connectors", body).status == 201)
        try worker.awaitStates("a", "RUNNING", ["RESTARTING"])
        let status = try worker.call("GET", "/connectors/a/tasks/0/status").body.objectValue
        #expect(status?["trace"]?.stringValue?.contains("writing to offsets-") == true)
        let health = try worker.call("GET", "/health")
        #expect(health.status == 500)
        #expect(health.body.objectValue?["status"] == .string("unhealthy"))
        #expect(health.body.objectValue?["message"]?.stringValue?.contains("writing to offsets-") == true)
        worker.kafka.remove(refusal)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        #expect(try worker.call("GET", "/health").status == 200)
        #expect(try worker.kafka.latest("offsets").values.first == "{\"next\":1}")
    }

    @Test func taskWaitsForItsOffsetsWhileKafkaIsUnavailable() throws {
        let worker = try WorkerHarness(briefMilliseconds: 300)
        defer { worker.stop() }
        #expect(try worker.eventually("GET", "/health") { $0.status == 200 }.status == 200)
        let refusal = worker.kafka.intercept([.listOffsets], topic: "offsets", .refuse(.leaderNotAvailable))
        #expect(try worker.call("POST", "/connectors", body).status == 201)
        try worker.awaitStates("a", "RUNNING", ["RESTARTING"])
        let status = try worker.call("GET", "/connectors/a/tasks/0/status").body.objectValue
        #expect(status?["trace"]?.stringValue?.contains("listing the offsets of offsets") == true)
        // The connector can be stopped meanwhile.
        #expect(try worker.call("PUT", "/connectors/a/stop").status == 204)
        try worker.awaitStates("a", "STOPPED", [])
        #expect(try worker.call("PUT", "/connectors/a/resume").status == 202)
        try worker.awaitStates("a", "RUNNING", ["RESTARTING"])
        worker.kafka.remove(refusal)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
    }

    @Test func topicsOfAJavaWorkerAreTakenOver() throws {
        let kafka = try KafkaHarness()
        for topic in ["configs", "offsets", "status"] { try kafka.store(CapturedTopic.records(topic), in: topic) }
        let found = Monitor<JSONObject?>(nil)
        let worker = try WorkerHarness(
            ScriptedConnector(script: { _, control, context in
                let offset = try context.storedOffset(for: ["server": .string(context.connectorName)])
                found.update { $0 = offset }
                ScriptedConnector.waitForStop(control)
            }), kafka: kafka)
        defer { worker.stop() }
        try worker.awaitStates("rt-main", "RUNNING", ["RUNNING"])
        try worker.awaitStates("rt-stopped", "STOPPED", [])
        let offset = found.wait(until: MonotonicInstant.now.advanced(byMilliseconds: 10_000)) { $0 }
        #expect(offset?["pos"] == .integer(5128))
        let names = try worker.call("GET", "/connectors").body
        #expect(names == .array([.string("rt-main"), .string("rt-stopped")]))
    }

    @Test func offsetsAreCommittedOnceRecordsAreStored() throws {
        let source = source
        let hasEmitted = Monitor(false)
        let worker = try WorkerHarness(ScriptedConnector(script: { sink, control, _ in
            for index in 1...3 {
                try sink.emit(ScriptedConnector.record("r\(index)"))
                try sink.checkpoint(partition: source, offset: ["pos": .integer(Int64(index))])
            }
            hasEmitted.update { $0 = true }
            ScriptedConnector.waitForStop(control)
        }))
        defer { worker.stop() }
        let gate = worker.kafka.hold(.produce, topic: "t")
        _ = try worker.call("POST", "/connectors", body)
        #expect(hasEmitted.waitUntilTrue(deadline: .now.advanced(byMilliseconds: KafkaHarness.waitMilliseconds)))
        #expect(gate.awaitHeld(1, milliseconds: KafkaHarness.waitMilliseconds))
        #expect(try worker.kafka.latest("offsets").isEmpty)
        gate.open()
        try worker.kafka.awaitRecords("offsets") { $0.last?.valueText == "{\"pos\":3}" }
        #expect(try worker.kafka.latest("offsets") == ["[\"a\",{\"server\":\"s\"}]": "{\"pos\":3}"])
        #expect(try worker.kafka.records("t").map(\.valueText) == ["\"r1\"", "\"r2\"", "\"r3\""])
        let topics = try worker.call("GET", "/connectors/a/topics").body
        #expect(topics == .object(["a": .object(["topics": .array([.string("t")])])]))
        let offsets = try worker.call("GET", "/connectors/a/offsets").body
        #expect(offsets == .object(["offsets": .array([
            .object(["partition": .object(source), "offset": .object(["pos": .integer(3)])]),
        ])]))
    }

    @Test func stopWaitsForRecordsInFlightAndCommitsTheirOffsets() throws {
        let source = source
        let kafka = try KafkaHarness()
        let gate = kafka.hold(.produce, topic: "t")
        let worker = try WorkerHarness(ScriptedConnector(script: { sink, control, _ in
            try sink.emit(ScriptedConnector.record("r"))
            ScriptedConnector.waitForStop(control)
            try sink.checkpoint(partition: source, offset: ["pos": .integer(1)])
            gate.open()
        }), kafka: kafka)
        _ = try worker.call("POST", "/connectors", body)
        #expect(gate.awaitHeld(1, milliseconds: KafkaHarness.waitMilliseconds))
        worker.stop()
        #expect(worker.worker.awaitTermination() == .stopped)
        #expect(try kafka.latest("offsets").values.first == "{\"pos\":1}")
        let statuses = try kafka.latest("status")
        #expect(statuses["status-task-a-0"]?.contains("UNASSIGNED") == true)
        #expect(statuses["status-connector-a"]?.contains("UNASSIGNED") == true)
        #expect(try kafka.group().members.isEmpty)
    }

    @Test func failedTaskReportsTheReasonAndRestarts() throws {
        struct BinlogError: Error, CustomStringConvertible { let description = "the binlog was purged" }
        let fails = Monitor(true)
        let worker = try WorkerHarness(ScriptedConnector(script: { _, control, _ in
            if fails.withLock({ $0 }) { throw BinlogError() }
            ScriptedConnector.waitForStop(control)
        }))
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", body)
        try worker.awaitStates("a", "RUNNING", ["FAILED"])
        let failed = try worker.call("GET", "/connectors/a/tasks/0/status").body.objectValue
        #expect(failed?["trace"] == .string("the binlog was purged"))
        // Pausing the connector does not hide the failure, and restarting the connector does not restart the task.
        _ = try worker.call("PUT", "/connectors/a/pause")
        try worker.awaitStates("a", "PAUSED", ["FAILED"])
        _ = try worker.call("PUT", "/connectors/a/resume")
        #expect(try worker.call("POST", "/connectors/a/restart").status == 204)
        try worker.awaitStates("a", "RUNNING", ["FAILED"])
        fails.update { $0 = false }
        let restarted = try worker.call("POST", "/connectors/a/restart?includeTasks=true&onlyFailed=true")
        #expect(restarted.status == 202)
        #expect(restarted.body.objectValue?["connector"]?.objectValue?["state"] == .string("RUNNING"))
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
    }

    @Test func recordThatTheBrokerRefusesFailsTheTaskAndIsNotCommitted() throws {
        let source = source
        let worker = try WorkerHarness(ScriptedConnector(script: { sink, control, _ in
            try sink.emit(ScriptedConnector.record("r"))
            try sink.checkpoint(partition: source, offset: ["pos": .integer(1)])
            ScriptedConnector.waitForStop(control)
        }))
        defer { worker.stop() }
        worker.kafka.intercept([.produce], topic: "t", .refuse(.messageTooLarge))
        _ = try worker.call("POST", "/connectors", body)
        try worker.awaitStates("a", "RUNNING", ["FAILED"])
        #expect(try worker.kafka.latest("offsets").isEmpty)
        let trace = try worker.call("GET", "/connectors/a/tasks/0/status").body.objectValue?["trace"]?.stringValue
        #expect(trace?.contains("Unrecoverable exception from producer send callback") == true)
    }

    @Test func unavailableSourceShowsInTheStatus() throws {
        let worker = try WorkerHarness(ScriptedConnector(script: { _, control, _ in
            control.report(.interrupted(reason: "the server is unavailable"))
            ScriptedConnector.waitForStop(control)
        }))
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", body)
        try worker.awaitStates("a", "RUNNING", ["RESTARTING"])
        let status = try worker.call("GET", "/connectors/a/tasks/0/status").body.objectValue
        #expect(status?["trace"] == .string("the server is unavailable"))
    }

    @Test func pausedTaskEmitsNothingUntilItIsResumed() throws {
        let step = Monitor(0)
        let worker = try WorkerHarness(ScriptedConnector(script: { sink, control, _ in
            try sink.emit(ScriptedConnector.record("1"))
            _ = step.wait { $0 == 1 ? true : nil }
            try sink.emit(ScriptedConnector.record("2"))
            ScriptedConnector.waitForStop(control)
        }))
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", body)
        try worker.kafka.awaitRecords("t") { $0.count == 1 }
        _ = try worker.call("PUT", "/connectors/a/pause")
        try worker.awaitStates("a", "PAUSED", ["PAUSED"])
        step.update { $0 = 1 }
        #expect(try worker.kafka.records("t").count == 1)
        _ = try worker.call("PUT", "/connectors/a/resume")
        try worker.kafka.awaitRecords("t") { $0.count == 2 }
    }

    @Test func pausedTaskEndsInOrderWhenStopped() throws {
        let worker = try WorkerHarness(ScriptedConnector(script: { sink, control, _ in
            // It may be stopped between two records, not during one.
            while !control.isStopping { try sink.emit(ScriptedConnector.record("x")) }
        }))
        _ = try worker.call("POST", "/connectors", body)
        try worker.kafka.awaitRecords("t") { $0.count > 1 }
        _ = try worker.call("PUT", "/connectors/a/pause")
        try worker.awaitStates("a", "PAUSED", ["PAUSED"])
        #expect(try worker.call("PUT", "/connectors/a/stop").status == 204)
        try worker.awaitStates("a", "STOPPED", [])
        let configs = try worker.kafka.latest("configs")
        #expect(configs["commit-a"] == "{\"tasks\":0}")
        #expect(configs["target-state-a"] == "{\"state\":\"PAUSED\",\"state.v2\":\"STOPPED\"}")
        worker.stop()
    }

    @Test func taskThatStartsPausedEndsInOrder() throws {
        let worker = try WorkerHarness()
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", body)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        _ = try worker.call("PUT", "/connectors/a/pause")
        #expect(try worker.call("POST", "/connectors/a/restart?includeTasks=true").status == 202)
        try worker.awaitStates("a", "PAUSED", ["PAUSED"])
        _ = try worker.call("DELETE", "/connectors/a")
        #expect(try worker.eventually("GET", "/connectors/a/status") { $0.status == 404 }.status == 404)
        #expect(try !worker.kafka.records("status").contains { $0.valueText?.contains("FAILED") == true })
    }

    /// The first answer is lost with the connection, and the repeated request is refused.
    @Test func storedConfigTakesEffectAlthoughTheRequestFails() throws {
        let worker = try WorkerHarness()
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", body)
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        worker.kafka.intercept([.produce], topic: "configs", .refuse(.topicAuthorizationFailed))
        let isFirst = Mutex(true)
        worker.kafka.intercept { request, _ in
            guard request.writes(to: "configs") else { return nil }
            return isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst ? .handleThenDisconnect : nil
            }
        }
        #expect(try worker.call("PUT", "/connectors/a/pause").status == 500)
        try worker.awaitStates("a", "PAUSED", ["PAUSED"])
    }

    @Test func silentCoordinatorDoesNotDelayTheStop() throws {
        let worker = try WorkerHarness()
        _ = try worker.call("GET", "/connectors")
        let gate = worker.kafka.hold(.leaveGroup)
        let begun = MonotonicInstant.now
        worker.stop()
        #expect(MonotonicInstant.now.milliseconds(since: begun) < 5000)
        #expect(gate.awaitHeld(1, milliseconds: KafkaHarness.waitMilliseconds))
        gate.open()
    }

    @Test func connectorWithoutTaskConfigurationsFailsWithTheReason() throws {
        struct ConfigurationError: Error, CustomStringConvertible { let description = "no tasks can be configured" }
        let worker = try WorkerHarness(ScriptedConnector(taskConfigurations: { _, _ in throw ConfigurationError() }))
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", body)
        try worker.awaitStates("a", "FAILED", [])
        let restart = try worker.call("POST", "/connectors/a/restart")
        #expect(restart.status == 500)
        #expect(restart.body.objectValue?["message"]?.stringValue?.contains("no tasks can be configured") == true)
    }

    @Test func topicsAreCreatedAsTheConnectorConfigures() throws {
        let worker = try WorkerHarness(ScriptedConnector(script: { sink, control, _ in
            try sink.emit(ScriptedConnector.record("1", topic: "x.one"))
            try sink.emit(ScriptedConnector.record("1", topic: "other"))
            ScriptedConnector.waitForStop(control)
        }))
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", """
            {"name":"a","config":{"connector.class":"MySql","database.hostname":"h","topic.creation.groups":"g",
            "topic.creation.default.partitions":4,"topic.creation.default.replication.factor":1,
            "topic.creation.g.include":"x\\\\..*","topic.creation.g.partitions":2,"topic.creation.g.cleanup.policy":"compact"}}
            """)
        try worker.kafka.awaitRecords("other") { !$0.isEmpty }
        let admin = worker.kafka.admin
        let topics = admin.describeTopics(["x.one", "other"]).map { try? $0.get() }
        #expect(topics.map { $0?.partitions.count } == [2, 4])
        #expect(try admin.topicConfiguration("x.one").contains { $0.name == "cleanup.policy" && $0.value == "compact" })
        #expect(try !admin.topicConfiguration("other").contains { $0.source == .topic })
    }

    @Test func recordThatCannotBeConvertedFailsTheTaskOrIsSkipped() throws {
        let script: ScriptedConnector.Script = { sink, control, _ in
            // A required schema without a value.
            try sink.emit(ConnectRecord(topic: "t", keySchema: nil, key: .null, valueSchema: Schema(.string), value: .null))
            try sink.emit(ScriptedConnector.record("good"))
            ScriptedConnector.waitForStop(control)
        }
        let strict = try WorkerHarness(ScriptedConnector(script: script))
        defer { strict.stop() }
        _ = try strict.call("POST", "/connectors", body)
        try strict.awaitStates("a", "RUNNING", ["FAILED"])
        let tolerant = try WorkerHarness(ScriptedConnector(script: script))
        defer { tolerant.stop() }
        _ = try tolerant.call("POST", "/connectors", """
            {"name":"a","config":{"connector.class":"MySql","database.hostname":"h","errors.tolerance":"all"}}
            """)
        try tolerant.kafka.awaitRecords("t") { $0.map(\.valueText) == ["\"good\""] }
    }
}
