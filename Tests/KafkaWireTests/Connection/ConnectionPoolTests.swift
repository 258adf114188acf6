import KafkaProtocol
import Synchronization
import Testing
import WireStreams
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire

/// Connections that end, that are idle, and brokers that are replaced or throttle.
@Suite struct ConnectionPoolTests {
    private final class Events: KafkaClientObserver {
        let rebootstraps = Mutex<[String]>([])
        let closed = Mutex(0)

        func rebootstrapped(reason: String) { rebootstraps.withLock { $0.append(reason) } }
        func connectionClosed(to broker: SocketAddress, _ error: KafkaError?) { closed.withLock { $0 += 1 } }
    }

    private func ask(_ client: KafkaClient) throws {
        _ = try client.metadata(topics: [], client.cancellation)
    }

    /// Nothing is sent on a connection that the broker has closed: the request could be executed twice otherwise.
    @Test func connectionClosedWhileIdleIsReplacedBeforeARequest() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try ask(cluster.client)
        let counts = cluster.countRequests()
        let before = cluster.connectionCount
        cluster.cutConnections()
        try ask(cluster.client)
        #expect(cluster.connectionCount == before + 1)
        #expect(counts[.metadata] == 1)
    }

    @Test func unusedConnectionsAreClosed() throws {
        let events = Events()
        let cluster = try Cluster {
            $0.connectionsMaxIdleMilliseconds = 0
            $0.observer = events
        }
        defer { cluster.end() }
        try ask(cluster.client)
        try ask(cluster.client)
        #expect(cluster.connectionCount == 2 && events.closed.withLock { $0 } >= 1)
    }

    /// A consumer that is closed while its heartbeat needs a new connection is still a member: it commits and leaves.
    @Test(arguments: [APIKey.apiVersions, .metadata])
    func cancellationIsNoFailureOfTheConnection(during key: APIKey) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let cancellation = Cancellation(parent: cluster.client.cancellation)
        cluster.intercept { request in
            guard request.apiKey == key else { return nil }
            cancellation.cancel()
            return .ignore
        }
        #expect(throws: KafkaError.closed) { _ = try cluster.client.metadata(topics: [], cancellation) }
    }

    /// A broker whose advertised address does not exist: only the bootstrap server reaches it.
    private func withMisplacedBroker(
        _ change: (inout KafkaClientConfiguration) -> Void, _ body: (KafkaClient) throws -> Void
    ) throws {
        let directory = try TemporaryDirectory()
        let broker = try DevelopmentBroker(
            DevelopmentBrokerConfiguration(
                listen: SocketAddress(host: "127.0.0.1", port: 0), advertised: Self.nowhere,
                dataDirectory: directory.path + "/data"))
        broker.start()
        defer { broker.stop() }
        var configuration = KafkaClientConfiguration(bootstrapServers: [broker.address])
        change(&configuration)
        let client = KafkaClient(configuration)
        defer { client.close() }
        try body(client)
    }

    private static let nowhere = SocketAddress(host: "127.0.0.1", port: 1)

    @Test func bootstrapServersAreUsedAgainIfNoBrokerIsReachable() throws {
        let events = Events()
        try withMisplacedBroker { $0.observer = events } _: { client in
            try ask(client)
            #expect(events.rebootstraps.withLock { $0 } == [])
            try ask(client)
            #expect(events.rebootstraps.withLock { $0 } == ["none of the known brokers can be reached"])
        }
    }

    @Test func withoutRecoveryOnlyKnownBrokersAreUsed() throws {
        try withMisplacedBroker { $0.metadataRecovery = .none } _: { client in
            try ask(client)
            #expect {
                try ask(client)
            } throws: { error in
                guard case .unreachable(let brokers, _) = error as? KafkaError else { return false }
                return brokers == [Self.nowhere]
            }
        }
    }

    @Test func brokerCanRequireTheBootstrapServers() throws {
        let events = Events()
        let cluster = try Cluster { $0.observer = events }
        defer { cluster.end() }
        try ask(cluster.client)
        let once = Countdown(1)
        cluster.intercept { request in
            request.apiKey == .metadata && once.take() ? .refuse(.rebootstrapRequired) : nil
        }
        try ask(cluster.client)
        #expect(events.rebootstraps.withLock { $0 } == ["a broker requires it"])
    }

    /// Several names; those that cannot be resolved or reached are skipped, unless there is no other.
    @Test func bootstrapServersAreTriedInTurn() throws {
        let cluster = try Cluster {
            $0.bootstrapServers.insert(SocketAddress(host: "name.invalid", port: 9092), at: 0)
            $0.bootstrapServers.insert(SocketAddress(host: "127.0.0.1", port: 1), at: 0)
        }
        defer { cluster.end() }
        try ask(cluster.client)
        let lost = KafkaClient(
            KafkaClientConfiguration(bootstrapServers: [SocketAddress(host: "name.invalid", port: 9092)]))
        defer { lost.close() }
        #expect(throws: KafkaError.self) { try ask(lost) }
    }

    @Test func canonicalNamesReplaceBootstrapServers() throws {
        let cluster = try Cluster { $0.dnsLookup = .resolveCanonicalBootstrapServersOnly }
        defer { cluster.end() }
        try ask(cluster.client)
        let names = try SocketAddress(host: "127.0.0.1", port: 9092).canonicalNames()
        #expect(names.count == 1 && names[0].port == 9092 && !names[0].host.isEmpty)
    }
}
