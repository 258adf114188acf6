import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

@testable import KafkaWire

/// Assignments of Kafka's own assignors for random groups: see the fixture's ORIGIN.md.
@Suite struct AssignorTests {
    private struct Vector {
        let line: Int
        let assignor: ConsumerConfiguration.Assignor
        let group: GroupSubscription
        let expected: GroupAssignment

        /// Returns nil for a line with user data.
        init?(_ line: Int, _ text: Substring) throws {
            let fields = text.split(separator: "|", omittingEmptySubsequences: false)
            guard fields[0] != "data" else { return nil }
            self.line = line
            assignor = try #require(ConsumerConfiguration.Assignor(rawValue: String(fields[0])))
            var topics: [String: [GroupSubscription.Partition]] = [:]
            for topic in fields[1].split(separator: " ") {
                let parts = topic.split(separator: "=", omittingEmptySubsequences: false)
                topics[String(parts[0])] = parts[1].split(separator: ",", omittingEmptySubsequences: false)
                    .enumerated().map { index, racks in
                        GroupSubscription.Partition(
                            index: Int32(index), racks: Set(racks.split(separator: "+").map(String.init)))
                    }
            }
            let members = try fields[2].split(separator: " ").map { member in
                let parts = member.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
                return GroupSubscription.Member(
                    memberID: parts[0], instanceID: parts[1].isEmpty ? nil : parts[1],
                    topics: parts[4].split(separator: ",").map(String.init), rack: parts[2].isEmpty ? nil : parts[2],
                    owned: try Self.partitions(parts[5]), generation: try #require(Int32(parts[3])))
            }
            group = GroupSubscription(topics: topics, members: members)
            expected = Dictionary(uniqueKeysWithValues: try fields[3].split(separator: " ").map { member in
                let parts = member.split(separator: "=", omittingEmptySubsequences: false)
                return (String(parts[0]), try Self.partitions(String(parts[1])))
            })
        }

        static func partitions(_ text: String) throws -> [TopicPartition] {
            try text.split(separator: ",").map { text in
                let parts = text.split(separator: "-")
                return TopicPartition(String(parts[0]), try #require(Int32(parts[1])))
            }
        }

        var isSubscribedEqually: Bool { Set(group.members.map { Set($0.topics) }).count == 1 }

        var hasRacks: Bool { group.members.contains { $0.rack != nil } }

        /// The partitions that remain with their owner. Only claims of one member count.
        func kept(by assignment: GroupAssignment) -> Int {
            let claims = Dictionary(grouping: group.members.flatMap(\.owned)) { $0 }.mapValues(\.count)
            return group.members.reduce(0) { sum, member in
                sum + member.owned.count { claims[$0] == 1 && assignment[member.memberID]!.contains($0) }
            }
        }

        /// The assigned partitions that have a replica in their member's rack.
        func inRack(_ assignment: GroupAssignment) -> Int {
            group.members.reduce(0) { sum, member in
                sum + assignment[member.memberID]!.count { partition in
                    member.rack.map { rack in
                        group.topics[partition.topic]![Int(partition.partition)].racks.contains(rack)
                    } ?? true
                }
            }
        }
    }

    private static func vectors(_ assignor: ConsumerConfiguration.Assignor) throws -> [Vector] {
        let lines = try Fixtures.text("kafka/assignments/4.3.1.txt").split(separator: "\n")
        let vectors = try lines.enumerated().compactMap { try Vector($0.offset + 1, $0.element) }
        return vectors.filter { $0.assignor == assignor }
    }

    @Test(arguments: [ConsumerConfiguration.Assignor.range, .roundRobin])
    func assignmentsEqualKafkas(_ assignor: ConsumerConfiguration.Assignor) throws {
        let vectors = try Self.vectors(assignor)
        #expect(vectors.count == 160)
        for vector in vectors { #expect(assignor.assign(vector.group) == vector.expected, "line \(vector.line)") }
    }

    /// Kafka's sticky assignors choose among equal members by the order of a hash table. What they guarantee is
    /// compared: balance, partitions that stay, and partitions in the rack of their member.
    @Test(arguments: [ConsumerConfiguration.Assignor.sticky, .cooperativeSticky])
    func stickyAssignmentsAreAsGoodAsKafkas(_ assignor: ConsumerConfiguration.Assignor) throws {
        let vectors = try Self.vectors(assignor)
        #expect(vectors.count >= 159)
        var (kept, keptByKafka, inRack, inRackByKafka) = (0, 0, 0, 0)
        for vector in vectors {
            let found = assignor.assign(vector.group)
            expectValid(found, vector)
            let complete = StickyAssignor.assign(vector.group)
            expectBalanced(complete, vector)
            if vector.isSubscribedEqually, !vector.hasRacks {
                #expect(vector.kept(by: found) >= vector.kept(by: vector.expected), "line \(vector.line)")
            }
            if vector.isSubscribedEqually, assignor == .sticky {
                #expect(
                    found.values.map(\.count).sorted() == vector.expected.values.map(\.count).sorted(),
                    "line \(vector.line)")
            }
            kept += vector.kept(by: found)
            keptByKafka += vector.kept(by: vector.expected)
            if vector.hasRacks, assignor == .sticky {
                inRack += vector.inRack(found)
                inRackByKafka += vector.inRack(vector.expected)
            }
        }
        // With different subscriptions neither is always better.
        #expect(kept * 100 >= keptByKafka * 97)
        #expect(inRack >= inRackByKafka)
    }

    /// Every partition of a subscribed topic has one owner, which is subscribed; a cooperative assignment may leave out
    /// partitions that move.
    private func expectValid(_ assignment: GroupAssignment, _ vector: Vector) {
        #expect(Set(assignment.keys) == Set(vector.group.members.map(\.memberID)))
        let all = assignment.values.flatMap { $0 }
        #expect(Set(all).count == all.count, "line \(vector.line)")
        let owned = Set(vector.group.members.flatMap(\.owned))
        for (topic, partitions) in vector.group.topics {
            guard vector.group.members.contains(where: { $0.topics.contains(topic) }) else { continue }
            for partition in partitions {
                let name = TopicPartition(topic, partition.index)
                let isMoving = vector.assignor.isCooperative && owned.contains(name)
                #expect(all.contains(name) || isMoving, "line \(vector.line): \(name)")
            }
        }
        for member in vector.group.members {
            for partition in assignment[member.memberID] ?? [] {
                #expect(member.topics.contains(partition.topic), "line \(vector.line)")
                let others = vector.group.members.filter { $0.memberID != member.memberID }
                if vector.assignor.isCooperative {
                    #expect(!others.contains { $0.owned.contains(partition) }, "line \(vector.line): not released")
                }
            }
        }
    }

    /// No partition could move to a subscribed member that has at least two fewer.
    private func expectBalanced(_ assignment: GroupAssignment, _ vector: Vector) {
        for member in vector.group.members {
            let own = assignment[member.memberID] ?? []
            for other in vector.group.members where (assignment[other.memberID]?.count ?? 0) + 1 < own.count {
                #expect(!own.contains { other.topics.contains($0.topic) }, "line \(vector.line)")
            }
        }
    }

    /// Membership of a group that changes: the same partitions stay, and a partition is never assigned while another
    /// member has it.
    @Test func cooperativeAssignmentConvergesInTwoRebalances() {
        let topics = ["t": (0..<6).map { GroupSubscription.Partition(index: $0) }]
        let all = (0..<6).map { TopicPartition("t", $0) }
        let first = GroupSubscription.Member(memberID: "a", topics: ["t"], owned: all, generation: 1)
        let second = GroupSubscription.Member(memberID: "b", topics: ["t"])
        let revoking = StickyAssignor.assignCooperatively(GroupSubscription(topics: topics, members: [first, second]))
        #expect(revoking == ["a": Array(all[..<3]), "b": []])
        var revoked = first
        revoked.owned = revoking["a"]!
        let complete = StickyAssignor.assignCooperatively(GroupSubscription(topics: topics, members: [revoked, second]))
        #expect(complete == ["a": Array(all[..<3]), "b": Array(all[3...])])
    }
}
