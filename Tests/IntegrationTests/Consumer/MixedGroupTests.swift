import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireStreams
import WireTestSupport

/// Groups whose members are clients of several projects; `CDCD_TEST_KAFKA=host:port` names a broker, of Kafka 2.8 or
/// later.
@Suite(.ownThreads, .serialized, .enabled(if: RealServers.kafka != nil, "CDCD_TEST_KAFKA names no broker"))
struct MixedGroupTests {
    /// The members of one group: one of this library, and one of each of the others.
    private struct Members {
        let topic: ConsumedTopic
        let own: KafkaConsumer
        var others: [ForeignMember]
        var received: [Int] = []

        mutating func poll() throws { received += try own.poll(timeoutMilliseconds: 20).map(ConsumedTopic.number) }

        var all: [Int] { received + others.flatMap(\.received) }

        /// Polls until each partition belongs to one member, and each member has one.
        mutating func share() throws {
            let deadline = MonotonicInstant.now.advanced(byMilliseconds: 60_000)
            while MonotonicInstant.now < deadline {
                try poll()
                let shares = [Set(own.assignment.map(\.partition))] + others.map(\.assigned)
                guard shares.reduce(0, { $0 + $1.count }) == topic.partitions.count,
                    Set(shares.joined()) == Set(topic.partitions.map(\.partition)), !shares.contains([])
                else { continue }
                return
            }
            Issue.record(
                """
                the partitions are not shared: \(own.assignment.map(\.partition)), \
                \(others.map { "\($0.client) \($0.assigned) \($0.complaints)" })
                """)
        }

        mutating func read(_ count: Int) throws {
            let deadline = MonotonicInstant.now.advanced(byMilliseconds: 30_000)
            while all.count < count, MonotonicInstant.now < deadline { try poll() }
        }
    }

    /// The members besides Java's that can run here; the others are named.
    private func present(_ clients: [ForeignMember.Client]) -> [ForeignMember.Client] {
        clients.filter { client in
            guard let reason = ForeignMember.absence(of: client) else { return true }
            print("MixedGroupTests: without \(client.rawValue): \(reason)")
            return false
        }
    }

    /// Each record is received by one member; a member that leaves has committed, and the others go on from there.
    private func share(
        _ clients: [ForeignMember.Client], assignor: ConsumerConfiguration.Assignor?
    ) throws {
        let topic = try ConsumedTopic(partitions: 8)
        defer { topic.end() }
        let scratch = try ScratchDirectory()
        let broker = try #require(RealServers.kafka).description
        if assignor == nil { topic.quickenHeartbeats() }
        let own = topic.consumer(group: topic.name) {
            if let assignor { $0.assignors = [assignor] } else { $0.groupProtocol = .consumer }
            $0.isAutoCommitEnabled = false
        }
        try own.subscribe(to: [topic.name], listener: CommitAtRevocation())
        var members = Members(topic: topic, own: own, others: [])
        for client in clients {
            members.others.append(
                try ForeignMember(
                    client, broker: broker, topic: topic.name, assignor: assignor?.rawValue, scratch: scratch))
        }
        try members.share()
        // The coordinator may still take partitions from a member that has more than its share.
        var group = try topic.admin.describeGroup(topic.name)
        let end = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        while group.members.flatMap(\.partitions).sorted() != topic.partitions, MonotonicInstant.now < end {
            try members.poll()
            group = try topic.admin.describeGroup(topic.name)
        }
        #expect(group.members.count == 1 + clients.count)
        #expect(group.members.flatMap(\.partitions).sorted() == topic.partitions)
        try topic.write(0..<400)
        try members.read(400)
        #expect(members.all.sorted() == Array(0..<400))
        // The others leave one after the other.
        var received: [Int] = []
        while let leaving = members.others.popLast() {
            leaving.leave()
            received += leaving.received
            try members.share()
        }
        members.received += received
        try topic.write(400..<600)
        try members.read(600)
        #expect(members.all.sorted() == Array(0..<600))
        // Another client continues where this one has committed.
        try own.commit()
        own.close()
        let last = try ForeignMember(
            clients[0], broker: broker, topic: topic.name, assignor: assignor?.rawValue, scratch: scratch)
        try topic.write(600..<700)
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 30_000)
        while last.received.count < 100, MonotonicInstant.now < deadline {
            _ = ThreadCompletion().wait(milliseconds: 20)
        }
        #expect(last.received.sorted() == Array(600..<700), "\(last.complaints)")
        last.leave()
    }

    @Test(.enabled(if: ForeignMember.hasJava, "Java's client is absent: it needs java and $CDCD_PEERS/kafka"))
    func membersOfFourClientsShareAClassicGroupByRange() async throws {
        try share(present(ForeignMember.Client.allCases), assignor: .range)
    }

    @Test(.enabled(if: ForeignMember.hasJava, "Java's client is absent: it needs java and $CDCD_PEERS/kafka"))
    func membersOfThreeClientsShareAClassicGroupCooperatively() async throws {
        // kafka-python has no cooperative assignor.
        try share(present([.java, .librdkafka]), assignor: .cooperativeSticky)
    }

    @Test(.enabled(if: ForeignMember.hasJava, "Java's client is absent: it needs java and $CDCD_PEERS/kafka"))
    func membersShareAGroupOfTheConsumerProtocolWithJava() async throws {
        let topic = try ConsumedTopic()
        defer { topic.end() }
        guard !topic.isOld else { return }
        try share([.java, .java], assignor: nil)
    }
}

/// Commits what was received before partitions are given away.
private final class CommitAtRevocation: RebalanceListener {
    func partitionsRevoked(_ partitions: [TopicPartition], of consumer: KafkaConsumer) { try? consumer.commit() }
}
