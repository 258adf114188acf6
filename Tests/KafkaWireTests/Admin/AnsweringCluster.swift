import KafkaProtocol
import KafkaTestSupport
import Synchronization
import WireCore
import WireStreams

@testable import KafkaWire

/// Brokers that answer requests by a function of the test. ApiVersions, Metadata and FindCoordinator have answers:
/// topic `t` has a partition for each node, led by that node, and the number at the end of a group's name is its
/// coordinator.
final class AnsweringCluster: Sendable {
    typealias Answer = @Sendable (_ node: Int32, _ request: any KafkaMessage) -> (any KafkaMessage)?

    struct Request {
        let node: Int32
        let version: Int16
        let message: any KafkaMessage
    }

    let client: KafkaClient
    private let listeners: [SocketListener]
    private let versions: [APIKey: ClosedRange<Int16>]
    private let answer: Answer
    private let log = Mutex<[Request]>([])
    private let open = Mutex<[SocketCanceller]>([])

    /// - Parameter versions: the highest versions of some APIs; nil: the brokers lack it.
    init(
        nodes: Int = 1, versions: [APIKey: Int16?] = [:], apiTimeoutMilliseconds: Int = 10_000,
        _ answer: @escaping Answer
    ) throws {
        listeners = try (0..<nodes).map { _ in try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0)) }
        var ranges = Dictionary(uniqueKeysWithValues: APIKey.all.map { ($0, $0.versions ?? 0...0) })
        for (key, version) in versions { ranges[key] = version.map { (key.versions?.lowerBound ?? 0)...$0 } }
        self.versions = ranges
        self.answer = answer
        var configuration = KafkaClientConfiguration(bootstrapServers: [listeners[0].address], clientID: "test")
        configuration.retryBackoffMilliseconds = 1
        configuration.retryBackoffMaxMilliseconds = 5
        configuration.apiTimeoutMilliseconds = apiTimeoutMilliseconds
        client = KafkaClient(configuration)
        for (node, listener) in listeners.enumerated() {
            startThread(named: "answering-\(node)") { [self] in
                while let streams = try? listener.accept() {
                    open.withLock { $0.append(streams.canceller) }
                    let connection = Connection(node: Int32(node), streams: streams)
                    startThread(named: "answering-\(node)") { [self] in serve(connection) }
                }
            }
        }
    }

    func end() {
        client.close()
        for listener in listeners { listener.stop() }
        for canceller in open.withLock({ $0 }) { canceller.cancel() }
    }

    /// The requests for which the test's function was asked, and those for coordinators.
    func requests(_ key: APIKey) -> [Request] {
        log.withLock { log in log.filter { type(of: $0.message).apiKey == key } }
    }

    // MARK: Serving

    // Used by the one thread that it is moved to.
    private struct Connection: @unchecked Sendable {
        let node: Int32
        let streams: StreamPair

        func read(_ count: Int) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: count)
            var filled = 0
            while filled < count {
                let more = bytes.withUnsafeMutableBytes { buffer in
                    (try? streams.input.readSome(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))) ?? 0
                }
                guard more > 0 else { return nil }
                filled += more
            }
            return bytes
        }
    }

    private func serve(_ connection: Connection) {
        while let size = connection.read(4),
            let frame = connection.read(size.reduce(0) { $0 << 8 | Int($1) }),
            let response = try? respond(to: frame, at: connection.node) {
            guard (try? response.withUnsafeBytes { try connection.streams.output.writeAll($0) }) != nil else { break }
        }
        connection.streams.canceller.cancel()
    }

    private func respond(to frame: [UInt8], at node: Int32) throws -> [UInt8]? {
        try frame.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            let header = try RequestHeader(from: &reader)
            guard let type = KafkaMessages.requests[header.apiKey] else { return nil }
            let request = try Self.decode(type, reader, header.apiVersion)
            let ownAnswer = ownAnswer(to: request)
            if ownAnswer == nil || header.apiKey == .findCoordinator {
                log.withLock { $0.append(Request(node: node, version: header.apiVersion, message: request)) }
            }
            guard let response = ownAnswer ?? answer(node, request) else { return nil }
            var writer = KafkaWriter(isFlexible: header.apiKey.isFlexible(header.apiVersion))
            writer.int32(0)
            ResponseHeader(correlationID: header.correlationID)
                .encode(into: &writer, apiKey: header.apiKey, apiVersion: header.apiVersion)
            response.encode(into: &writer, version: header.apiVersion)
            writer.bytes.patchBigEndian(Int32(writer.bytes.count - 4), at: 0)
            return writer.bytes.array()
        }
    }

    private static func decode<M: KafkaMessage>(
        _: M.Type, _ reader: ByteReader, _ version: Int16
    ) throws -> any KafkaMessage {
        try M.decode(reader, version: version)
    }

    private func ownAnswer(to request: any KafkaMessage) -> (any KafkaMessage)? {
        switch request {
        case is ApiVersionsRequest:
            var response = ApiVersionsResponse()
            response.apiKeys = versions.map { key, range in
                var version = ApiVersionsResponse.ApiVersion()
                version.apiKey = key.rawValue
                (version.minVersion, version.maxVersion) = (range.lowerBound, range.upperBound)
                return version
            }
            return response
        case let request as MetadataRequest:
            return metadata(topics: (request.topics ?? []).compactMap(\.name))
        case let request as FindCoordinatorRequest:
            return coordinators(of: request)
        default: return nil
        }
    }

    private func metadata(topics: [String]) -> MetadataResponse {
        var response = MetadataResponse()
        response.controllerID = 0
        response.brokers = listeners.enumerated().map { node, listener in
            var broker = MetadataResponse.Broker()
            (broker.nodeID, broker.host, broker.port) = (Int32(node), "127.0.0.1", Int32(listener.address.port))
            return broker
        }
        response.topics = topics.map { name in
            var topic = MetadataResponse.Topic()
            topic.name = name
            guard name == "t" else {
                topic.errorCode = .unknownTopicOrPartition
                return topic
            }
            topic.partitions = listeners.indices.map { node in
                var partition = MetadataResponse.Partition()
                (partition.partitionIndex, partition.leaderID) = (Int32(node), Int32(node))
                return partition
            }
            return topic
        }
        return response
    }

    private func coordinators(of request: FindCoordinatorRequest) -> FindCoordinatorResponse {
        func coordinator(_ key: String) -> FindCoordinatorResponse.Coordinator {
            var coordinator = FindCoordinatorResponse.Coordinator()
            let node = Int(String(key.suffix(1))) ?? 0
            (coordinator.key, coordinator.nodeID, coordinator.host) = (key, Int32(node), "127.0.0.1")
            coordinator.port = Int32(listeners[node].address.port)
            return coordinator
        }
        var response = FindCoordinatorResponse()
        response.coordinators = request.coordinatorKeys.map(coordinator)
        let single = coordinator(request.key)
        (response.nodeID, response.host, response.port) = (single.nodeID, single.host, single.port)
        return response
    }
}
