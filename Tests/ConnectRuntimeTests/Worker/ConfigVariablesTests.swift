import ConnectData
import PluginTestSupport
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import ConnectRuntime

/// Variables of config providers in worker properties and in configurations of connectors.
@Suite struct ConfigVariablesTests {
    private let directory: TemporaryDirectory
    private let hidden: String
    private let provider = [
        "config.providers": "file",
        "config.providers.file.class": "org.apache.kafka.common.config.provider.FileConfigProvider",
    ]

    init() throws {
        directory = try TemporaryDirectory()
        // Values are redacted in the whole process: other tests must not have the same.
        hidden = "hidden-\(directory.path.split(separator: "/").last ?? "")"
        let lines = [
            "host=\(hidden)-host", "topic=routed-topic", "limit=\(hidden)-limit", "broker=unknown-broker:1",
            "millis=7001", "class=\(ScriptedConnector().className)", "aliases=\(hidden)-first, \(hidden)-second",
        ]
        try directory.write(Array(lines.joined(separator: "\n").utf8), to: "p")
    }

    private func variable(_ key: String) -> String { "${file:\(directory.path)/p:\(key)}" }

    // MARK: Workers

    @Test func workerPropertiesAreResolved() throws {
        let found = try WorkerHarness.configuration(
            provider.merging([
                "bootstrap.servers": variable("broker"), "offset.flush.interval.ms": variable("millis"),
            ]) { $1 })
        #expect(found.bootstrapServers == [SocketAddress(host: "unknown-broker", port: 1)])
        #expect(found.offsetFlushIntervalMilliseconds == 7001)
        #expect(found.warnings == [])
    }

