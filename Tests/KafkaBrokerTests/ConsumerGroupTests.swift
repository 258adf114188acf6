import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker

/// Drives one group by hand: each request is a ticket, and each step shows which tickets were answered and how.
private struct GroupDriver {
    var group = ConsumerGroup(groupID: "g")
    var now = MonotonicInstant(nanoseconds: 1)
    private var lastTicket: UInt64 = 0
    /// All answers so far, to prove that none is given twice.
    private var answered: Set<GroupTicket> = []
    private(set) var joins: [GroupTicket: JoinOutcome] = [:]
    private(set) var syncs: [GroupTicket: SyncOutcome] = [:]
    private(set) var persisted = 0

    mutating func ticket() -> GroupTicket {
        lastTicket += 1
        return GroupTicket(number: lastTicket)
    }

    mutating func take(_ actions: [GroupAction]) {
        for action in actions {
            switch action {
            case .answerJoin(let ticket, let outcome):
                #expect(answered.insert(ticket).inserted, "a ticket is answered twice")
                joins[ticket] = outcome
            case .answerSync(let ticket, let outcome):
                #expect(answered.insert(ticket).inserted, "a ticket is answered twice")
                syncs[ticket] = outcome
            case .persist: persisted += 1
            }
        }
    }

    static func facts(
        _ memberID: String = "", instance: String? = nil, protocols: [String] = ["range"], type: String = "consumer",
        metadata: String = "m", mustKnowItsID: Bool = false, session: Int32 = 10_000
    ) -> JoinFacts {
        JoinFacts(
            memberID: memberID, groupInstanceID: instance, clientID: "c", clientHost: "/h",
            sessionTimeoutMilliseconds: session, rebalanceTimeoutMilliseconds: 60_000, protocolType: type,
            protocols: protocols.map { OfferedProtocol(name: $0, metadata: Array(metadata.utf8)) },
            mustKnowItsID: mustKnowItsID, canSkipAssignment: true)
    }

    mutating func join(_ facts: JoinFacts, newID: String = "new") -> GroupTicket {
        let ticket = ticket()
        take(group.join(facts, ticket: ticket, newMemberID: newID, now: now))
        return ticket
    }

    mutating func sync(
        _ memberID: String, _ assignments: [String: String] = [:], generation: Int32? = nil
    ) -> GroupTicket {
        let ticket = ticket()
        let facts = SyncFacts(
            memberID: memberID, groupInstanceID: nil, generation: generation ?? group.generation,
            protocolType: nil, protocolName: nil, assignments: assignments.mapValues { Array($0.utf8) })
        take(group.sync(facts, ticket: ticket, now: now))
        return ticket
    }

    mutating func heartbeat(_ memberID: String) -> KafkaErrorCode {
        group.heartbeat(memberID: memberID, groupInstanceID: nil, generation: group.generation, now: now)
    }

    mutating func pass(milliseconds: Int) {
        now = now.advanced(byMilliseconds: milliseconds)
        take(group.timePassed(now: now))
    }

    func joined(_ ticket: GroupTicket) -> JoinOutcome.Joined? {
        if case .joined(let joined) = joins[ticket] { joined } else { nil }
    }

    /// A stable group of members a and b, led by a.
    static func pair() -> GroupDriver {
        var driver = GroupDriver()
        _ = driver.join(facts(), newID: "a")
        _ = driver.sync("a", ["a": "all"])
        let b = driver.join(facts(), newID: "b")
        let a = driver.join(facts("a"))
        #expect(driver.joined(a)?.leaderID == "a")
        #expect(driver.joined(b)?.leaderID == "a")
        let waiting = driver.sync("b")
        #expect(driver.syncs[waiting] == nil)
        _ = driver.sync("a", ["a": "1", "b": "2"])
        #expect(driver.syncs[waiting] == .assigned(protocolType: "consumer", protocolName: "range", assignment: [0x32]))
        #expect(driver.group.phase == .stable)
        return driver
    }
}

