import KafkaProtocol
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire

/// Connections that end, that are idle, and brokers that are replaced or throttle.
@Suite struct ConnectionPoolTests {
    private final class Events: KafkaClientObserver {
        let rebootstraps = Mutex<[String]>([])
        let closed = Mutex(0)
        let throttledAt = Mutex<MonotonicInstant?>(nil)
        let sentAt = Mutex<MonotonicInstant?>(nil)
        let openedTo = Mutex<SocketAddress?>(nil)

        func throttled(by broker: SocketAddress, milliseconds: Int) { throttledAt.withLock { $0 = .now } }
        func connectionOpened(to broker: SocketAddress, milliseconds: Int) { openedTo.withLock { $0 = broker } }
        func requestSent(_ request: KafkaRequestEvent) { sentAt.withLock { $0 = .now } }
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

    /// After an error response a connection is idle, and another thread may use it at once.
    @Test func errorResponseLeavesTheConnectionToTheNextCall() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let client = cluster.client
        try ask(client)
        let threads = (0..<4).map { _ in ThreadCompletion() }
        for done in threads {
            startThread(named: "caller", completion: done) {
                for _ in 0..<300 {
                    let error = #expect(throws: KafkaError.self) {
                        try client.withAnyBroker(client.cancellation) { (connection) throws(KafkaError) -> Void in
                            var request = MetadataRequest()
                            request.topics = []
                            _ = try connection.request(request)
                            throw KafkaError.code(.coordinatorNotAvailable, about: "a group")
                        }
                    }
                    #expect(error?.errorCode == .coordinatorNotAvailable)
                }
            }
        }
        for done in threads { #expect(done.wait(milliseconds: 60_000)) }
    }

    /// KIP-219, on any connection to the broker.
    @Test func requestsWaitAfterAThrottledResponse() throws {
        let events = Events()
        let cluster = try Cluster { $0.observer = events }
        defer { cluster.end() }
        try cluster.addFault("api=Metadata,throttle_time_ms=400,count=1")
        try ask(cluster.client)
        let throttledAt = try #require(events.throttledAt.withLock { $0 })
        cluster.cutConnections()
        try ask(cluster.client)
        let sentAt = try #require(events.sentAt.withLock { $0 })
        #expect(sentAt.milliseconds(since: throttledAt) >= 390)
    }

    private static let loopbackName =
        (try? SocketAddress(host: "127.0.0.1", port: 1).canonicalNames().first?.host) ?? "127.0.0.1"

    @Test(.enabled(if: loopbackName != "127.0.0.1", "127.0.0.1 has no name"))
    func canonicalNameOfTheBootstrapServerIsUsedIfConfigured() throws {
        let events = Events()
        let cluster = try Cluster {
            $0.observer = events
            $0.dnsLookup = .resolveCanonicalBootstrapServersOnly
        }
        defer { cluster.end() }
        try ask(cluster.client)
        #expect(events.openedTo.withLock { $0?.host } == Self.loopbackName)
    }

    /// KIP-1102: a request for metadata has had no answer for as long as `metadata.recovery.rebootstrap.trigger.ms`.
    @Test func bootstrapServersAreUsedAgainIfThereIsNoMetadataForTooLong() throws {
        let events = Events()
        let cluster = try Cluster {
            $0.observer = events
            $0.rebootstrapTriggerMilliseconds = 50
        }
        defer { cluster.end() }
        try ask(cluster.client)
        let (gate, first) = (RequestGate(), Countdown(1))
        cluster.intercept { $0.apiKey == .metadata && first.take() ? .hold(gate) : nil }
        let completion = ThreadCompletion()
        startThread(named: "asks", completion: completion) { [client = cluster.client] in
            _ = try? client.metadata(topics: [], client.cancellation)
        }
        #expect(gate.awaitHeld(1, milliseconds: 20_000))
        let overdue = MonotonicInstant.now.advanced(byMilliseconds: 50)
        while MonotonicInstant.now < overdue {}
        #expect(events.rebootstraps.withLock { $0 } == [])
        try ask(cluster.client)
        #expect(events.rebootstraps.withLock { $0 } == ["there was no metadata for 50 ms"])
        gate.open()
        #expect(completion.wait(milliseconds: 20_000))
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