    private func problem(_ properties: [String: String]) -> WorkerConfigurationError? {
        #expect(throws: WorkerConfigurationError.self) {
            try WorkerHarness.configuration(provider.merging(properties) { $1 })
        }
    }

    @Test func problemsOfWorkerPropertiesShowTheVariable() throws {
        let error = try #require(problem(["offset.flush.interval.ms": variable("limit")]))
        #expect(error.problems.map(\.name) == ["offset.flush.interval.ms"])
        #expect(error.description.contains(variable("limit")) && !error.description.contains(hidden))
    }

    @Test func providersThatCannotBeUsedStopTheStart() throws {
        let className = "config.providers.file.class"
        #expect(problem([className: "a.B"])?.problems.map(\.name) == [className])
        let paths = "config.providers.file.param.allowed.paths"
        #expect(problem([paths: "relative"])?.problems.map(\.name) == [paths])
        let error = try #require(problem(["group.id": "${file:/none:a}"]))
        #expect(error.description.contains("Could not read properties from file /none"))
    }

    // MARK: Connectors

    private func body(_ properties: [String: String]) -> String {
        let config = properties.merging([
            "name": "a", "connector.class": ScriptedConnector().className, "database.hostname": variable("host"),
        ]) { a, _ in a }
        let members = config.sorted { $0.key < $1.key }.map { (name: $0.key, value: JSONValue.string($0.value)) }
        return String(decoding: JSONValue.object(JSONObject(members)).encoded(), as: UTF8.self)
    }

    private func text(_ answer: WorkerHarness.Answer) -> String {
        String(decoding: answer.body.encoded(), as: UTF8.self)
    }

    @Test func configurationsAreStoredAsWrittenAndResolvedAtTheStart() throws {
        let hosts = Monitor<[String]>([])
        var connector = ScriptedConnector(script: { [hidden] sink, _, _ in
            try sink.emit(ScriptedConnector.record("row"))
            try sink.checkpoint(partition: ["a": .string("b")], offset: ["row": .integer(1)])
            throw ConnectError("cannot connect to \(hidden)-host")
        })
        connector.taskConfigurations = { config, _ in
            hosts.update { $0.append(config["database.hostname"] ?? "") }
            return [config]
        }
        let worker = try WorkerHarness(connector, properties: provider)
        defer { worker.stop() }
        #expect(try worker.eventually("GET", "/health") { $0.status == 200 }.status == 200)
        let created = try worker.call("PUT", "/connectors/a/config", body([
            "transforms": "r", "transforms.r.type": "org.apache.kafka.connect.transforms.RegexRouter",
            "transforms.r.regex": ".*", "transforms.r.replacement": variable("topic"),
        ]))
        #expect(created.status == 201, "\(text(created))")
        try worker.awaitStates("a", "RUNNING", ["FAILED"])
        #expect(hosts.withLock { $0.first } == "\(hidden)-host")
        #expect(text(try worker.call("GET", "/connectors/a/topics")).contains("routed-topic"))
        let status = text(try worker.call("GET", "/connectors/a/status"))
        #expect(status.contains("cannot connect to \(variable("host"))"), "\(status)")
        for target in ["/connectors/a", "/connectors/a/config", "/connectors/a/tasks", "/connectors/a/status"] {
            let shown = text(try worker.call("GET", target))
            #expect(shown.contains(variable("host")) && !shown.contains(hidden), "\(target): \(shown)")
        }
    }

    @Test func validationResolvesAndShowsTheVariable() throws {
        let worker = try WorkerHarness(properties: provider)
        defer { worker.stop() }
        let target = "/connector-plugins/MySqlConnector/config/validate"
        let answer = try worker.call("PUT", target, body(["tasks.max": variable("limit")]))
        #expect(answer.status == 200)
        let shown = text(answer)
        #expect(shown.contains("Invalid value \(variable("limit")) for configuration tasks.max"), "\(shown)")
        #expect(shown.contains(variable("host")) && !shown.contains(hidden))
    }

    @Test func errorsOfProvidersAreConnects() throws {
        let worker = try WorkerHarness(properties: provider)
        defer { worker.stop() }
        #expect(try worker.eventually("GET", "/health") { $0.status == 200 }.status == 200)
        let wrong = body(["database.user": "${file:/none:user}"])
        func message(_ target: String) throws -> String? {
            let answer = try worker.call("PUT", target, wrong)
            #expect(answer.status == 500)
            return answer.body.objectValue?["message"]?.stringValue
        }
        let expected = "Could not read properties from file /none"
        #expect(try message("/connectors/a/config") == expected)
        #expect(
            try message("/connector-plugins/MySqlConnector/config/validate")
                == "org.apache.kafka.common.config.ConfigException: \(expected)")
    }

    // MARK: The class of a connector

    @Test func classOfAConnectorMayBeAVariable() throws {
        let connector = ScriptedConnector()
        let worker = try WorkerHarness(connector, properties: provider)
        defer { worker.stop() }
        #expect(try worker.eventually("GET", "/health") { $0.status == 200 }.status == 200)
        let className = variable("class")
        let created = try worker.call("PUT", "/connectors/a/config", body(["connector.class": className]))
        #expect(created.status == 201, "\(text(created))")
        // Connect does not resolve the class to find out the type.
        #expect(text(created).contains(#""type":"unknown""#))
        try worker.awaitStates("a", "RUNNING", ["RUNNING"])
        let status = try worker.call("GET", "/connectors/a/status").body.objectValue
        #expect(status?["connector"]?.objectValue?["version"]?.stringValue == "3.6.1.Final")
        let tasks = status?["tasks"]?.arrayValue ?? []
        #expect(tasks.map { $0.objectValue?["version"]?.stringValue } == ["3.6.1.Final"])
        #expect(text(try worker.call("GET", "/connectors/a/tasks")).contains(className))
        #expect(try worker.call("PUT", "/connectors/a/stop", "").status == 204)
        try worker.awaitStates("a", "STOPPED", [])
        #expect(text(try worker.call("GET", "/connectors/a/status")).contains(#""version":"3.6.1.Final""#))
        #expect(try worker.call("DELETE", "/connectors/a/offsets", "").status == 200)
    }

    @Test func unknownClassOfAVariableIsNamedByTheVariable() throws {
        let worker = try WorkerHarness(properties: provider)
        defer { worker.stop() }
        #expect(try worker.eventually("GET", "/health") { $0.status == 200 }.status == 200)
        let wrong = body(["connector.class": variable("host")])
        let answer = try worker.call("PUT", "/connectors/a/config", wrong)
        #expect(answer.status == 400)
        let message = answer.body.objectValue?["message"]?.stringValue ?? ""
        #expect(message.hasPrefix(
            "Failed to find any class that implements Connector and which name matches \(variable("host")), available"))
        let validated = try worker.call("PUT", "/connector-plugins/MySqlConnector/config/validate", wrong)
        #expect(validated.body.objectValue?["message"]?.stringValue
            == "Included connector type \(variable("host")) does not match request type MySqlConnector")
    }

    // MARK: Names that are values

    @Test func namesOfPropertiesShowTheVariable() throws {
        let worker = try WorkerHarness(properties: provider)
        defer { worker.stop() }
        let answer = try worker.call(
            "PUT", "/connector-plugins/MySqlConnector/config/validate", body(["transforms": variable("aliases")]))
        let shown = text(answer)
        let name = "transforms.\(variable("aliases")).type"
        #expect(shown.contains(#""name":"\#(name)""#), "\(shown)")
        #expect(shown.contains(#"Missing required configuration \"\#(name)\" which"#))
        #expect(shown.contains(#""Transforms: \#(variable("aliases"))""#))
        #expect(!shown.contains(hidden))
    }
}