@Suite struct ConsumerGroupTests {
    @Test func aLoneMemberLeadsAndIsAssignedAtOnce() {
        var driver = GroupDriver()
        let join = driver.join(GroupDriver.facts(), newID: "a")
        let joined = driver.joined(join)
        #expect(joined?.generation == 1)
        #expect(joined?.leaderID == "a" && joined?.memberID == "a")
        #expect(joined?.members.map(\.memberID) == ["a"])
        let sync = driver.sync("a", ["a": "x"])
        #expect(driver.syncs[sync] == .assigned(protocolType: "consumer", protocolName: "range", assignment: [0x78]))
        #expect(driver.persisted == 1)
        #expect(driver.heartbeat("a") == .none)
    }

    /// Whoever asks for ids without end does not fill the memory, and those who come back at once are members.
    @Test func idsThatNobodyComesBackWithAreLimited() {
        var driver = GroupDriver()
        for index in 0..<(ConsumerGroup.announcedMax + 10) {
            driver.now = driver.now.advanced(byMilliseconds: 1)
            _ = driver.join(GroupDriver.facts(mustKnowItsID: true), newID: "m\(index)")
        }
        #expect(driver.group.announced.count == ConsumerGroup.announcedMax)
        #expect(driver.group.announced["m9"] == nil && driver.group.announced["m10"] != nil)
        driver.pass(milliseconds: 60_000)
        #expect(driver.group.announced.isEmpty)
    }

    @Test func aNewMemberIsToldItsIDFirst() {
        var driver = GroupDriver()
        let first = driver.join(GroupDriver.facts(mustKnowItsID: true), newID: "a")
        #expect(driver.joins[first] == .refused(.memberIDRequired, memberID: "a"))
        #expect(driver.group.members.isEmpty)
        let second = driver.join(GroupDriver.facts("a", mustKnowItsID: true))
        #expect(driver.joined(second)?.memberID == "a")
    }

    @Test func anAnnouncedMemberThatStaysAwayIsForgotten() {
        var driver = GroupDriver()
        _ = driver.join(GroupDriver.facts(mustKnowItsID: true), newID: "ghost")
        let other = driver.join(GroupDriver.facts(), newID: "a")
        // It is waited for until its session is over.
        #expect(driver.joins[other] == nil)
        driver.pass(milliseconds: 10_000)
        #expect(driver.joined(other)?.members.count == 1)
        let late = driver.join(GroupDriver.facts("ghost"))
        #expect(driver.joins[late] == .refused(.unknownMemberID, memberID: "ghost"))
    }

    @Test func aSecondMemberWaitsUntilTheFirstJoinsAnew() {
        var driver = GroupDriver.pair()
        #expect(driver.group.generation == 2)
        #expect(driver.heartbeat("a") == .none)
        let c = driver.join(GroupDriver.facts(), newID: "c")
        #expect(driver.heartbeat("a") == .rebalanceInProgress)
        _ = driver.join(GroupDriver.facts("a"))
        #expect(driver.joins[c] == nil)
        _ = driver.join(GroupDriver.facts("b"))
        #expect(driver.joined(c)?.generation == 3)
    }

    @Test func whoDoesNotJoinInTimeIsLeftBehind() {
        var driver = GroupDriver.pair()
        let c = driver.join(GroupDriver.facts(), newID: "c")
        // a and b keep their sessions alive with heartbeats, but never join.
        for _ in 0..<11 {
            driver.pass(milliseconds: 5000)
            #expect(driver.heartbeat("a") == .rebalanceInProgress)
            #expect(driver.heartbeat("b") == .rebalanceInProgress)
        }
        #expect(driver.joins[c] == nil)
        driver.pass(milliseconds: 5000)
        #expect(driver.joined(c)?.members.map(\.memberID) == ["c"])
        #expect(driver.joined(c)?.leaderID == "c")
        #expect(driver.heartbeat("a") == .unknownMemberID)
    }

