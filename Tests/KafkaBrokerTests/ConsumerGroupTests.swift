import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker

@Suite struct ConsumerGroupTests {
    @Test func singleMemberBecomesLeaderAndIsAssignedImmediately() {
        var driver = GroupDriver()
        let join = driver.join(GroupDriver.request(), newID: "a")
        let joined = driver.joined(join)
        #expect(joined?.generation == 1)
        #expect(joined?.leaderID == "a" && joined?.memberID == "a")
        #expect(joined?.members.map(\.memberID) == ["a"])
        let sync = driver.sync("a", ["a": "x"])
        #expect(driver.syncs[sync] == .assigned(protocolType: "consumer", protocolName: "range", assignment: [0x78]))
        #expect(driver.persisted == 1)
        #expect(driver.heartbeat("a") == .none)
    }

    /// Clients that request ids without joining do not use unlimited memory, and a client that joins with its id at
    /// once becomes a member.
    @Test func pendingMembersAreLimited() {
        var driver = GroupDriver()
        for index in 0..<(ConsumerGroup.pendingMembersMax + 10) {
            driver.now = driver.now.advanced(byMilliseconds: 1)
            _ = driver.join(GroupDriver.request(requiresKnownMemberID: true), newID: "m\(index)")
        }
        #expect(driver.group.pendingMembers.count == ConsumerGroup.pendingMembersMax)
        #expect(driver.group.pendingMembers["m9"] == nil && driver.group.pendingMembers["m10"] != nil)
        driver.advance(milliseconds: 60_000)
        #expect(driver.group.pendingMembers.isEmpty)
    }

    @Test func newMemberReceivesItsIDBeforeItJoins() {
        var driver = GroupDriver()
        let first = driver.join(GroupDriver.request(requiresKnownMemberID: true), newID: "a")
        #expect(driver.joins[first] == .refused(.memberIDRequired, memberID: "a"))
        #expect(driver.group.members.isEmpty)
        let second = driver.join(GroupDriver.request("a", requiresKnownMemberID: true))
        #expect(driver.joined(second)?.memberID == "a")
    }

    @Test func pendingMemberExpires() {
        var driver = GroupDriver()
        _ = driver.join(GroupDriver.request(requiresKnownMemberID: true), newID: "ghost")
        let other = driver.join(GroupDriver.request(), newID: "a")
        // The rebalance waits for it until its session expires.
        #expect(driver.joins[other] == nil)
        driver.advance(milliseconds: 10_000)
        #expect(driver.joined(other)?.members.count == 1)
        let late = driver.join(GroupDriver.request("ghost"))
        #expect(driver.joins[late] == .refused(.unknownMemberID, memberID: "ghost"))
    }

    @Test func secondMemberWaitsUntilTheFirstRejoins() {
        var driver = GroupDriver.pair()
        #expect(driver.group.generation == 2)
        #expect(driver.heartbeat("a") == .none)
        let c = driver.join(GroupDriver.request(), newID: "c")
        #expect(driver.heartbeat("a") == .rebalanceInProgress)
        _ = driver.join(GroupDriver.request("a"))
        #expect(driver.joins[c] == nil)
        _ = driver.join(GroupDriver.request("b"))
        #expect(driver.joined(c)?.generation == 3)
    }

    @Test func memberThatDoesNotRejoinInTimeIsRemoved() {
        var driver = GroupDriver.pair()
        let c = driver.join(GroupDriver.request(), newID: "c")
        // a and b keep their sessions alive with heartbeats, but never join.
        for _ in 0..<11 {
            driver.advance(milliseconds: 5000)
            #expect(driver.heartbeat("a") == .rebalanceInProgress)
            #expect(driver.heartbeat("b") == .rebalanceInProgress)
        }
        #expect(driver.joins[c] == nil)
        driver.advance(milliseconds: 5000)
        #expect(driver.joined(c)?.members.map(\.memberID) == ["c"])
        #expect(driver.joined(c)?.leaderID == "c")
        #expect(driver.heartbeat("a") == .unknownMemberID)
    }

