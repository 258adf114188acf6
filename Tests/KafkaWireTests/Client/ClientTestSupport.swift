import Foundation
import KafkaProtocol
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire

/// A broker in this process, a relay that can cut connections to it, and a client.
final class Cluster {
    private let directory: TemporaryDirectory
    private let relay: CuttingRelay
    private let limits: BrokerLimits
    private let transactionVersion: Int16
    private let apiVersions: AnnouncedVersions
    private var broker: DevelopmentBroker
    let client: KafkaClient

    /// - Parameter apiVersions: the versions of an older broker.
    init(
        limits: BrokerLimits = BrokerLimits(), transactionVersion: Int16 = 2,
        apiVersions: AnnouncedVersions = AnnouncedVersions(),
        _ change: (inout KafkaClientConfiguration) -> Void = { _ in }
    ) throws {
        self.limits = limits
        self.transactionVersion = transactionVersion
        self.apiVersions = apiVersions
        directory = try TemporaryDirectory()
        relay = try CuttingRelay()
        broker = try Self.start(directory, advertised: relay.address, limits, transactionVersion, apiVersions)
        relay.target.withLock { [address = broker.address] in $0 = address }
        var configuration = KafkaClientConfiguration(bootstrapServers: [relay.address], clientID: "test")
        configuration.retryBackoffMilliseconds = 5
        configuration.retryBackoffMaxMilliseconds = 20
        change(&configuration)
        client = KafkaClient(configuration)
    }

    private static func start(
        _ directory: TemporaryDirectory, advertised: SocketAddress, _ limits: BrokerLimits,
        _ transactionVersion: Int16, _ apiVersions: AnnouncedVersions
    ) throws -> DevelopmentBroker {
        var configuration = DevelopmentBrokerConfiguration(
            listen: SocketAddress(host: "127.0.0.1", port: 0), advertised: advertised,
            dataDirectory: directory.path + "/data")
        configuration.limits = limits
        configuration.transactionVersion = transactionVersion
        configuration.apiVersions = apiVersions
        let broker = try DevelopmentBroker(configuration)
        broker.start()
        return broker
    }

    func end() {
        client.close()
        relay.stop()
        broker.stop()
    }

    /// Cuts all connections; new ones are relayed.
    func cutConnections() { relay.cut() }

    /// Stops the broker until `startBroker`.
    func stopBroker() {
        broker.stop()
        relay.target.withLock { $0 = nil }
        relay.cut()
    }

    func startBroker() throws {
        broker = try Self.start(directory, advertised: relay.address, limits, transactionVersion, apiVersions)
        relay.target.withLock { [address = broker.address] in $0 = address }
    }

    /// From now on requests are relayed, and responses are not.
    func silenceBroker() { relay.isSilent.store(true, ordering: .relaxed) }

    /// The number of connections so far.
    var connectionCount: Int { relay.connectionCount.load(ordering: .relaxed) }

    /// Calls `body` with each request before the broker handles it.
    func intercept(_ body: @escaping @Sendable (InterceptedRequest) -> Interception?) {
        broker.interceptors.add(body)
    }

    /// Adds a fault of the broker that runs now.
    func addFault(_ text: String) throws { try broker.faults.add([try Fault(text: text)]) }

    /// To how many requests each fault was applied.
    var appliedFaults: [Int] { broker.faults.entries.map(\.appliedCount) }

    func removeFaults() { broker.faults.removeAll() }

    /// Counts the requests from now on, by API key.
    func countRequests() -> RequestCounts {
        let counts = RequestCounts()
        intercept { request in
            counts.add(request.apiKey)
            return nil
        }
        return counts
    }

    func makeTopic(_ name: String, partitions: Int32 = 1) throws {
        try KafkaAdmin(client).createTopics([NewTopic(name: name, partitions: partitions, replicationFactor: 1)]).get()
    }

    /// Sends a batch unchanged.
    func produce(_ batch: [UInt8], to topic: String, partition: Int32) throws {
        var data = ProduceRequest.PartitionProduceData()
        data.index = partition
        data.records = batch
        var request = ProduceRequest()
        request.acks = -1
        request.topicData = [ProduceRequest.TopicProduceData()]
        request.topicData[0].name = topic
        request.topicData[0].partitionData = [data]
        let response = try client.withAnyBroker(client.cancellation) { connection throws(KafkaError) in
            try connection.request(request, atMost: 12)
        }
        #expect(response.responses.flatMap(\.partitionResponses).map(\.errorCode) == [.none])
    }