    @Test func aSilentMemberDiesAndTheOthersShareAnew() {
        var driver = GroupDriver.pair()
        driver.pass(milliseconds: 9000)
        #expect(driver.heartbeat("b") == .none)
        driver.pass(milliseconds: 1000)
        #expect(driver.group.members.map(\.memberID) == ["b"])
        #expect(driver.heartbeat("b") == .rebalanceInProgress)
        let b = driver.join(GroupDriver.facts("b"))
        #expect(driver.joined(b)?.leaderID == "b")
    }

    @Test func aMemberThatLeavesIsNotWaitedFor() {
        var driver = GroupDriver.pair()
        let (code, actions) = driver.group.leave(memberID: "a", groupInstanceID: nil, now: driver.now)
        driver.take(actions)
        #expect(code == .none)
        #expect(driver.group.leaderID == "b")
        let b = driver.join(GroupDriver.facts("b"))
        #expect(driver.joined(b)?.members.map(\.memberID) == ["b"])
    }

    @Test func theLastToLeaveLeavesAnEmptyGroupWithItsGeneration() {
        var driver = GroupDriver.pair()
        for member in ["a", "b"] {
            let (_, actions) = driver.group.leave(memberID: member, groupInstanceID: nil, now: driver.now)
            driver.take(actions)
        }
        #expect(driver.group.phase == .empty)
        #expect(driver.group.generation == 3)
        #expect(driver.group.nextDeadline == nil)
        let c = driver.join(GroupDriver.facts(type: "connect"), newID: "c")
        #expect(driver.joined(c)?.generation == 4)
        #expect(driver.joined(c)?.protocolType == "connect")
    }

    @Test func aLeaderThatNeverAssignsIsDropped() {
        var driver = GroupDriver()
        _ = driver.join(GroupDriver.facts(session: 1_800_000), newID: "a")
        _ = driver.sync("a", ["a": "1"])
        let b = driver.join(GroupDriver.facts(session: 1_800_000), newID: "b")
        _ = driver.join(GroupDriver.facts("a", session: 1_800_000))
        #expect(driver.joined(b) != nil)
        let waiting = driver.sync("b")
        driver.pass(milliseconds: 60_000)
        #expect(driver.syncs[waiting] == .refused(.rebalanceInProgress))
        #expect(driver.group.members.map(\.memberID) == ["b"])
    }

    @Test func aLeaderThatJoinsAgainMakesAllShareAnewAFollowerDoesNot() {
        var driver = GroupDriver.pair()
        let follower = driver.join(GroupDriver.facts("b"))
        #expect(driver.joined(follower)?.generation == 2)
        #expect(driver.joined(follower)?.members.isEmpty == true)
        #expect(driver.group.phase == .stable)
        let leader = driver.join(GroupDriver.facts("a"))
        #expect(driver.joins[leader] == nil)
        _ = driver.join(GroupDriver.facts("b"))
        #expect(driver.joined(leader)?.generation == 3)
    }

    @Test func aMemberWithNewsMakesAllShareAnew() {
        var driver = GroupDriver.pair()
        let b = driver.join(GroupDriver.facts("b", metadata: "other"))
        _ = driver.join(GroupDriver.facts("a"))
        #expect(driver.joined(b)?.generation == 3)
    }

    @Test func strangersAndOldGenerationsAreRefused() {
        var driver = GroupDriver.pair()
        let alien = driver.join(GroupDriver.facts(type: "connect"), newID: "x")
        #expect(driver.joins[alien] == .refused(.inconsistentGroupProtocol, memberID: ""))
        let other = driver.join(GroupDriver.facts(protocols: ["sticky"]), newID: "x")
        #expect(driver.joins[other] == .refused(.inconsistentGroupProtocol, memberID: ""))
        let old = driver.sync("a", generation: 1)
        #expect(driver.syncs[old] == .refused(.illegalGeneration))
        #expect(driver.heartbeat("nobody") == .unknownMemberID)
        #expect(driver.group.heartbeat(memberID: "a", groupInstanceID: nil, generation: 1, now: driver.now) == .illegalGeneration)
    }