    @Test func expiredSessionTriggersARebalance() {
        var driver = GroupDriver.pair()
        driver.advance(milliseconds: 9000)
        #expect(driver.heartbeat("b") == .none)
        driver.advance(milliseconds: 1000)
        #expect(driver.group.members.map(\.memberID) == ["b"])
        #expect(driver.heartbeat("b") == .rebalanceInProgress)
        let b = driver.join(GroupDriver.request("b"))
        #expect(driver.joined(b)?.leaderID == "b")
    }

    @Test func rebalanceDoesNotWaitForAMemberThatLeft() {
        var driver = GroupDriver.pair()
        let (code, actions) = driver.group.leave(memberID: "a", groupInstanceID: nil, now: driver.now)
        driver.perform(actions)
        #expect(code == .none)
        #expect(driver.group.leaderID == "b")
        let b = driver.join(GroupDriver.request("b"))
        #expect(driver.joined(b)?.members.map(\.memberID) == ["b"])
    }

    @Test func groupKeepsItsGenerationAfterTheLastMemberLeaves() {
        var driver = GroupDriver.pair()
        for member in ["a", "b"] {
            let (_, actions) = driver.group.leave(memberID: member, groupInstanceID: nil, now: driver.now)
            driver.perform(actions)
        }
        #expect(driver.group.phase == .empty)
        #expect(driver.group.generation == 3)
        #expect(driver.group.nextDeadline == nil)
        let c = driver.join(GroupDriver.request(type: "connect"), newID: "c")
        #expect(driver.joined(c)?.generation == 4)
        #expect(driver.joined(c)?.protocolType == "connect")
    }

    /// As in Kafka, whose coordinator does not see either that the connection of a waiting request is closed.
    @Test func deadMemberThatWaitsToJoinMayLeadUntilItsSessionEnds() {
        var driver = GroupDriver()
        _ = driver.join(GroupDriver.request(), newID: "first")
        _ = driver.sync("first", ["first": "1"])
        // Its client closes the connection while it waits.
        let dead = driver.join(GroupDriver.request(session: 6000), newID: "dead")
        let living = driver.join(GroupDriver.request(session: 20_000), newID: "living")
        #expect(driver.leave("first") == .none)
        #expect(driver.joined(dead)?.leaderID == "dead")
        #expect(driver.joined(living)?.leaderID == "dead" && driver.joined(living)?.members.isEmpty == true)
        let waiting = driver.sync("living")
        driver.advance(milliseconds: 5999)
        #expect(driver.syncs[waiting] == nil)
        driver.advance(milliseconds: 1)
        #expect(driver.syncs[waiting] == .refused(.rebalanceInProgress))
        let next = driver.join(GroupDriver.request("living"))
        #expect(driver.joined(next)?.leaderID == "living" && driver.joined(next)?.generation == 3)
    }

    /// A client that repeats its first request because it has waited for too long leaves a member behind.
    @Test func firstRequestToJoinWaitsForFiveMinutesAtMost() {
        var driver = GroupDriver()
        _ = driver.join(GroupDriver.request(session: 1_000_000, rebalance: 1_000_000), newID: "first")
        _ = driver.sync("first", ["first": "1"])
        let second = driver.join(GroupDriver.request(session: 6000), newID: "second")
        driver.advance(milliseconds: 299_999)
        #expect(driver.joins[second] == nil)
        driver.advance(milliseconds: 1)
        #expect(driver.joins[second] == .refused(.unknownMemberID, memberID: "second"))
        #expect(driver.group.members.map(\.memberID) == ["first"])
    }