    /// Replaces the first bytes of a partition's log, as a defective disk would.
    func overwriteLog(of topic: String, partition: Int32, with bytes: [UInt8]) throws {
        let file = "\(directory.path)/data/\(topic)-\(partition)/00000000000000000000.log"
        let handle = try #require(FileHandle(forUpdatingAtPath: file))
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    func records(of topic: String, _ isolation: IsolationLevel = .readUncommitted) throws -> [ConsumedRecord] {
        var records: [ConsumedRecord] = []
        try TopicReader(client, topic: topic, isolation: isolation).readToEnd { records.append($0) }
        return records
    }
}

/// Allows something a limited number of times.
final class Countdown: Sendable {
    private let count: Mutex<Int>

    init(_ count: Int) { self.count = Mutex(count) }

    func take() -> Bool {
        count.withLock { count in
            count -= 1
            return count >= 0
        }
    }
}

final class RequestCounts: Sendable {
    private let counts = Mutex<[APIKey: Int]>([:])

    func add(_ key: APIKey) { counts.withLock { $0[key, default: 0] += 1 } }

    subscript(key: APIKey) -> Int { counts.withLock { $0[key, default: 0] } }
}

/// Relays connections to a target that may be unavailable, and cuts them on demand, also within a message.
final class CuttingRelay: Sendable {
    let target = Mutex<SocketAddress?>(nil)
    let isSilent = Atomic(false)
    let connectionCount = Atomic(0)
    private let listener: SocketListener
    private let open = Mutex<[SocketCanceller]>([])

    var address: SocketAddress { listener.address }

    init() throws {
        listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        startThread(named: "relay") { [self] in
            while let client = try? listener.accept() { connect(client) }
        }
    }

    private func connect(_ client: StreamPair) {
        guard let address = target.withLock({ $0 }),
            let server = try? SocketConnector.connect(to: address, timeoutMilliseconds: 2000)
        else { return client.canceller.cancel() }
        open.withLock { $0 += [client.canceller, server.canceller] }
        connectionCount.add(1, ordering: .relaxed)
        pump(Half(from: client, to: server, isAnswering: false))
        pump(Half(from: server, to: client, isAnswering: true))
    }

    // Each half is used by the one thread that it is moved to.
    private struct Half: @unchecked Sendable {
        let from: StreamPair
        let to: StreamPair
        let isAnswering: Bool
    }

    private func pump(_ half: Half) {
        startThread(named: "relay-pump") { [self] in
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            while true {
                let count = buffer.withUnsafeMutableBytes { (try? half.from.input.readSome(into: $0)) ?? 0 }
                if half.isAnswering, count > 0, isSilent.load(ordering: .relaxed) { continue }
                let isWritten = buffer.withUnsafeBytes { bytes in
                    (try? half.to.output.writeAll(UnsafeRawBufferPointer(rebasing: bytes[..<count]))) != nil
                }
                if count == 0 || !isWritten { break }
            }
            half.from.canceller.cancel()
            half.to.canceller.cancel()
        }
    }

    func cut() {
        let all = open.withLock { open in
            defer { open = [] }
            return open
        }
        for canceller in all { canceller.cancel() }
    }

    func stop() {
        listener.stop()
        cut()
    }
}

/// Collects the calls of a producer's listener.
final class DeliveryLog: DeliveryListener {
    struct Entry: Sendable, Equatable {
        let topic: String
        let partition: Int32
        let tags: [TagRun]
        let error: KafkaError?
    }

    private let entries = Mutex<[Entry]>([])
    private let reachability = Mutex<[Bool]>([])
    let wentAway = ThreadCompletion()
    let cameBack = ThreadCompletion()

    var all: [Entry] { entries.withLock { $0 } }
    var delivered: Int { all.filter { $0.error == nil }.flatMap(\.tags).reduce(0) { $0 + $1.count } }
    var failed: [KafkaError] { all.compactMap(\.error) }

    func finished(topic: String, partition: Int32, tags: [TagRun], error: KafkaError?) {
        entries.withLock { $0.append(Entry(topic: topic, partition: partition, tags: tags, error: error)) }
    }

    func brokerUnreachable(_ error: KafkaError) { wentAway.finish() }
    func brokerReachable() { cameBack.finish() }
}

extension KafkaProducer {
    func append(
        _ value: String, key: String? = nil, to topic: ProducerTopic, partition: Int32? = nil, tag: UInt64 = 0
    ) throws {
        try RecordBatchBuilder.withBytes(key.map { Array($0.utf8) }) { key in
            try Array(value.utf8).withUnsafeBytes { value in
                try append(to: topic, partition: partition, key: key, value: value, tag: tag)
            }
        }
    }
}

extension ConsumedRecord {
    var text: String? { value.map { String(decoding: $0, as: UTF8.self) } }
}
