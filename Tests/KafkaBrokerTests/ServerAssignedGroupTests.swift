import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker

/// Groups in the protocol of KIP-848.
@Suite struct ServerAssignedGroupTests {
    private static let start = MonotonicInstant(nanoseconds: 0)

    private static func id(_ number: UInt64) -> KafkaUUID { KafkaUUID(high: 0, low: number) }

    private static func catalog(_ counts: [String: Int32], version: UInt64 = 1) -> TopicCatalog {
        let topics = counts.map { name, count in
            (name, TopicCatalog.Topic(id: id(UInt64(name.utf8.last ?? 0)), partitionCount: count))
        }
        return TopicCatalog(version: version, topics: Dictionary(uniqueKeysWithValues: topics))
    }

    private static func partitions(_ topic: String, _ indexes: [Int32]) -> PartitionSets {
        PartitionSets([id(UInt64(topic.utf8.last ?? 0)): Set(indexes)])
    }

    private typealias Heartbeat = ServerAssignedGroup.Heartbeat

    private func join(_ memberID: String, _ topics: [String] = ["a"], instance: String? = nil) -> Heartbeat {
        .init(
            memberID: memberID, epoch: 0, instanceID: instance, rebalanceTimeoutMilliseconds: 1000, topicNames: topics,
            owned: PartitionSets())
    }

    private func beat(_ memberID: String, _ epoch: Int32, owned: PartitionSets? = nil) -> Heartbeat {
        .init(memberID: memberID, epoch: epoch, owned: owned)
    }

    private func handle(
        _ group: inout ServerAssignedGroup, _ heartbeat: Heartbeat, _ catalog: TopicCatalog
    ) throws -> ServerAssignedGroup.Answer {
        try group.handle(heartbeat, catalog, now: Self.start)
    }

    private func code(_ group: inout ServerAssignedGroup, _ heartbeat: Heartbeat) -> KafkaErrorCode {
        do throws(ServerAssignedGroup.HeartbeatError) {
            _ = try group.handle(heartbeat, Self.catalog(["a": 4]), now: Self.start)
            return .none
        } catch { return error.code }
    }

    @Test func firstMemberGetsAllPartitionsAtOnce() throws {
        var group = ServerAssignedGroup(groupID: "g")
        #expect(group.stateName == "Empty")
        let answer = try group.handle(join("m"), Self.catalog(["a": 3]), now: Self.start)
        #expect(answer == .init(memberID: "m", epoch: 1, assignment: Self.partitions("a", [0, 1, 2])))
        #expect(group.stateName == "Stable")
        let next = try group.handle(beat("m", 1), Self.catalog(["a": 3]), now: Self.start)
        #expect(next == .init(memberID: "m", epoch: 1, assignment: nil))
    }

    /// A partition is given to a member only after the other one no longer owns it.
    @Test func partitionsMoveOneMemberAfterTheOther() throws {
        let catalog = Self.catalog(["a": 4])
        var group = ServerAssignedGroup(groupID: "g")
        _ = try group.handle(join("m"), catalog, now: Self.start)
        let second = try group.handle(join("n"), catalog, now: Self.start)
        #expect(second == .init(memberID: "n", epoch: 2, assignment: PartitionSets()))
        let all = Self.partitions("a", [0, 1, 2, 3])
        let revoke = try group.handle(beat("m", 1, owned: all), catalog, now: Self.start)
        let kept = try #require(revoke.assignment)
        #expect(revoke.epoch == 1 && kept.count == 2)
        #expect(group.stateName == "Reconciling")
        // It still owns them.
        #expect(try handle(&group, beat("m", 1), catalog).epoch == 1)
        #expect(try handle(&group, beat("n", 2), catalog).assignment == nil)
        #expect(try handle(&group, beat("m", 1, owned: kept), catalog).epoch == 2)
        let given = try group.handle(beat("n", 2), catalog, now: Self.start)
        #expect(given.assignment == all.subtracting(kept))
        #expect(group.stateName == "Stable")
    }

    @Test func changedTopicsBeginAnEpoch() throws {
        var group = ServerAssignedGroup(groupID: "g")
        _ = try group.handle(join("m"), Self.catalog(["a": 1]), now: Self.start)
        let same = try group.handle(beat("m", 1), Self.catalog(["a": 1, "b": 1], version: 2), now: Self.start)
        #expect(same.epoch == 1)
        let grown = try group.handle(beat("m", 1), Self.catalog(["a": 2, "b": 1], version: 3), now: Self.start)
        #expect(grown == .init(memberID: "m", epoch: 2, assignment: Self.partitions("a", [0, 1])))
    }

