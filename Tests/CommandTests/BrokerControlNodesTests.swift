import HTTPWire
import KafkaBroker
import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import cdcd

/// Nodes and leaders through the control port.
@Suite struct BrokerControlNodesTests {
    private let directory: TemporaryDirectory
    private let broker: DevelopmentBroker
    private let control: BrokerControl

    init() throws {
        directory = try TemporaryDirectory()
        var configuration = DevelopmentBrokerConfiguration(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        configuration.nodeCount = 3
        broker = try DevelopmentBroker(configuration)
        broker.start()
        control = BrokerControl(broker)
    }

    private func call(_ method: String, _ path: String, _ body: String = "") -> (status: Int, body: JSONValue) {
        let response = control.respond(to: HTTPRequest(method: method, path: path, body: Array(body.utf8)))
        guard case .bytes(let bytes) = response.body else { return (response.status, .null) }
        return (response.status, (try? JSONValue.parse(bytes)) ?? .null)
    }

    private var running: [Bool] {
        (call("GET", "/nodes").body.arrayValue ?? []).map { $0.objectValue?["running"] == .bool(true) }
    }

    private func makeTopic() throws {
        let addresses = broker.cluster.nodes.compactMap { $0.addresses["PLAINTEXT"] }
        let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: addresses))
        defer { client.close() }
        try KafkaAdmin(client).createTopics([NewTopic(name: "t", partitions: 1, replicationFactor: 3)]).get()
    }

    @Test func nodesAreStoppedAndStarted() throws {
        defer { broker.stop() }
        #expect(running == [true, true, true])
        let stopped = call("POST", "/nodes/2/stop")
        #expect(stopped.status == 200 && stopped.body.objectValue?["running"] == .bool(false))
        #expect(running == [true, false, true])
        #expect(call("POST", "/nodes/2/start").status == 200)
        #expect(running == [true, true, true])
        #expect(call("POST", "/nodes/4/stop").status == 404 && call("POST", "/nodes/x/stop").status == 404)
        #expect(call("GET", "/nodes/2/stop").status == 405)
    }

    @Test func leadersAreMoved() throws {
        defer { broker.stop() }
        try makeTopic()
        let first = try broker.cluster.leader(ofTopic: "t", partition: 0).node
        let next = first % 3 + 1
        let moved: JSONObject = ["node": .integer(Int64(next)), "epoch": .integer(1)]
        #expect(call("PUT", "/leaders/t/0", #"{"node": \#(next)}"#) == (200, .object(moved)))
        #expect(call("GET", "/leaders/t/0") == (200, .object(moved)))
        #expect(call("POST", "/leaders/preferred").status == 204)
        let leader = try broker.cluster.leader(ofTopic: "t", partition: 0)
        #expect(leader.node == first && leader.epoch == 2)
        try broker.cluster.stop(node: next)
        #expect(call("PUT", "/leaders/t/0", #"{"node": \#(next)}"#).status == 409)
        #expect(call("PUT", "/leaders/t/0", #"{"node": 9}"#).status == 404)
        #expect(call("GET", "/leaders/t/7").status == 404 && call("GET", "/leaders/u/0").status == 404)
        for body in ["", "{}", #"{"node": "2"}"#, #"{"node": 2, "epoch": 3}"#, "[2]"] {
            #expect(call("PUT", "/leaders/t/0", body).status == 400)
        }
    }
}
