import ConnectData
import KafkaBroker
import KafkaProtocol
import KafkaWire
import PluginTestSupport
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

extension PropertyEffect {
    /// A worker whose tasks emit one record and wait, with one connector that runs.
    private static func running(
        _ properties: [String: String], _ more: [String: String] = [:],
        script: @escaping ScriptedConnector.Script = { sink, control, _ in
            try sink.emit(ScriptedConnector.record("r"))
            ScriptedConnector.waitForStop(control)
        }
    ) throws -> WorkerHarness {
        let worker = try WorkerHarness(ScriptedConnector(script: script), properties: properties)
        _ = try worker.call("POST", "/connectors", connector("a", more))
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        try worker.kafka.awaitRecords("t") { !$0.isEmpty }
        return worker
    }

    private static func milliseconds<R>(_ body: () throws -> R) rethrows -> Int {
        let begun = MonotonicInstant.now
        _ = try body()
        return MonotonicInstant.now.milliseconds(since: begun)
    }

    /// How connectors and their tasks are run.
    static let tasks = [
        PropertyEffect("connector.client.config.override.policy", "None", from: "201", to: "400") { properties in
            let worker = try WorkerHarness(properties: properties)
            defer { worker.stop() }
            let body = connector("a", ["producer.override.linger.ms": "3"])
            return "\(try worker.call("POST", "/connectors", body).status)"
        },
        PropertyEffect(
            "connector.client.config.override.allowlist", "linger.ms",
            with: ["connector.client.config.override.policy": "Allowlist"], from: "400", to: "201"
        ) { properties in
            let worker = try WorkerHarness(properties: properties)
            defer { worker.stop() }
            let body = connector("a", ["producer.override.linger.ms": "3"])
            return "\(try worker.call("POST", "/connectors", body).status)"
        },
        PropertyEffect("topic.creation.enable", "false", from: "t", to: "") { properties in
            let worker = try running(
                properties,
                ["topic.creation.default.partitions": "2", "topic.creation.default.replication.factor": "1"])
            defer { worker.stop() }
            return worker.kafka.createdTopics.map(\.name).filter { $0 == "t" }.joined(separator: ",")
        },
        PropertyEffect("topic.tracking.enable", "false", from: "200", to: "403") { properties in
            let worker = try running(properties)
            defer { worker.stop() }
            return "\(try worker.call("GET", "/connectors/a/topics").status)"
        },
        PropertyEffect("topic.tracking.allow.reset", "false", from: "202", to: "403") { properties in
            let worker = try running(properties)
            defer { worker.stop() }
            return "\(try worker.call("PUT", "/connectors/a/topics/reset").status)"
        },
        // Commits follow each other within a second at the earliest otherwise, ten of them within nine.
        PropertyEffect("offset.flush.interval.ms", "20", from: nil, to: "ten within nine seconds") { properties in
            let kafka = try KafkaHarness()
            let worker = try WorkerHarness(
                ScriptedConnector(script: { sink, control, _ in
                    for count in 1...10 {
                        try sink.emit(ScriptedConnector.record("r"))
                        let offset: JSONObject = ["n": .integer(Int64(count))]
                        try sink.checkpoint(partition: ["p": .integer(1)], offset: offset)
                        try kafka.awaitRecords("offsets") { $0.count == count }
                    }
                    ScriptedConnector.waitForStop(control)
                }), kafka: kafka, properties: properties)
            defer { worker.stop() }
            _ = try worker.call("POST", "/connectors", connector("a"))
            let taken = try milliseconds { try kafka.awaitRecords("offsets") { $0.count == 10 } }
            return taken < 9000 ? "ten within nine seconds" : "\(taken) ms"
        },
        // A task that stops waits five seconds for its records otherwise.
        PropertyEffect(
            "offset.flush.timeout.ms", "50", with: ["task.shutdown.graceful.timeout.ms": "30000"], from: nil,
            to: "within five seconds"
        ) { properties in
            let worker = try WorkerHarness(
                ScriptedConnector(script: { sink, control, _ in
                    try sink.emit(ScriptedConnector.record("r"))
                    ScriptedConnector.waitForStop(control)
                }), properties: properties)
            defer { worker.stop() }
            let gate = worker.kafka.hold(.produce, topic: "t")
            _ = try worker.call("POST", "/connectors", connector("a"))
            #expect(gate.awaitHeld(1, milliseconds: KafkaHarness.waitMilliseconds))
            let taken = try milliseconds {
                _ = try worker.call("PUT", "/connectors/a/stop")
                try worker.awaitStates("a", "STOPPED", [])
            }
            return taken < 5000 ? "within five seconds" : "\(taken) ms"
        },
        // A task that does not stop is abandoned after five seconds otherwise.
        PropertyEffect("task.shutdown.graceful.timeout.ms", "50", from: nil, to: "within five seconds") { properties in
            let mayEnd = Monitor(false)
            let worker = try running(properties) { sink, _, _ in
                try sink.emit(ScriptedConnector.record("r"))
                _ = mayEnd.wait { $0 ? true : nil }
            }
            defer { worker.stop() }
            let taken = try milliseconds {
                _ = try worker.call("PUT", "/connectors/a/stop")
                try worker.awaitStates("a", "STOPPED", [])
            }
            mayEnd.update { $0 = true }
            return taken < 5000 ? "within five seconds" : "\(taken) ms"
        },
    ]
}
