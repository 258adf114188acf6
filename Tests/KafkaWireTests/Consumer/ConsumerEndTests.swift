import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire

/// How long the end of a consumer lasts if brokers do not answer, or only some requests.
@Suite(.serialized, .ownThreads) struct ConsumerEndTests {
    enum Silence: CaseIterable {
        case all, commits, end, fetchSessions, backgroundCommit, connections
    }

    private static let timeoutMilliseconds = 500
    /// Well below the timeouts of a request and a connection.
    private static let limitMilliseconds = 8000

    @Test(arguments: Silence.allCases, [ConsumerConfiguration.GroupProtocol.classic, .consumer])
    func closeEndsAtItsTimeout(_ silence: Silence, _ groupProtocol: ConsumerConfiguration.GroupProtocol) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let producer = KafkaProducer(cluster.client)
        try producer.append("x", to: producer.topic("t"))
        producer.close(timeoutMilliseconds: 10_000)
        var configuration = ConsumerConfiguration(groupID: "g")
        configuration.offsetReset = .earliest
        configuration.groupProtocol = groupProtocol
        // Only the end commits.
        configuration.autoCommitIntervalMilliseconds = 600_000
        let consumer = KafkaConsumer(cluster.client, configuration)
        try consumer.subscribe(to: ["t"])
        while try consumer.poll(timeoutMilliseconds: 100).isEmpty {}
        let isIgnored: @Sendable (InterceptedRequest) -> Bool
        switch silence {
        case .all:
            cluster.silenceBroker()
            isIgnored = { _ in false }
        case .commits, .backgroundCommit: isIgnored = { $0.apiKey == .offsetCommit }
        case .end:
            isIgnored = { request in
                (request.message as? ConsumerGroupHeartbeatRequest).map { $0.memberEpoch < 0 }
                    ?? (request.apiKey == .leaveGroup)
            }
        case .fetchSessions: isIgnored = { ($0.message as? FetchRequest)?.sessionEpoch == -1 }
        case .connections:
            cluster.cutConnections()
            isIgnored = { $0.apiKey == .apiVersions }
        }
        cluster.intercept { isIgnored($0) ? .ignore : nil }
        if silence == .backgroundCommit { try consumer.commitInBackground() }
        let started = MonotonicInstant.now
        consumer.close(timeoutMilliseconds: Self.timeoutMilliseconds)
        #expect(MonotonicInstant.now.milliseconds(since: started) < Self.limitMilliseconds)
        #expect(throws: KafkaError.closed) { try consumer.poll(timeoutMilliseconds: 0) }
    }

    /// A timeout that is not needed is not waited for.
    @Test func closeEndsWhenTheBrokersHaveAnswered() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let consumer = KafkaConsumer(cluster.client, ConsumerConfiguration(groupID: "g"))
        try consumer.subscribe(to: ["t"])
        while consumer.assignment.isEmpty { _ = try consumer.poll(timeoutMilliseconds: 100) }
        let started = MonotonicInstant.now
        consumer.close(timeoutMilliseconds: 600_000)
        #expect(MonotonicInstant.now.milliseconds(since: started) < 60_000)
        #expect(try KafkaAdmin(cluster.client).describeGroup("g").members.isEmpty)
    }
}
