import Foundation
import HTTPWire
import KafkaBroker
import KafkaProtocol
import KafkaTestSupport
import Synchronization
import WireCore
import WireStreams
import WireTestSupport

extension FuzzTarget {
    /// A development broker of three nodes: requests of clients over connections, while requests to its control port
    /// stop and start nodes, move leaders and add faults.
    ///
    /// Input: steps of kind u8 | length u16 | bytes. The kind modulo 4 is the node, which gets a request without its
    /// size, or 0 for the control port, which gets a request of HTTP.
    static let brokerNodes = FuzzTarget("broker-nodes") {
        try brokerSeeds()
    } decode: { input in
        try fuzzedBroker.withLock { try $0.run(input) }
    }

    private static let fuzzedBroker = Mutex(FuzzedBroker())

    private static func step(_ kind: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [kind, UInt8(truncatingIfNeeded: bytes.count >> 8), UInt8(truncatingIfNeeded: bytes.count)] + bytes
    }

    private static func control(_ method: String, _ path: String, _ body: String = "") -> [UInt8] {
        step(
            0,
            Array("\(method) \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
    }

    /// Captured requests alone and whole conversations, to one node and to each in turn, with requests to the control
    /// port between them.
    private static func brokerSeeds() throws -> [[UInt8]] {
        let changes = [
            control("GET", "/"), control("GET", "/nodes"), control("GET", "/faults/1"), control("DELETE", "/faults/1"),
            control("POST", "/nodes/2/stop"), control("POST", "/nodes/2/start"), control("POST", "/leaders/preferred"),
            control("GET", "/leaders/t/0"), control("PUT", "/leaders/t/1", #"{"node": 2}"#),
            control("POST", "/faults", #"{"api": "Produce", "topic": "t", "error": "NOT_LEADER_OR_FOLLOWER", "count": 3}"#),
            control("POST", "/faults", #"[{"move_leader": "before", "node": 1}, {"api": "Fetch", "drop": "after", "skip": 1}]"#),
            control("POST", "/faults", #"{"version": "3-9", "disconnect": "after", "move_leader": "after", "probability": 0.5}"#),
            control("POST", "/faults", #"{"client_id": "x", "group": "g", "throttle_time_ms": 1, "delay_ms": 1, "seed": 7}"#),
        ]
        var seeds = [changes.flatMap(\.self)]
        for name in Conversation.all(in: "kafka") {
            let exchanges = try CapturedExchange.all(of: try Conversation(name))
            let requests = exchanges.map(\.request).filter { $0.count <= 4096 }
            seeds += requests.enumerated().map { index, request in
                changes[index % changes.count] + step(UInt8(index % 3 + 1), request)
            }
            var (one, each): ([UInt8], [UInt8]) = ([], [])
            for (index, request) in requests.enumerated() where one.count + request.count < 8192 {
                one += step(1, request)
                each += step(UInt8(index % 3 + 1), request) + (index % 4 == 3 ? changes[index / 4 % changes.count] : [])
            }
            seeds += [one, each]
        }
        return seeds
    }
}

/// The broker of a fuzzing run, which is replaced by a new one now and then.
private struct FuzzedBroker: Sendable {
    private static let nodeCount: Int32 = 3
    private static let inputsPerBroker = 500
    private static let answerMilliseconds = 20

    private var run: Run?
    private var inputCount = 0

    private final class Run: Sendable {
        let directory: TemporaryDirectory
        let broker: DevelopmentBroker
        let control: BrokerControl

        init() throws {
            directory = try TemporaryDirectory()
            var configuration = DevelopmentBrokerConfiguration(
                listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
            configuration.nodeCount = FuzzedBroker.nodeCount
            configuration.limits.partitionsPerTopicMax = 8
            configuration.limits.fetchWaitMillisecondsMax = 5
            broker = try DevelopmentBroker(configuration)
            broker.start()
            control = BrokerControl(broker)
            _ = LogSystem.shared.setLevel(.off, of: "root", nowMilliseconds: 0)
        }

        deinit { broker.stop() }
    }

    mutating func run(_ input: UnsafeRawBufferPointer) throws {
        if run == nil || inputCount % Self.inputsPerBroker == 0 {
            run = nil
            run = try Run()
        }
        inputCount += 1
        guard let run else { return }
        var connections: [Int32: StreamPair] = [:]
        var hasUnanswered = false
        var reader = ByteReader(input)
        if inputCount % Self.inputsPerBroker == 1 {
            _ = try? Self.exchange(Self.topicRequest, 1, run, &connections)
        }
        while reader.remainingBytes >= 3 {
            let kind = try reader.bigEndian(UInt8.self)
            let count = min(Int(try reader.bigEndian(UInt16.self)), reader.remainingBytes)
            let bytes = try reader.span(count).array()
            guard kind % 4 > 0 else {
                Self.request(bytes, run.control)
                continue
            }
            do {
                try Self.exchange(bytes, Int32(kind % 4), run, &connections)
            } catch {
                connections[Int32(kind % 4)]?.canceller.cancel()
                connections[Int32(kind % 4)] = nil
                if case StreamError.timedOut = error { hasUnanswered = true }
            }
        }
        for connection in connections.values { connection.canceller.cancel() }
        run.broker.faults.removeAll()
        // The requests that still wait end with their node.
        for node in run.broker.cluster.nodes where hasUnanswered { try run.broker.cluster.stop(node: node.id) }
        for node in run.broker.cluster.nodes { try run.broker.cluster.start(node: node.id) }
        for node in run.broker.cluster.nodes { precondition(node.isRunning, "a node cannot be started") }
    }

    /// Requests to the control port, as its HTTP server reads them.
    private static func request(_ bytes: [UInt8], _ control: BrokerControl) {
        var parser = HTTPRequestParser()
        bytes.withUnsafeBytes { parser.feed($0) }
        while case .request(let request) = try? parser.next() {
            let answer = control.answer(request.method, request.path, request.body)
            precondition((200..<500).contains(answer.status), "the control port answered with \(answer)")
        }
    }

    /// Sends a request to a node and receives the answer.
    private static func exchange(
        _ request: [UInt8], _ node: Int32, _ run: Run, _ connections: inout [Int32: StreamPair]
    ) throws {
        if connections[node] == nil, let address = run.broker.cluster.nodes[Int(node) - 1].addresses["PLAINTEXT"] {
            connections[node] = try SocketConnector.connect(to: address, timeoutMilliseconds: 1000)
            connections[node]?.setTimeouts(answerMilliseconds, 1000)
        }
        guard let streams = connections[node] else { return }
        var writer = ByteWriter(capacityBytes: request.count + 4)
        writer.bigEndian(UInt32(request.count))
        try writer.withUnsafeBytes { try streams.output.writeAll($0) }
        try request.withUnsafeBytes { try streams.output.writeAll($0) }
        let size = try receive(4, from: streams).reduce(0) { $0 << 8 | Int($1) }
        _ = try receive(size, from: streams)
    }

    private static func receive(_ count: Int, from streams: StreamPair) throws -> [UInt8] {
        var received: [UInt8] = []
        while received.count < count {
            var chunk = [UInt8](repeating: 0, count: min(count - received.count, 1 << 16))
            let length = try chunk.withUnsafeMutableBytes { try streams.input.readSome(into: $0) }
            if length == 0 { throw StreamError.closed }
            received += chunk[..<length]
        }
        return received
    }

    /// Creates the topic `t` with three partitions.
    private static let topicRequest: [UInt8] = {
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = "t"
        topic.numPartitions = 3
        topic.replicationFactor = 3
        var request = CreateTopicsRequest()
        request.topics = [topic]
        var writer = KafkaWriter(isFlexible: true)
        RequestHeader(apiKey: .createTopics, apiVersion: 7, correlationID: 1, clientID: "fuzz").encode(into: &writer)
        request.encode(into: &writer, version: 7)
        return writer.bytes.array()
    }()
}