    @Test func theProtocolThatMostPreferIsChosen() {
        var driver = GroupDriver()
        _ = driver.join(GroupDriver.facts(protocols: ["x", "y"]), newID: "a")
        _ = driver.join(GroupDriver.facts(protocols: ["y", "x"]), newID: "b")
        let c = driver.join(GroupDriver.facts(protocols: ["y", "x", "z"]), newID: "c")
        _ = driver.join(GroupDriver.facts("a", protocols: ["x", "y"]))
        _ = driver.join(GroupDriver.facts("b", protocols: ["y", "x"]))
        #expect(driver.joined(c)?.protocolName == "y")
    }

    @Test func aStaticMemberTakesItsPlaceBackWithoutARebalance() {
        var driver = GroupDriver()
        _ = driver.join(GroupDriver.facts(instance: "i"), newID: "i-1")
        _ = driver.sync("i-1", ["i-1": "x"])
        let back = driver.join(GroupDriver.facts(instance: "i"), newID: "i-2")
        #expect(driver.joined(back)?.generation == 1)
        #expect(driver.joined(back)?.skipAssignment == true)
        #expect(driver.group.heartbeat(memberID: "i-1", groupInstanceID: "i", generation: 1, now: driver.now) == .fencedInstanceID)
        #expect(driver.group.heartbeat(memberID: "i-2", groupInstanceID: "i", generation: 1, now: driver.now) == .none)
    }

    @Test func offsetsAreTakenFromMembersAndFromOutsidersOfEmptyGroups() {
        var driver = GroupDriver.pair()
        func verdict(_ memberID: String, _ generation: Int32) -> KafkaErrorCode {
            driver.group.commitVerdict(
                memberID: memberID, groupInstanceID: nil, generation: generation, now: driver.now)
        }
        #expect(verdict("a", 2) == .none)
        #expect(verdict("a", 1) == .illegalGeneration)
        #expect(verdict("x", 2) == .unknownMemberID)
        #expect(verdict("", -1) == .unknownMemberID)
        var empty = ConsumerGroup(groupID: "e")
        #expect(empty.commitVerdict(memberID: "", groupInstanceID: nil, generation: -1, now: driver.now) == .none)
    }

    @Test func aSecondRequestOfTheSameMemberLetsTheFirstGo() {
        var driver = GroupDriver.pair()
        let first = driver.join(GroupDriver.facts("a"))
        let second = driver.join(GroupDriver.facts("a"))
        #expect(driver.joins[first] == .refused(.rebalanceInProgress, memberID: "a"))
        _ = driver.join(GroupDriver.facts("b"))
        #expect(driver.joined(second)?.generation == 3)
        let sync = driver.sync("b")
        let again = driver.sync("b")
        #expect(driver.syncs[sync] == .refused(.rebalanceInProgress))
        _ = driver.sync("a", ["b": "!"])
        #expect(driver.syncs[again] == .assigned(protocolType: "consumer", protocolName: "range", assignment: [0x21]))
    }

    /// Whatever happens in whatever order: no ticket is answered twice (the driver checks), and in the end none is
    /// open.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func everyRequestIsAnsweredOnce(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var driver = GroupDriver()
        var open: Set<GroupTicket> = []
        let ids = ["a", "b", "c", ""]
        for _ in 0..<300 {
            let id = ids.randomElement(using: &random) ?? ""
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                let facts = GroupDriver.facts(id, mustKnowItsID: .random(using: &random))
                open.insert(driver.join(facts, newID: ids.dropLast().randomElement(using: &random) ?? "a"))
            case 2: open.insert(driver.sync(id, ["a": "1", "b": "2"]))
            case 3: _ = driver.heartbeat(id)
            case 4: driver.take(driver.group.leave(memberID: id, groupInstanceID: nil, now: driver.now).1)
            default: driver.pass(milliseconds: Int.random(in: 0..<7000, using: &random))
            }
        }
        for _ in 0..<200 { driver.pass(milliseconds: 10_000) }
        #expect(driver.group.members.isEmpty, "seed \(seed)")
        #expect(open == Set(driver.joins.keys).union(driver.syncs.keys), "seed \(seed)")
        #expect(driver.group.nextDeadline == nil)
    }
}