    @Test func patternsSubscribeToPresentAndFutureTopics() throws {
        var group = ServerAssignedGroup(groupID: "g")
        var heartbeat = join("m", [])
        heartbeat.topicNames = nil
        heartbeat.pattern = "x-.*"
        let first = try group.handle(heartbeat, Self.catalog(["x-1": 1, "y-2": 1]), now: Self.start)
        #expect(first.assignment == Self.partitions("x-1", [0]))
        let next = try group.handle(
            beat("m", 1), Self.catalog(["x-1": 1, "y-2": 1, "x-3": 1], version: 2), now: Self.start)
        #expect(next.assignment == Self.partitions("x-1", [0]).union(Self.partitions("x-3", [0])))
    }

    @Test func wrongMembersAndEpochsAreRefused() throws {
        var group = ServerAssignedGroup(groupID: "g")
        let joined = [code(&group, join("m")), code(&group, join("n"))]
        #expect(joined == [.none, .none])
        let codes = [
            code(&group, beat("x", 1)), code(&group, beat("m", 9)), code(&group, beat("n", 1)),
            // The response with epoch 2 was lost: the member repeats 1, with what it has.
            code(&group, beat("m", 1, owned: Self.partitions("a", [0, 1]))),
            code(&group, beat("x", ServerAssignedGroup.leaveEpoch)),
        ]
        #expect(codes == [.unknownMemberID, .fencedMemberEpoch, .fencedMemberEpoch, .none, .unknownMemberID])
        #expect(group.validate(memberID: "n", epoch: 2) == .none)
        #expect(group.validate(memberID: "n", epoch: 1) == .staleMemberEpoch)
        #expect(group.validate(memberID: "", epoch: -1) == .unknownMemberID)
    }

    @Test func staticMemberKeepsItsAssignmentWhileItIsAway() throws {
        let catalog = Self.catalog(["a": 4])
        var group = ServerAssignedGroup(groupID: "g")
        _ = try group.handle(join("m", instance: "i"), catalog, now: Self.start)
        let refused = code(&group, join("other", instance: "i"))
        #expect(refused == .unreleasedInstanceID)
        var leave = beat("m", ServerAssignedGroup.leaveStaticEpoch)
        leave.instanceID = "i"
        #expect(try handle(&group, leave, catalog).epoch == -2)
        let epoch = group.epoch
        let returned = try group.handle(join("other", instance: "i"), catalog, now: Self.start)
        #expect(returned == .init(memberID: "other", epoch: 1, assignment: Self.partitions("a", [0, 1, 2, 3])))
        #expect(group.epoch == epoch)
    }

    @Test func membersAreRemovedAfterTheirSessionAndTheirTimeToRevoke() throws {
        let catalog = Self.catalog(["a": 4])
        var group = ServerAssignedGroup(groupID: "g")
        _ = try group.handle(join("m"), catalog, now: Self.start)
        _ = try group.handle(join("n"), catalog, now: Self.start)
        _ = try group.handle(beat("m", 1, owned: Self.partitions("a", [0, 1, 2, 3])), catalog, now: Self.start)
        #expect(group.nextDeadline == Self.start.advanced(byMilliseconds: 1000))
        let early = group.handleTimeouts(now: Self.start.advanced(byMilliseconds: 999))
        let late = group.handleTimeouts(now: Self.start.advanced(byMilliseconds: 1000))
        #expect(!early && late && Array(group.members.keys) == ["n"])
        let given = try group.handle(beat("n", 2), catalog, now: Self.start)
        #expect(given.assignment?.count == 4)
        let sessionEnd = Self.start.advanced(byMilliseconds: ServerAssignedGroup.sessionMilliseconds)
        let ended = group.handleTimeouts(now: sessionEnd)
        #expect(ended && group.stateName == "Empty")
    }

    // MARK: Assignors

    @Test func rangesAreContiguousForEachTopic() {
        let members = ["n", "m", "o"].map {
            PartitionAssignor.Member(id: $0, topics: [Self.id(1), Self.id(2)], current: PartitionSets())
        }
        let result = PartitionAssignor.range.assign(members, [Self.id(1): 7, Self.id(2): 2])
        #expect(result["m"] == PartitionSets([Self.id(1): [0, 1, 2], Self.id(2): [0]]))
        #expect(result["n"] == PartitionSets([Self.id(1): [3, 4], Self.id(2): [1]]))
        #expect(result["o"] == PartitionSets([Self.id(1): [5, 6]]))
    }

