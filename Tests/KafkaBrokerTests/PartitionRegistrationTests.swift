import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker

@Suite struct PartitionRegistrationTests {
    @Test func replicasOfATopicBeginWithDifferentNodes() {
        let placed = (0..<4).map {
            PartitionRegistration.replicas(count: 2, topic: "t", partition: $0, nodes: 1...3)
        }
        // 't' is 116, of which the remainder by 3 is 2.
        #expect(placed == [[3, 1], [1, 2], [2, 3], [3, 1]])
        #expect(PartitionRegistration.replicas(count: 5, topic: "", partition: 0, nodes: 1...3) == [1, 2, 3])
    }

    @Test func firstRunningReplicaLeads() {
        var registration = PartitionRegistration(replicas: [1, 2, 3], running: [1, 2, 3])
        registration.elect([2, 3])
        #expect(registration == PartitionRegistration(replicas: [1, 2, 3], leader: 2, leaderEpoch: 1))
        registration.elect([1, 2, 3])
        #expect(registration.leader == 2)
        registration.elect([3])
        registration.elect([])
        #expect(registration == PartitionRegistration(replicas: [1, 2, 3], leader: -1, leaderEpoch: 3))
        registration.elect([2])
        #expect(registration == PartitionRegistration(replicas: [1, 2, 3], leader: 2, leaderEpoch: 4))
    }

    /// Every node has the records.
    @Test func theOnlyReplicaMovesToANodeThatRuns() {
        var registration = PartitionRegistration(replicas: [2], running: [1, 2, 3])
        registration.elect([1, 3])
        #expect(registration == PartitionRegistration(replicas: [3], leader: 3, leaderEpoch: 1))
        registration.elect([1])
        #expect(registration == PartitionRegistration(replicas: [1], leader: 1, leaderEpoch: 2))
        #expect(PartitionRegistration(replicas: [2], running: [3]) == PartitionRegistration(replicas: [3], leader: 3))
    }

    @Test func aLeaderThatIsNoReplicaTakesThePlaceOfTheLastOne() {
        var registration = PartitionRegistration(replicas: [1, 2], leader: 2)
        registration.move(to: 3)
        #expect(registration == PartitionRegistration(replicas: [1, 3], leader: 3, leaderEpoch: 1))
        registration.move(to: 3)
        registration.move(to: 1)
        #expect(registration == PartitionRegistration(replicas: [1, 3], leader: 1, leaderEpoch: 2))
    }

    @Test func leaderOfANodeThatIsNotThereAnyLongerIsReplaced() {
        var registration = PartitionRegistration(replicas: [3, 2], leader: 3, leaderEpoch: 5)
        registration.adapt(to: 1...3)
        #expect(registration == PartitionRegistration(replicas: [3, 2], leader: 3, leaderEpoch: 5))
        registration.adapt(to: 1...2)
        #expect(registration == PartitionRegistration(replicas: [2], leader: 2, leaderEpoch: 6))
        registration.adapt(to: 1...1)
        #expect(registration == PartitionRegistration(replicas: [1], leader: 1, leaderEpoch: 7))
    }

    @Test func journalEntryIsReadBack() throws {
        let entry = PartitionJournalEntry(
            .init(topicID: .random(), index: 7), PartitionRegistration(replicas: [3, 1], leader: -1, leaderEpoch: 9))
        #expect(try Self.decode(Self.encode(entry)) == entry)
    }

    /// What the file claims is checked before it is used.
    @Test func journalEntryWithoutReplicasOrWithAWrongEpochIsRefused() {
        for (replicas, epoch) in [([], 0), ([0], 0), ([1], -1), ([1], Int32.max)] as [([Int32], Int32)] {
            let entry = PartitionJournalEntry(
                .init(topicID: .random(), index: 0),
                PartitionRegistration(replicas: replicas, leader: 1, leaderEpoch: epoch))
            #expect(throws: WireError.self) { try Self.decode(Self.encode(entry)) }
        }
    }

    @Test func damagedJournalEntriesNeverTrap() throws {
        let registration = PartitionRegistration(replicas: [3, 1], leader: 3)
        let bytes = Self.encode(PartitionJournalEntry(.init(topicID: .random(), index: 7), registration))
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << bit
                guard var registration = try? Self.decode(damaged).registration else { continue }
                registration.adapt(to: 1...3)
                registration.elect([2])
                #expect(registration.leader == 2)
            }
            #expect(throws: WireError.self) { try Self.decode(Array(bytes[..<index])) }
        }
    }

    private static func encode(_ entry: PartitionJournalEntry) -> [UInt8] {
        var writer = KafkaWriter(isFlexible: true)
        entry.encode(into: &writer)
        return writer.bytes.array()
    }

    private static func decode(_ bytes: [UInt8]) throws -> PartitionJournalEntry {
        try bytes.withUnsafeBytes { bytes in
            var reader = KafkaReader(ByteReader(bytes), isFlexible: true)
            return try PartitionJournalEntry(from: &reader)
        }
    }

    /// A coordinator is the node that the hash of the key determines, or another one while that is stopped.
    @Test func coordinatorMovesWhileItsNodeIsStopped() {
        let membership = ClusterMembership(nodeCount: 3)
        // 'a' is 97, of which the remainder by 3 is 1.
        #expect(["a", "b", "c"].map { membership.coordinator(of: $0) } == [2, 3, 1])
        membership.setRunning(false, 2)
        #expect(["a", "b", "c"].map { membership.coordinator(of: $0) } == [3, 3, 1])
        membership.setRunning(true, 2)
        #expect(membership.coordinator(of: "a") == 2)
        // The hash is negative.
        #expect("polygenelubricants".javaHashCode == .min)
        #expect(membership.coordinator(of: "polygenelubricants") == 1)
        for id in membership.ids { membership.setRunning(false, id) }
        #expect(membership.coordinator(of: "a") == nil)
    }
}
