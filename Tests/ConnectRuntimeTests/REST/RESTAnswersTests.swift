import ConnectData
import KafkaBroker
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import ConnectRuntime

/// Requests and the answers that a worker of Kafka Connect 4.3.1 sent.
@Suite struct RESTAnswersTests {
    /// One line of `Fixtures/connect/rest/*.jsonl`.
    private struct Exchange {
        let name: String
        let method: String
        let target: String
        let body: String?
        let headers: [String: String]
        let status: Int
        let answer: JSONValue?
        let location: String?
        let isEventual: Bool

        init(_ line: Substring) throws {
            name = String(line)
            let object = try #require(try JSONValue.parse(String(line)).objectValue)
            method = try #require(object["method"]?.stringValue)
            target = try #require(object["path"]?.stringValue)
            body = object["body"]?.stringValue
            var headers: [String: String] = [:]
            for member in object["headers"]?.objectValue?.members ?? [] { headers[member.name] = member.value.stringValue }
            self.headers = headers
            status = Int(try #require(object["status"]?.integerValue))
            answer = object["answer"]
            location = object["location"]?.stringValue
            isEventual = object["eventually"]?.boolValue ?? false
        }

        /// Whether `found` is the answer of the real worker. Traces and texts of a JVM may differ.
        func fits(_ found: WorkerHarness.Answer) -> Bool {
            guard found.status == status, location == nil || location == found.location else { return false }
            guard let answer else { return true }
            return Self.normal(found.body) == Self.normal(answer)
        }

        /// Whether the answer announces a restart of tasks, which the herder does after the answer.
        var restartsTasks: Bool {
            (answer?.objectValue?["tasks"]?.arrayValue ?? []).contains {
                $0.objectValue?["state"]?.stringValue == "RESTARTING"
            }
        }

        /// The order of names and topics in arrays is irrelevant.
        private static func normal(_ value: JSONValue) -> JSONValue {
            switch value {
            case .object(let object):
                return .object(JSONObject(object.members.map { (name: $0.name, value: normal($0.value)) }))
            case .array(let items):
                let texts = items.compactMap(\.stringValue)
                guard texts.count == items.count else { return .array(items.map(normal)) }
                return .array(texts.sorted().map { .string($0) })
            default: return value
            }
        }
    }

    @Test(arguments: ["root", "http", "unknown", "names", "malformed", "create-invalid", "lifecycle", "config", "expand", "offsets"])
    func answersEqualThoseOfConnect(section: String) throws {
        let (connectorStarts, taskStarts) = (Monitor(0), Monitor(0))
        var connector = ScriptedConnector(script: { sink, control, _ in
            taskStarts.update { $0 += 1 }
            try sink.emit(ScriptedConnector.record("1", topic: "srv10"))
            try sink.emit(ScriptedConnector.record("1", topic: "srv10.inventory.t"))
            try sink.checkpoint(partition: ["server": .string("srv10")], offset: ["pos": .integer(160_626)])
            ScriptedConnector.waitForStop(control)
        })
        connector.started = { _ in connectorStarts.update { $0 += 1 } }
        let worker = try WorkerHarness(connector)
        defer { worker.stop() }
        // The id of the cluster of the real worker.
        let answers = try Fixtures.text("connect/rest/\(section).jsonl")
            .replacing("Y2RjZC10ZXN0LWNsdXN0ZQ", with: worker.kafka.broker.clusterID)
        for line in answers.split(separator: "\n") {
            let exchange = try Exchange(line)
            let (connectors, tasks) = (connectorStarts.withLock { $0 }, taskStarts.withLock { $0 })
            let found =
                exchange.isEventual
                ? try worker.eventually(exchange.method, exchange.target, until: exchange.fits)
                : try worker.call(exchange.method, exchange.target, exchange.body, headers: exchange.headers)
            #expect(exchange.fits(found), "\(exchange.name)\nfound: \(found.status) \(String(decoding: found.body.encoded(), as: UTF8.self)) \(found.location ?? "")")
            if exchange.restartsTasks {
                // Until then the status is that of the former run.
                let deadline = MonotonicInstant.now.advanced(byMilliseconds: 10_000)
                try #require(taskStarts.wait(until: deadline) { $0 > tasks ? true : nil } == true)
                try #require(connectorStarts.wait(until: deadline) { $0 > connectors ? true : nil } == true)
            }
        }
    }

    @Test func validationMergesTheFrameworkAndTheConnector() throws {
        let worker = try WorkerHarness()
        defer { worker.stop() }
        let answer = try worker.call("PUT", "/connector-plugins/MySqlConnector/config/validate", """
            {"connector.class":"io.debezium.connector.mysql.MySqlConnector","tasks.max":"0","x":null,"producer.override.acks":"2"}
            """)
        #expect(answer.status == 200)
        let object = try #require(answer.body.objectValue)
        var errors: [String: Int] = [:]
        for item in object["configs"]?.arrayValue ?? [] {
            let value = item.objectValue?["value"]?.objectValue
            let count = value?["errors"]?.arrayValue?.count ?? 0
            if count > 0 { errors[value?["name"]?.stringValue ?? ""] = count }
        }
        #expect(errors == ["name": 1, "tasks.max": 1, "database.hostname": 1, "x": 1, "producer.override.acks": 1])
        #expect(object["error_count"] == .integer(5))
        #expect(object["groups"]?.arrayValue?.first == .string("Common"))
        #expect(object["groups"]?.arrayValue?.last == .string("MySQL"))
    }

    @Test func definitionsAreFormattedAsConnects() throws {
        let worker = try WorkerHarness()
        defer { worker.stop() }
        let answer = try worker.call("GET", "/connector-plugins/MySqlConnector/config")
        let first = try #require(answer.body.arrayValue?.first)
        #expect(String(decoding: first.encoded(), as: UTF8.self) == """
            {"name":"database.hostname","type":"STRING","required":false,"default_value":null,"importance":"HIGH",\
            "documentation":"Where the server is.","group":"MySQL","order_in_group":2,"width":"MEDIUM","display_name":"Hostname",\
            "dependents":[]}
            """)
        #expect(try worker.call("GET", "/connector-plugins/RegexRouter/config").body.arrayValue?.count == 2)
    }
}
