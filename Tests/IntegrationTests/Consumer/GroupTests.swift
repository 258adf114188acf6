import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireCore
import WireTestSupport

/// Consumer groups of a real cluster; `CDCD_TEST_KAFKA=host:port` names a broker, of Kafka 2.8 or later.
@Suite(.ownThreads, .enabled(if: RealServers.kafka != nil, "CDCD_TEST_KAFKA names no broker"))
struct GroupTests {
    /// Three members, of which one comes later and one leaves: each record is received once.
    private func shareAndRead(
        _ topic: ConsumedTopic, _ change: (inout ConsumerConfiguration) -> Void
    ) throws {
        var group = GroupMembers(topic)
        for _ in 0..<2 { try group.add(topic.consumer(group: topic.name, change)) }
        try group.share()
        try topic.write(0..<300)
        try group.read(300)
        try group.add(topic.consumer(group: topic.name, change))
        try group.share()
        try topic.write(300..<600)
        try group.read(600)
        group.closeLast()
        try group.share()
        try topic.write(600..<900)
        try group.read(900)
        #expect(group.received.sorted() == Array(0..<900))
    }

    @Test(arguments: ConsumerConfiguration.Assignor.allCases)
    func membersOfAClassicGroupShareTheRecords(_ assignor: ConsumerConfiguration.Assignor) async throws {
        let topic = try ConsumedTopic(partitions: 6)
        defer { topic.end() }
        try shareAndRead(topic) { $0.assignors = [assignor] }
        let group = try topic.admin.describeGroup(topic.name)
        #expect(group.protocolName == assignor.rawValue && group.protocolType == "consumer")
        #expect(group.members.flatMap(\.partitions).sorted() == topic.partitions)
    }

    @Test func coordinatorSharesTheRecordsOfAGroup() async throws {
        let topic = try ConsumedTopic(partitions: 6)
        defer { topic.end() }
        guard !topic.isOld else {
            let member = topic.consumer(group: topic.name) { $0.groupProtocol = .consumer }
            try member.subscribe(to: [topic.name])
            #expect(throws: KafkaError.self) { try topic.awaitError { _ = try member.poll(timeoutMilliseconds: 1000) } }
            return
        }
        topic.quickenHeartbeats()
        try shareAndRead(topic) { $0.groupProtocol = .consumer }
        let group = try topic.admin.describeGroup(topic.name)
        #expect(group.type == .consumer && group.protocolName == "uniform")
        #expect(group.members.flatMap(\.partitions).sorted() == topic.partitions)
    }

    @Test func coordinatorChoosesTheTopicsOfAPattern() async throws {
        let topic = try ConsumedTopic(partitions: 2)
        defer { topic.end() }
        guard !topic.isOld else { return }
        topic.quickenHeartbeats()
        try topic.write(0..<10)
        let member = topic.consumer(group: topic.name) {
            $0.groupProtocol = .consumer
            $0.remoteAssignor = .range
        }
        try member.subscribe(toPattern: topic.name.dropLast() + ".")
        #expect(try topic.read(member, 10).sorted() == Array(0..<10))
        #expect(member.assignment == Set(topic.partitions))
        #expect(try topic.admin.describeGroup(topic.name).protocolName == "range")
        try member.subscribe(toPattern: "[")
        let error = #expect(throws: KafkaError.self) {
            try topic.awaitError { _ = try member.poll(timeoutMilliseconds: 1000) }
        }
        #expect(error?.errorCode == .invalidRegularExpression)
    }

    @Test(arguments: [ConsumerConfiguration.GroupProtocol.classic, .consumer])
    func staticMemberComesBackWithItsPartitions(_ groupProtocol: ConsumerConfiguration.GroupProtocol) async throws {
        let topic = try ConsumedTopic(partitions: 4)
        defer { topic.end() }
        guard !topic.isOld || groupProtocol == .classic else { return }
        topic.quickenHeartbeats()
        func member(_ id: String) -> KafkaConsumer {
            topic.consumer(group: topic.name) {
                $0.groupInstanceID = id
                $0.groupProtocol = groupProtocol
            }
        }
        var group = GroupMembers(topic)
        for id in ["a", "b"] { try group.add(member(id)) }
        try group.share()
        let (shares, metadata) = (group.members.map(\.assignment), try group.members[0].groupMetadata)
        group.closeLast()
        try group.add(member("b"))
        try group.share()
        #expect(group.members.map(\.assignment) == shares)
        #expect(try group.members[0].groupMetadata == metadata)
        // Another member with the id of a living one.
        let other = member("b")
        try other.subscribe(to: [topic.name])
        let fenced = groupProtocol == .classic ? group.members[1] : other
        let error = #expect(throws: KafkaError.self) {
            try topic.awaitError {
                _ = try group.members[0].poll(timeoutMilliseconds: 10)
                if groupProtocol == .classic { _ = try other.poll(timeoutMilliseconds: 10) }
                _ = try fenced.poll(timeoutMilliseconds: 100)
            }
        }
        switch groupProtocol {
        case .classic: #expect(error == .consumer(.fencedInstanceID("b")))
        case .consumer: #expect(error?.errorCode == .unreleasedInstanceID)
        }
    }

    @Test func taskReadsItsSubscriptionAndCommits() async throws {
        let topic = try ConsumedTopic(partitions: 2)
        defer { topic.end() }
        try topic.write(0..<50)
        let consumer = topic.consumer(group: topic.name) { $0.isAutoCommitEnabled = false }
        try consumer.subscribe(to: [topic.name])
        var numbers: [Int] = []
        for try await record in consumer.records {
            numbers.append(ConsumedTopic.number(record))
            if numbers.count == 50 { break }
        }
        #expect(numbers.sorted() == Array(0..<50))
        try consumer.commit()
        let committed = try consumer.committed(topic.partitions)
        #expect(committed.mapValues(\.offset) == [topic.partitions[0]: 25, topic.partitions[1]: 25])
    }
}
