import ConnectData
import PluginTestSupport
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

/// Calls of a plugin that does not return.
@Suite struct HangingPluginTests {
    private static let config =
        #"{"connector.class":"io.debezium.connector.mysql.MySqlConnector","database.hostname":"db"}"#

    /// Blocks threads until it is opened, or the test has ended.
    private final class Gate: Sendable {
        private let isOpen = Monitor(false)
        let arrivals = Monitor(0)

        func pass() {
            arrivals.update { $0 += 1 }
            _ = isOpen.wait { $0 ? true : nil }
        }

        func open() { isOpen.update { $0 = true } }
    }

    /// The texts are those of Connect 4.3.1 for a server that accepts connections and does not answer: of
    /// `/connector-plugins` without a period at the end.
    @Test(arguments: [
        ("PUT", "/connector-plugins/MySqlConnector/config/validate", config, "Z"),
        ("PUT", "/connectors/a/config", config, "Z."),
        ("POST", "/connectors", "{\"name\":\"a\",\"config\":\(config)}", "Z."),
    ])
    func validationTimesOut(method: String, path: String, body: String, end: String) throws {
        let gate = Gate()
        defer { gate.open() }
        var connector = ScriptedConnector()
        connector.validated = { gate.pass() }
        let worker = try WorkerHarness(connector) { $0.requestMilliseconds = 300 }
        defer { worker.stop() }
        #expect(try worker.eventually("GET", "/health") { $0.status == 200 }.status == 200)
        let answer = try worker.call(method, path, body)
        #expect(answer.status == 500)
        let message = answer.body.objectValue?["message"]?.stringValue ?? ""
        let start = "Request timed out. The worker is currently performing multi-property validation for the connector, "
            + "which began at 20"
        #expect(message.hasPrefix(start) && message.hasSuffix(end), "\(message)")
    }

    @Test func otherRequestsAreAnsweredDuringAValidation() throws {
        let (gate, validated) = (Gate(), Monitor<Int?>(nil))
        var connector = ScriptedConnector()
        connector.validated = { gate.pass() }
        let worker = try WorkerHarness(connector)
        defer { worker.stop() }
        startThread(named: "validation") {
            let answer = Result {
                try worker.call("PUT", "/connector-plugins/MySqlConnector/config/validate", Self.config)
            }
            validated.update { $0 = (try? answer.get())?.status ?? 0 }
        }
        #expect(gate.arrivals.wait(until: .now.advanced(byMilliseconds: 10_000)) { $0 == 1 ? true : nil } == true)
        #expect(try worker.call("GET", "/connectors").status == 200)
        #expect(try worker.call("GET", "/connector-plugins").status == 200)
        #expect(validated.withLock { $0 } == nil)
        gate.open()
        #expect(validated.wait(until: .now.advanced(byMilliseconds: 10_000)) { $0 } == 200)
    }

    /// The connector stays usable, and what the plugin returns later is not written.
    @Test func alterOffsetsTimesOut() throws {
        let gate = Gate()
        defer { gate.open() }
        var connector = ScriptedConnector()
        connector.alterOffsets = { _ in
            gate.pass()
            return true
        }
        let worker = try WorkerHarness(connector) { $0.pluginCallMilliseconds = 300 }
        defer { worker.stop() }
        _ = try worker.call("POST", "/connectors", "{\"name\":\"a\",\"config\":\(Self.config)}")
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        _ = try worker.call("PUT", "/connectors/a/stop")
        try worker.awaitStates("a", "STOPPED", [])
        let answer = try worker.call(
            "PATCH", "/connectors/a/offsets", #"{"offsets":[{"partition":{"p":1},"offset":{"o":1}}]}"#)
        #expect(answer.status == 500)
        let message = answer.body.objectValue?["message"]?.stringValue ?? ""
        #expect(message.hasPrefix("The connector's alterOffsets did not return within 300 ms"), "\(message)")
        _ = try worker.call("PUT", "/connectors/a/resume")
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        gate.open()
        #expect(try worker.call("GET", "/health").status == 200)
        #expect(try worker.call("GET", "/connectors/a/offsets").body == .object(["offsets": .array([])]))
    }
}