    /// Each partition has one subscribed member; with equal subscriptions the numbers differ by one at most, and only
    /// as many partitions move as must.
    @Test func uniformAssignmentsAreBalancedAndKeepWhatTheyCan() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let counts = Dictionary(
                uniqueKeysWithValues: (1...4).map { (Self.id($0), Int32.random(in: 1...9, using: &random)) })
            let isEqual = Bool.random(using: &random)
            var members = (0..<Int.random(in: 1...6, using: &random)).map { index in
                let topics = counts.keys.filter { _ in isEqual || Bool.random(using: &random) }
                return PartitionAssignor.Member(id: "m\(index)", topics: Set(topics), current: PartitionSets())
            }
            for _ in 0..<3 {
                let result = PartitionAssignor.uniform.assign(members, counts)
                var seen = PartitionSets()
                for member in members {
                    let assigned = result[member.id] ?? PartitionSets()
                    #expect(!assigned.intersects(seen), "seed \(seed)")
                    #expect(assigned.byTopic.keys.allSatisfy(member.topics.contains), "seed \(seed)")
                    seen = seen.union(assigned)
                }
                let subscribed = Set(members.flatMap(\.topics))
                #expect(seen.count == counts.filter { subscribed.contains($0.key) }.reduce(0) { $0 + Int($1.value) })
                let sizes = members.map { result[$0.id]?.count ?? 0 }
                if isEqual { #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1, "seed \(seed)") }
                for index in members.indices { members[index].current = result[members[index].id] ?? PartitionSets() }
                let again = PartitionAssignor.uniform.assign(members, counts)
                if isEqual { #expect(again == result, "seed \(seed)") }
                if members.count > 1 { members.removeLast() }
            }
        }
    }

    // MARK: Simulation

    /// A member as a client knows itself.
    private struct Client {
        var epoch: Int32 = 0
        var owned = PartitionSets()
        var target: PartitionSets?
        /// After a lost response a client repeats all that it has.
        var mustRepeat = false
    }

    /// Members that join, leave, disappear and lose responses: no partition is owned by two, and when all send
    /// heartbeats the group becomes stable with every partition assigned.
    @Test func randomMembersNeverShareAPartitionAndConverge() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            var group = ServerAssignedGroup(groupID: "g")
            var clients: [String: Client] = [:]
            var catalog = Self.catalog(["a": 5, "b": 3])
            var now = Self.start
            func send(_ name: String, loses: Bool) {
                var client = clients[name] ?? Client()
                // What is no longer assigned is given up before the next heartbeat.
                if let target = client.target {
                    client.owned = target
                    client.target = nil
                }
                var heartbeat = client.epoch == 0
                    ? join(name, ["a", "b"]) : beat(name, client.epoch, owned: client.owned)
                if client.mustRepeat { heartbeat.topicNames = ["a", "b"] }
                heartbeat.rebalanceTimeoutMilliseconds = 1000
                client.mustRepeat = loses
                do throws(ServerAssignedGroup.HeartbeatError) {
                    let answer = try group.handle(heartbeat, catalog, now: now)
                    if !loses {
                        client.epoch = answer.epoch
                        client.target = answer.assignment
                        clients[name] = client
                    } else if client.epoch > 0 {
                        clients[name] = client
                    }
                } catch {
                    // Fenced: it gives up everything and joins again.
                    clients[name] = Client()
                }
            }
            for step in 0..<60 {
                let name = "m\(Int.random(in: 0..<4, using: &random))"
                now = now.advanced(byMilliseconds: 100)
                switch Int.random(in: 0..<10, using: &random) {
                case 0 where clients[name] != nil:
                    _ = try? group.handle(beat(name, ServerAssignedGroup.leaveEpoch), catalog, now: now)
                    clients[name] = nil
                case 1:
                    catalog = Self.catalog(
                        ["a": Int32.random(in: 1...6, using: &random), "b": 3], version: UInt64(step) + 2)
                case 2:
                    for memberID in group.members.keys where clients[memberID] == nil { group.remove(memberID) }
                    if group.handleTimeouts(now: now) {
                        for memberID in clients.keys where group.members[memberID] == nil {
                            clients[memberID] = Client()
                        }
                    }
                default: send(name, loses: Int.random(in: 0..<6, using: &random) == 0)
                }
                var seen = PartitionSets()
                for client in clients.values where client.epoch > 0 {
                    #expect(!client.owned.intersects(seen), "seed \(seed), step \(step)")
                    seen = seen.union(client.owned)
                }
            }
            for memberID in group.members.keys where clients[memberID] == nil { group.remove(memberID) }
            guard !clients.isEmpty else { continue }
            for _ in 0..<12 { for name in clients.keys.sorted() { send(name, loses: false) } }
            #expect(group.stateName == "Stable", "seed \(seed)")
            let assigned = group.members.values.reduce(PartitionSets()) { $0.union($1.assigned) }
            #expect(assigned.count == catalog.topics.values.reduce(0) { $0 + Int($1.partitionCount) }, "seed \(seed)")
        }
    }
}