    @Test func leaderThatNeverSyncsIsRemoved() {
        var driver = GroupDriver()
        _ = driver.join(GroupDriver.request(session: 1_800_000), newID: "a")
        _ = driver.sync("a", ["a": "1"])
        let b = driver.join(GroupDriver.request(session: 1_800_000), newID: "b")
        _ = driver.join(GroupDriver.request("a", session: 1_800_000))
        #expect(driver.joined(b) != nil)
        let waiting = driver.sync("b")
        driver.advance(milliseconds: 60_000)
        #expect(driver.syncs[waiting] == .refused(.rebalanceInProgress))
        #expect(driver.group.members.map(\.memberID) == ["b"])
    }

    @Test func rejoiningLeaderTriggersARebalanceAndRejoiningFollowerDoesNot() {
        var driver = GroupDriver.pair()
        let follower = driver.join(GroupDriver.request("b"))
        #expect(driver.joined(follower)?.generation == 2)
        #expect(driver.joined(follower)?.members.isEmpty == true)
        #expect(driver.group.phase == .stable)
        let leader = driver.join(GroupDriver.request("a"))
        #expect(driver.joins[leader] == nil)
        _ = driver.join(GroupDriver.request("b"))
        #expect(driver.joined(leader)?.generation == 3)
    }

    @Test func changedProtocolsTriggerARebalance() {
        var driver = GroupDriver.pair()
        let b = driver.join(GroupDriver.request("b", metadata: "other"))
        _ = driver.join(GroupDriver.request("a"))
        #expect(driver.joined(b)?.generation == 3)
    }

    @Test func unknownMembersAndOldGenerationsAreRejected() {
        var driver = GroupDriver.pair()
        let alien = driver.join(GroupDriver.request(type: "connect"), newID: "x")
        #expect(driver.joins[alien] == .refused(.inconsistentGroupProtocol, memberID: ""))
        let other = driver.join(GroupDriver.request(protocols: ["sticky"]), newID: "x")
        #expect(driver.joins[other] == .refused(.inconsistentGroupProtocol, memberID: ""))
        let old = driver.sync("a", generation: 1)
        #expect(driver.syncs[old] == .refused(.illegalGeneration))
        #expect(driver.heartbeat("nobody") == .unknownMemberID)
        #expect(driver.group.heartbeat(memberID: "a", groupInstanceID: nil, generation: 1, now: driver.now) == .illegalGeneration)
    }

    @Test func protocolPreferredByMostMembersIsChosen() {
        var driver = GroupDriver()
        _ = driver.join(GroupDriver.request(protocols: ["x", "y"]), newID: "a")
        _ = driver.join(GroupDriver.request(protocols: ["y", "x"]), newID: "b")
        let c = driver.join(GroupDriver.request(protocols: ["y", "x", "z"]), newID: "c")
        _ = driver.join(GroupDriver.request("a", protocols: ["x", "y"]))
        _ = driver.join(GroupDriver.request("b", protocols: ["y", "x"]))
        #expect(driver.joined(c)?.protocolName == "y")
    }

    @Test func staticMemberReturnsWithoutARebalance() {
        var driver = GroupDriver()
        _ = driver.join(GroupDriver.request(instance: "i"), newID: "i-1")
        _ = driver.sync("i-1", ["i-1": "x"])
        let back = driver.join(GroupDriver.request(instance: "i"), newID: "i-2")
        #expect(driver.joined(back)?.generation == 1)
        #expect(driver.joined(back)?.skipAssignment == true)
        #expect(driver.group.heartbeat(memberID: "i-1", groupInstanceID: "i", generation: 1, now: driver.now) == .fencedInstanceID)
        #expect(driver.group.heartbeat(memberID: "i-2", groupInstanceID: "i", generation: 1, now: driver.now) == .none)
    }

    /// Its subscription contains its former partitions, so that it is another one after each rebalance.
    @Test func staticMemberReturnsWithoutARebalanceUnlessAnotherProtocolIsChosen() {
        var driver = GroupDriver()
        _ = driver.join(GroupDriver.request(instance: "i", protocols: ["x", "y"]), newID: "i-1")
        _ = driver.sync("i-1", ["i-1": "x"])
        var request = GroupDriver.request(instance: "i", protocols: ["x"])
        request.protocols[0].metadata.append(1)
        let back = driver.join(request, newID: "i-2")
        #expect(driver.joined(back)?.generation == 1)
        let changed = driver.join(GroupDriver.request(instance: "i", protocols: ["y", "x"]), newID: "i-3")
        #expect(driver.joined(changed)?.generation == 2)
        #expect(driver.joined(changed)?.protocolName == "y")
    }

