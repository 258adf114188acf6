import HTTPWire
import KafkaProtocol
import PluginTestSupport
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

extension PropertyEffect {
    /// The addresses on which a worker listens.
    private static func listening(_ properties: [String: String]) throws -> (host: String, port: UInt16) {
        let kafka = try KafkaHarness()
        let worker = ConnectWorker(
            configuration: try configuration(kafka.properties.merging(properties) { $1 }),
            plugins: TestPlugins.registry)
        try worker.start()
        defer { worker.stop() }
        return worker.restAddress.map { ($0.host, $0.port) } ?? ("nowhere", 0)
    }

    /// The `worker_id` in a connector's status.
    private static let workerID: Observation = { properties in
        let kafka = try KafkaHarness()
        let worker = ConnectWorker(
            configuration: try configuration(kafka.properties.merging(properties) { $1 }),
            plugins: TestPlugins.registry(adding: [ScriptedConnector().plugin]))
        try worker.start()
        defer { worker.stop() }
        let request = HTTPRequest(
            method: "POST", path: "/connectors", query: nil, minorVersion: 1,
            headers: [HTTPRequest.Header(name: "Content-Type", value: "application/json")],
            body: Array(connector("a").utf8))
        _ = worker.service.answer(request)
        let statuses = try kafka.awaitRecords("status") { $0.contains { $0.value != nil } }
        return try statuses.lazy.compactMap(\.value).first.flatMap { try JSONValue.parse($0).objectValue?["worker_id"]?.stringValue } ?? "none"
    }

    private static let page = ["Origin": "http://page.example"]

    /// The response to a preflight request of another origin.
    private static let allowedMethods: Observation = { properties in
        let worker = try WorkerHarness(properties: properties)
        defer { worker.stop() }
        let headers = page.merging(["Host": "connect:8083", "Access-Control-Request-Method": "PUT"]) { $1 }
        let preflight = HTTPRequest(
            method: "OPTIONS", path: "/connectors", query: nil, minorVersion: 1,
            headers: headers.map { HTTPRequest.Header(name: $0.key, value: $0.value) })
        let answer = worker.worker.service.answer(preflight)
        return answer.headers.first { $0.name == "Access-Control-Allow-Methods" }?.value ?? "none"
    }

    /// The addresses on which REST listens, the advertised one, and the accepted clients.
    static let rest = [
        PropertyEffect("listeners", "http://127.0.0.2:0", from: "127.0.0.1", to: "127.0.0.2") {
            try listening($0).host
        },
        PropertyEffect(
            "rest.host.name", "127.0.0.2", with: ["listeners": "", "rest.port": "0"], from: nil, to: "127.0.0.2"
        ) {
            try listening($0).host
        },
        PropertyEffect(
            "rest.port", "0", with: ["listeners": "", "rest.host.name": "127.0.0.1"], from: nil, to: "one that is free"
        ) {
            try listening($0).port == 8083 ? "8083" : "one that is free"
        },
        PropertyEffect(
            "rest.advertised.host.name", "connect.example", with: ["rest.advertised.port": "80"], from: "127.0.0.1:80",
            to: "connect.example:80", workerID),
        PropertyEffect(
            "rest.advertised.port", "80", with: ["rest.advertised.host.name": "h"], from: "h:0", to: "h:80", workerID),
        PropertyEffect("cdcd.rest.allowed.hosts", "connect.example", from: "200", to: "403") { properties in
            let worker = try WorkerHarness(properties: properties)
            defer { worker.stop() }
            return "\(try worker.call("GET", "/connectors").status)"
        },
        PropertyEffect("access.control.allow.origin", "http://page.example", from: "403", to: "201") { properties in
            let worker = try WorkerHarness(properties: properties)
            defer { worker.stop() }
            return "\(try worker.call("POST", "/connectors", connector("a"), headers: page).status)"
        },
        PropertyEffect(
            "access.control.allow.methods", "PUT", with: ["access.control.allow.origin": "http://page.example"],
            from: "GET,POST,HEAD", to: "PUT", allowedMethods),
    ]
}
