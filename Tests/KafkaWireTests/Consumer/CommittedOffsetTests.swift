import KafkaProtocol
import Synchronization
import Testing
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire

/// How members fetch the committed offsets of their group.
@Suite(.serialized, .ownThreads) struct CommittedOffsetTests {
    private static func configuration(_ groupProtocol: ConsumerConfiguration.GroupProtocol) -> ConsumerConfiguration {
        var configuration = ConsumerConfiguration(groupID: "g")
        configuration.offsetReset = .earliest
        configuration.groupProtocol = groupProtocol
        configuration.isAutoCommitEnabled = false
        return configuration
    }

    /// The epoch of a member may change, and a member be removed, while its offsets are fetched.
    @Test(arguments: [KafkaErrorCode.staleMemberEpoch, .unknownMemberID])
    func committedOffsetIsFetchedAgainAfterAChangeOfTheMembership(_ code: KafkaErrorCode) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let producer = KafkaProducer(cluster.client)
        try producer.sendAndWait(KafkaRecord(topic: "t", value: "x"))
        producer.close(timeoutMilliseconds: 5000)
        let refusals = Countdown(2)
        cluster.intercept { $0.apiKey == .offsetFetch && refusals.take() ? .refuse(code) : nil }
        let consumer = KafkaConsumer(cluster.client, Self.configuration(.consumer))
        try consumer.subscribe(to: ["t"])
        while try consumer.poll(timeoutMilliseconds: 100).isEmpty {}
        let later = Countdown(2)
        cluster.intercept { $0.apiKey == .offsetFetch && later.take() ? .refuse(code) : nil }
        #expect(try consumer.committed([TopicPartition("t", 0)]).isEmpty)
        consumer.close()
    }

    @Test(arguments: [ConsumerConfiguration.GroupProtocol.classic, .consumer])
    func onlyMembersOfTheConsumerProtocolFetchOffsetsAsSuch(
        _ groupProtocol: ConsumerConfiguration.GroupProtocol
    ) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let members = Mutex<[String?]>([])
        cluster.intercept { request in
            if let fetch = request.message as? OffsetFetchRequest {
                members.withLock { $0 += fetch.groups.map(\.memberID) }
            }
            return nil
        }
        let consumer = KafkaConsumer(cluster.client, Self.configuration(groupProtocol))
        try consumer.subscribe(to: ["t"])
        while consumer.assignment.isEmpty { _ = try consumer.poll(timeoutMilliseconds: 100) }
        _ = try consumer.committed([TopicPartition("t", 0)])
        let memberID = groupProtocol == .consumer ? try consumer.groupMetadata.memberID : nil
        let found = members.withLock { $0 }
        #expect(!found.isEmpty && found.allSatisfy { $0 == memberID })
        consumer.close()
    }
}
