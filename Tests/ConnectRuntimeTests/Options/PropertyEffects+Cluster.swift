import Foundation
import KafkaBroker
import KafkaProtocol
import KafkaWire
import PluginTestSupport
import Synchronization
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

extension PropertyEffect {
    /// The client id in the first request that a broker gets from the worker.
    private static let clientID: Observation = { properties in
        let broker = try BrokerDouble()
        var properties = properties
        properties["bootstrap.servers"] = broker.address.description
        let cluster = KafkaCluster(try configuration(properties))
        defer { cluster.close() }
        _ = try? cluster.clusterID()
        return broker.clientID ?? "no request"
    }

    /// A part of the configuration of the worker's own clients.
    private static func client(_ part: @escaping @Sendable (KafkaClientConfiguration) -> Int) -> Observation {
        { "\(part(try configuration($0).client))" }
    }

    /// How the worker reaches Kafka.
    static let cluster = [
        bootstrapServers,
        PropertyEffect("client.id", "mine", with: ["default.api.timeout.ms": "1"], from: nil, to: "mine", clientID),
        PropertyEffect("request.timeout.ms", "1234", from: "40000", to: "1234", client(\.requestTimeoutMilliseconds)),
        PropertyEffect(
            "socket.connection.setup.timeout.ms", "1234", from: "10000", to: "1234", client(\.connectTimeoutMilliseconds)),
        PropertyEffect("default.api.timeout.ms", "1234", from: "60000", to: "1234", client(\.apiTimeoutMilliseconds)),
        PropertyEffect("metadata.max.age.ms", "1234", from: "300000", to: "1234", client(\.metadataMaxAgeMilliseconds)),
    ]

    private static let bootstrapServers = PropertyEffect(
        "bootstrap.servers", "127.0.0.1:1", with: ["default.api.timeout.ms": "1"], from: nil, to: "127.0.0.1:1"
    ) { properties in
        let cluster = KafkaCluster(try configuration(properties))
        defer { cluster.close() }
        do {
            _ = try cluster.clusterID()
            return "reached"
        } catch {
            return "\(error)".firstMatch(of: /127\.0\.0\.1:\d+/).map { String($0.output) } ?? "\(error)"
        }
    }

    private static func group(_ part: @escaping @Sendable (GroupConfiguration) -> String) -> Observation {
        { part(try configuration($0).groupConfiguration) }
    }

    /// How the worker joins its group, and what it sends to other workers.
    static let group = [
        PropertyEffect("group.id", "h", from: "g", to: "h", group { $0.groupID }),
        PropertyEffect("session.timeout.ms", "1234", from: "10000", to: "1234", group { "\($0.sessionTimeoutMilliseconds)" }),
        PropertyEffect(
            "rebalance.timeout.ms", "1234", from: "60000", to: "1234", group { "\($0.rebalanceTimeoutMilliseconds)" }),
        // Five heartbeats would take 15 s otherwise.
        PropertyEffect("heartbeat.interval.ms", "20", from: nil, to: "five within ten seconds") { properties in
            let worker = try WorkerHarness(properties: properties)
            defer { worker.stop() }
            worker.kafka.awaitRequests(.heartbeat, count: 5)
            return worker.kafka.requestCount(.heartbeat) >= 5 ? "five within ten seconds" : "fewer"
        },
        PropertyEffect("connect.protocol", "eager", from: "256 bits", to: "none") {
            let keys = try sessionKeys($0, connectors: ["a"])
            return keys.last.map { "\($0) bits" } ?? "none"
        },
        PropertyEffect("inter.worker.key.size", "512", from: "256 bits", to: "512 bits") {
            let keys = try sessionKeys($0, connectors: ["a"])
            return keys.last.map { "\($0) bits" } ?? "none"
        },
        PropertyEffect("inter.worker.key.ttl.ms", "1", from: "one", to: "several") {
            try sessionKeys($0, connectors: ["a", "b", "c"]).count == 1 ? "one" : "several"
        },
    ]

    /// The sizes in bits of the session keys that a worker writes while connectors are created.
    private static func sessionKeys(_ properties: [String: String], connectors: [String]) throws -> [Int] {
        let worker = try WorkerHarness(properties: properties)
        defer { worker.stop() }
        for name in connectors {
            _ = try worker.call("POST", "/connectors", connector(name))
            try worker.awaitStates(name, "RUNNING", ["RUNNING"])
        }
        return try worker.kafka.records("configs").filter { $0.keyText == "session-key" }.map { record in
            let key = try JSONValue.parse(record.value ?? []).objectValue?["key"]?.stringValue ?? ""
            return (Data(base64Encoded: key)?.count ?? 0) * 8
        }
    }

    /// The body that creates a connector, with further properties in its configuration.
    static func connector(_ name: String, _ more: [String: String] = [:]) -> String {
        var config: JSONObject = [
            "connector.class": .string("io.debezium.connector.mysql.MySqlConnector"), "database.hostname": .string("h"),
        ]
        for (name, value) in more.sorted(by: { $0.key < $1.key }) { config[name] = .string(value) }
        let body = JSONValue.object(["name": .string(name), "config": .object(config)])
        return String(decoding: body.encoded(), as: UTF8.self)
    }
}

/// A broker that reads one request and closes the connection.
private final class BrokerDouble: Sendable {
    private let server: SocketServer
    private let received = Mutex<String?>(nil)

    var address: SocketAddress { server.address }
    var clientID: String? { received.withLock { $0 } }

    init() throws {
        server = try SocketServer(
            listen: SocketAddress(host: "127.0.0.1", port: 0), name: "broker-double", connectionsMax: 10,
            logger: Logger("BrokerDouble"))
        server.start { [weak self] streams, _ in self?.serve(streams) }
    }

    deinit {
        server.stopAccepting()
        server.cutAll()
    }

    /// Request header: size i32 | API key i16 | version i16 | correlation id i32 | client id: length i16, text.
    private func serve(_ streams: StreamPair) {
        streams.setTimeouts(10_000, 10_000)
        defer { streams.canceller.cancel() }
        var bytes = [UInt8](repeating: 0, count: 256)
        guard let count = try? bytes.withUnsafeMutableBytes({ try streams.input.readSome(into: $0) }), count > 14 else {
            return
        }
        let length = Int(bytes[12]) << 8 | Int(bytes[13])
        guard 14 + length <= count else { return }
        received.withLock { $0 = $0 ?? String(decoding: bytes[14..<(14 + length)], as: UTF8.self) }
    }
}
