import HTTPWire
import KafkaBroker
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import cdcd

/// The answers of the control port of a development broker.
@Suite struct BrokerControlTests {
    private let directory: TemporaryDirectory
    private let broker: DevelopmentBroker
    private let control: BrokerControl

    init() throws {
        directory = try TemporaryDirectory()
        broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        broker.start()
        control = BrokerControl(broker)
    }

    private func call(_ method: String, _ path: String, _ body: String = "") -> (status: Int, body: JSONValue) {
        let response = control.respond(to: HTTPRequest(method: method, path: path, body: Array(body.utf8)))
        guard case .bytes(let bytes) = response.body else { return (response.status, .null) }
        return (response.status, (try? JSONValue.parse(bytes)) ?? .null)
    }

    @Test func faultsAreAddedListedAndRemoved() throws {
        defer { broker.stop() }
        #expect(call("GET", "/faults") == (200, .array([])))
        let added = call("POST", "/faults", #"{"api": "Produce", "error": "NOT_LEADER_OR_FOLLOWER", "count": 3}"#)
        #expect(added.status == 201)
        let fault: JSONObject = [
            "id": .integer(1), "api": .string("Produce"), "count": .integer(3),
            "error": .string("NOT_LEADER_OR_FOLLOWER"), "matched": .integer(0), "applied": .integer(0),
        ]
        #expect(added.body == .object(fault))
        #expect(call("POST", "/faults", #"[{"delay_ms": 5}, {"drop": "after"}]"#).body.arrayValue?.count == 2)
        #expect(call("GET", "/faults").body.arrayValue?.count == 3)
        #expect(call("GET", "/faults/1") == (200, .object(fault)))
        #expect(call("DELETE", "/faults/1").status == 204)
        #expect(call("GET", "/faults/1").status == 404 && call("DELETE", "/faults/1").status == 404)
        #expect(call("DELETE", "/faults").status == 204)
        #expect(call("GET", "/faults") == (200, .array([])))
    }

    @Test func invalidFaultIsRefusedWithItsField() throws {
        defer { broker.stop() }
        let refused = call("POST", "/faults", #"[{"delay_ms": 5}, {"api": "Produce", "error": "NOPE"}]"#)
        #expect(refused.status == 400 && refused.body.objectValue?["field"] == .string("error"))
        #expect(refused.body.objectValue?["message"]?.stringValue?.contains("NOPE") == true)
        let alone = call("POST", "/faults", #"{"move_leader": "after"}"#)
        #expect(alone.status == 400 && alone.body.objectValue?["field"] == .string("move_leader"))
        #expect(call("POST", "/faults", "{").status == 400)
        #expect(call("GET", "/faults") == (200, .array([])))
    }

    @Test func otherPathsAndMethodsAreRefused() throws {
        defer { broker.stop() }
        #expect(call("GET", "/nothing").status == 404)
        let response = control.respond(to: HTTPRequest(method: "PUT", path: "/faults"))
        #expect(response.status == 405 && response.headers.contains { $0 == .init(name: "Allow", value: "DELETE, GET, POST") })
    }

    @Test func summaryNamesTheListeners() throws {
        defer { broker.stop() }
        let summary = call("GET", "/").body.objectValue
        #expect(summary?["cluster_id"]?.stringValue == broker.clusterID)
        #expect(summary?["listeners"]?.objectValue?["PLAINTEXT"]?.stringValue == "\(broker.address)")
    }

    @Test func serverAnswersOverHTTP() throws {
        defer { broker.stop() }
        let server = try BrokerControlServer(broker, address: SocketAddress(host: "127.0.0.1", port: 0))
        server.start()
        defer { server.stop() }
        let client = HTTPClient(userAgent: "test")
        let url = try #require(HTTPURL("http://\(server.address)/faults"))
        let response = try client.send(HTTPClientRequest(method: "GET", url: url))
        #expect(response.status == 200 && String(decoding: response.body, as: UTF8.self) == "[]\n")
    }
}