    @Test func offsetsAreAcceptedFromMembersAndForEmptyGroups() {
        var driver = GroupDriver.pair()
        func verdict(_ memberID: String, _ generation: Int32) -> KafkaErrorCode {
            driver.group.validateCommit(
                memberID: memberID, groupInstanceID: nil, generation: generation, now: driver.now)
        }
        #expect(verdict("a", 2) == .none)
        #expect(verdict("a", 1) == .illegalGeneration)
        #expect(verdict("x", 2) == .unknownMemberID)
        #expect(verdict("", -1) == .unknownMemberID)
        var empty = ConsumerGroup(groupID: "e")
        #expect(empty.validateCommit(memberID: "", groupInstanceID: nil, generation: -1, now: driver.now) == .none)
        #expect(empty.validateCommit(memberID: "m", groupInstanceID: nil, generation: -1, now: driver.now) == .none)
        #expect(empty.validateCommit(memberID: "m", groupInstanceID: nil, generation: 0, now: driver.now) == .unknownMemberID)
    }

    /// As in Kafka: until its session ends, even if it is alone.
    @Test func staticMemberDoesNotReturnWithOtherProtocolsOnly() {
        var driver = GroupDriver()
        _ = driver.join(GroupDriver.request(instance: "i", protocols: ["x"]), newID: "i-1")
        _ = driver.sync("i-1", ["i-1": "x"])
        let back = driver.join(GroupDriver.request(instance: "i", protocols: ["y"]), newID: "i-2")
        #expect(driver.joins[back] == .refused(.inconsistentGroupProtocol, memberID: ""))
    }

    @Test func secondRequestOfAMemberFailsTheFirst() {
        var driver = GroupDriver.pair()
        let first = driver.join(GroupDriver.request("a"))
        let second = driver.join(GroupDriver.request("a"))
        #expect(driver.joins[first] == .refused(.rebalanceInProgress, memberID: "a"))
        _ = driver.join(GroupDriver.request("b"))
        #expect(driver.joined(second)?.generation == 3)
        let sync = driver.sync("b")
        let again = driver.sync("b")
        #expect(driver.syncs[sync] == .refused(.rebalanceInProgress))
        _ = driver.sync("a", ["b": "!"])
        #expect(driver.syncs[again] == .assigned(protocolType: "consumer", protocolName: "range", assignment: [0x21]))
    }

    /// In any order of events no request is answered twice (the driver checks this), and in the end none is pending.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func everyRequestIsAnsweredExactlyOnce(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var driver = GroupDriver()
        var open: Set<GroupRequestID> = []
        let ids = ["a", "b", "c", ""]
        for _ in 0..<300 {
            let id = ids.randomElement(using: &random) ?? ""
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                let request = GroupDriver.request(id, requiresKnownMemberID: .random(using: &random))
                open.insert(driver.join(request, newID: ids.dropLast().randomElement(using: &random) ?? "a"))
            case 2: open.insert(driver.sync(id, ["a": "1", "b": "2"]))
            case 3: _ = driver.heartbeat(id)
            case 4: driver.perform(driver.group.leave(memberID: id, groupInstanceID: nil, now: driver.now).1)
            default: driver.advance(milliseconds: Int.random(in: 0..<7000, using: &random))
            }
        }
        for _ in 0..<200 { driver.advance(milliseconds: 10_000) }
        #expect(driver.group.members.isEmpty, "seed \(seed)")
        #expect(open == Set(driver.joins.keys).union(driver.syncs.keys), "seed \(seed)")
        #expect(driver.group.nextDeadline == nil)
    }
}
