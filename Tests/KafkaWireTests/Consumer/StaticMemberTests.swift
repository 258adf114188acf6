import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire

/// Members with `group.instance.id` (KIP-345), in both protocols.
@Suite(.serialized, .ownThreads) struct StaticMemberTests {
    typealias GroupProtocol = ConsumerConfiguration.GroupProtocol

    private static let protocols = [GroupProtocol.classic, .consumer]

    private static func consumer(
        _ cluster: Cluster, _ groupProtocol: GroupProtocol, _ change: (inout ConsumerConfiguration) -> Void = { _ in }
    ) throws -> KafkaConsumer {
        var configuration = ConsumerConfiguration(groupID: "g")
        configuration.groupProtocol = groupProtocol
        configuration.groupInstanceID = "one"
        configuration.offsetReset = .earliest
        configuration.heartbeatIntervalMilliseconds = 50
        change(&configuration)
        let consumer = KafkaConsumer(cluster.client, configuration)
        try consumer.subscribe(to: ["t"])
        return consumer
    }

    private static func awaitAssignment(_ consumer: KafkaConsumer) throws {
        while consumer.assignment.isEmpty { _ = try consumer.poll(timeoutMilliseconds: 100) }
    }

    /// The error that ends a member.
    private static func failure(of consumer: KafkaConsumer) throws -> KafkaError? {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        do throws(KafkaError) {
            while MonotonicInstant.now < deadline { _ = try consumer.poll(timeoutMilliseconds: 100) }
            return nil
        } catch { return error }
    }

    private static func cluster() throws -> Cluster {
        let cluster = try Cluster()
        try cluster.makeTopic("t")
        return cluster
    }

    /// The epochs with which members of the consumer protocol have left.
    private static func leaveEpochs(_ cluster: Cluster) -> Monitor<[Int32]> {
        let epochs = Monitor<[Int32]>([])
        cluster.intercept { request in
            if let heartbeat = request.message as? ConsumerGroupHeartbeatRequest, heartbeat.memberEpoch < 0 {
                epochs.update { $0.append(heartbeat.memberEpoch) }
            }
            return nil
        }
        return epochs
    }

    @Test(arguments: protocols) func memberKeepsItsAssignmentAtARestart(_ groupProtocol: GroupProtocol) throws {
        let cluster = try Self.cluster()
        defer { cluster.end() }
        var generations: [Int32] = []
        for _ in 0..<2 {
            let consumer = try Self.consumer(cluster, groupProtocol)
            try Self.awaitAssignment(consumer)
            generations.append(try consumer.groupMetadata.generationID)
            consumer.close()
        }
        #expect(generations[0] == generations[1])
    }

    /// The program may come back before the session times out.
    @Test(arguments: protocols) func memberThatDoesNotPollRemains(_ groupProtocol: GroupProtocol) throws {
        let cluster = try Self.cluster()
        defer { cluster.end() }
        let requests = cluster.countRequests()
        let epochs = Self.leaveEpochs(cluster)
        let consumer = try Self.consumer(cluster, groupProtocol) { $0.maxPollIntervalMilliseconds = 300 }
        try Self.awaitAssignment(consumer)
        let generation = try consumer.groupMetadata.generationID
        // The membership ends for the program.
        while try consumer.groupMetadata.generationID >= 0 {}
        if groupProtocol == .consumer {
            #expect(epochs.wait(until: .now.advanced(byMilliseconds: 20_000)) { $0.isEmpty ? nil : $0 } == [-2])
        }
        #expect(requests[.leaveGroup] == 0)
        while try consumer.groupMetadata.generationID < 0 { _ = try consumer.poll(timeoutMilliseconds: 20) }
        try Self.awaitAssignment(consumer)
        // A member of a classic group that joins again as its leader begins a generation.
        if groupProtocol == .consumer { #expect(try consumer.groupMetadata.generationID == generation) }
        consumer.close(membership: .leave)
        #expect(try KafkaAdmin(cluster.client).describeGroup("g").members.isEmpty)
    }

    @Test func newerMemberEndsTheOlderOneOfAClassicGroup() throws {
        let cluster = try Self.cluster()
        defer { cluster.end() }
        let older = try Self.consumer(cluster, .classic)
        try Self.awaitAssignment(older)
        let newer = try Self.consumer(cluster, .classic)
        try Self.awaitAssignment(newer)
        #expect(try Self.failure(of: older) == .consumer(.fencedInstanceID("one")))
        older.close()
        _ = try newer.poll(timeoutMilliseconds: 100)
        #expect(newer.assignment.count == 1)
        newer.close()
    }

    /// Before the older one learns of its end by a heartbeat.
    @Test func olderMemberOfAClassicGroupCannotCommit() throws {
        let cluster = try Self.cluster()
        defer { cluster.end() }
        let older = try Self.consumer(cluster, .classic) { $0.heartbeatIntervalMilliseconds = 600_000 }
        try Self.awaitAssignment(older)
        let newer = try Self.consumer(cluster, .classic)
        try Self.awaitAssignment(newer)
        let error = #expect(throws: KafkaError.self) {
            try older.commit([TopicPartition("t", 0): OffsetAndMetadata(1)])
        }
        #expect(error == .consumer(.fencedInstanceID("one")))
        older.close()
        newer.close()
    }

    @Test func newerMemberOfTheConsumerProtocolIsRefused() throws {
        let cluster = try Self.cluster()
        defer { cluster.end() }
        let older = try Self.consumer(cluster, .consumer)
        try Self.awaitAssignment(older)
        let newer = try Self.consumer(cluster, .consumer)
        #expect(try Self.failure(of: newer)?.errorCode == .unreleasedInstanceID)
        newer.close()
        _ = try older.poll(timeoutMilliseconds: 100)
        #expect(older.assignment.count == 1)
        older.close()
    }
}
