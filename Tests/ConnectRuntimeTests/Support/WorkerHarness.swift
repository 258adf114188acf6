import ConnectData
import HTTPWire
import PluginTestSupport
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

/// A whole worker with a broker in this process. Tests pass requests to its REST service.
final class WorkerHarness: Sendable {
    struct Answer: Equatable {
        var status: Int
        var body: JSONValue
        var location: String?
    }

    let kafka: KafkaHarness
    let worker: ConnectWorker

    /// Starts a worker.
    ///
    /// - Parameters:
    ///   - plugins: further ones.
    ///   - kafka: the broker; nil creates one.
    ///   - properties: replace those of `configuration`.
    ///   - briefMilliseconds: see `KafkaCluster.init`.
    init(
        _ connector: ScriptedConnector = ScriptedConnector(), adding plugins: [PluginDescriptor] = [],
        kafka: KafkaHarness? = nil,
        properties: [String: String] = [:], briefMilliseconds: Int = 3000,
        limits: (inout WorkerConfiguration) -> Void = { _ in }
    ) throws {
        let kafka = try kafka ?? KafkaHarness()
        self.kafka = kafka
        var configuration = try Self.configuration(kafka.properties.merging(properties) { $1 })
        limits(&configuration)
        worker = ConnectWorker(
            configuration: configuration, plugins: TestPlugins.registry(adding: [connector.plugin] + plugins),
            cluster: KafkaCluster(configuration, briefMilliseconds: briefMilliseconds))
        try worker.start()
    }

    /// The configuration of a worker that advertises `127.0.0.1:8083`.
    static func configuration(_ properties: [String: String] = [:]) throws -> WorkerConfiguration {
        let standard = [
            "group.id": "g", "config.storage.topic": "configs", "offset.storage.topic": "offsets",
            "status.storage.topic": "status", "key.converter": "org.apache.kafka.connect.json.JsonConverter",
            "value.converter": "org.apache.kafka.connect.json.JsonConverter", "listeners": "http://127.0.0.1:0",
            "rest.advertised.host.name": "127.0.0.1", "rest.advertised.port": "8083",
            "value.converter.schemas.enable": "false",
        ]
        return try WorkerConfiguration(
            properties: standard.merging(properties) { $1 }, plugins: TestPlugins.registry)
    }

    func stop() { worker.stop() }

    private struct UnexpectedStream: Error {}

    func call(
        _ method: String, _ target: String, _ body: String? = nil, headers: [String: String] = [:]
    ) throws -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        var all = [HTTPRequest.Header(name: "Host", value: "127.0.0.1:8083")]
        if body != nil, headers["Content-Type"] == nil {
            all.append(HTTPRequest.Header(name: "Content-Type", value: "application/json"))
        }
        all += headers.filter { !$0.value.isEmpty }.map { HTTPRequest.Header(name: $0.key, value: $0.value) }
        let request = HTTPRequest(
            method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil, minorVersion: 1, headers: all,
            body: Array((body ?? "").utf8))
        let response = worker.service.answer(request)
        guard case .bytes(let bytes) = response.body else { throw UnexpectedStream() }
        let isJSON = response.headers.contains { $0.value == "application/json" }
        return Answer(
            status: response.status, body: isJSON ? try JSONValue.parse(bytes) : .string(
                String(decoding: bytes, as: UTF8.self)),
            location: response.headers.first { $0.name == "Location" }?.value)
    }

    /// Repeats a request until the answer satisfies a condition, and returns the last answer. The state of the worker
    /// changes with its requests to Kafka, and shortly after their answers.
    func eventually(
        _ method: String, _ target: String, until fits: (Answer) -> Bool, seconds: Int = 10
    ) throws -> Answer {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: seconds * 1000)
        while true {
            let count = kafka.requestCount
            let answer = try call(method, target)
            if fits(answer) || MonotonicInstant.now >= deadline { return answer }
            kafka.awaitRequests(moreThan: count, milliseconds: 5)
        }
    }

    /// Waits until the connector's state and its tasks' states are these.
    func awaitStates(
        _ name: String, _ connector: String, _ tasks: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        func states(_ answer: Answer) -> [String] {
            let object = answer.body.objectValue
            let first = object?["connector"]?.objectValue?["state"]?.stringValue
            let others = object?["tasks"]?.arrayValue?.compactMap { $0.objectValue?["state"]?.stringValue } ?? []
            return [first].compactMap { $0 } + others
        }
        let answer = try eventually("GET", "/connectors/\(name)/status") { states($0) == [connector] + tasks }
        #expect(states(answer) == [connector] + tasks, sourceLocation: sourceLocation)
    }
}
