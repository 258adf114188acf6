import KafkaProtocol
import Testing

@testable import KafkaWire

@Suite struct GroupMachineTests {
    private static func joined(
        _ code: KafkaErrorCode = .none, member: String = "m1", leader: String = "m1", generation: Int32 = 3,
        skipAssignment: Bool = false
    ) -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.errorCode = code
        response.memberID = member
        response.leader = leader
        response.generationID = generation
        response.protocolName = "sessioned"
        response.skipAssignment = skipAssignment
        return response
    }

    private static func stable() -> GroupMachine {
        var machine = GroupMachine()
        _ = machine.begin()
        _ = machine.joined(joined())
        _ = machine.synced(.none, assignment: [1])
        return machine
    }

    @Test func firstJoinGetsItsMemberIDAndJoinsAgain() {
        var machine = GroupMachine()
        #expect(machine.begin() == .join(memberID: ""))
        #expect(machine.joined(Self.joined(.memberIDRequired)) == .join(memberID: "m1"))
        #expect(
            machine.joined(Self.joined())
                == .sync(generation: 3, memberID: "m1", protocolName: "sessioned", mustAssign: true))
        let generation = GroupGeneration(
            memberID: "m1", generation: 3, leaderID: "m1", protocolName: "sessioned", assignment: [9])
        #expect(machine.synced(.none, assignment: [9]) == .stable(generation))
        #expect(machine.generation == generation)
        #expect(machine.heartbeatAnswered(.none) == .stable)
    }

    /// A static member whose join comes after the rebalance timeout: the group has formed without it.
    @Test func missedGenerationsAreReported() {
        var machine = Self.stable()
        #expect(machine.generation?.hasMissedGenerations == false)
        _ = machine.begin()
        _ = machine.joined(Self.joined(generation: 4))
        _ = machine.synced(.rebalanceInProgress, assignment: [])
        _ = machine.joined(Self.joined(generation: 5))
        _ = machine.synced(.none, assignment: [1])
        #expect(machine.generation?.hasMissedGenerations == false)
        _ = machine.begin()
        _ = machine.joined(Self.joined(generation: 7))
        _ = machine.synced(.rebalanceInProgress, assignment: [])
        _ = machine.joined(Self.joined(generation: 8))
        _ = machine.synced(.none, assignment: [1])
        #expect(machine.generation?.hasMissedGenerations == true)
        _ = machine.begin()
        _ = machine.joined(Self.joined(generation: 9))
        _ = machine.synced(.none, assignment: [1])
        #expect(machine.generation?.hasMissedGenerations == false)
    }

    @Test func onlyTheLeaderAssigns() {
        var machine = GroupMachine()
        _ = machine.begin()
        #expect(
            machine.joined(Self.joined(leader: "m2"))
                == .sync(generation: 3, memberID: "m1", protocolName: "sessioned", mustAssign: false))
        var skipping = GroupMachine()
        _ = skipping.begin()
        #expect(
            skipping.joined(Self.joined(skipAssignment: true))
                == .sync(generation: 3, memberID: "m1", protocolName: "sessioned", mustAssign: false))
    }

    @Test func rebalanceDuringSyncIsJoinedAgain() {
        var machine = GroupMachine()
        _ = machine.begin()
        _ = machine.joined(Self.joined())
        #expect(machine.synced(.rebalanceInProgress, assignment: []) == .join(memberID: "m1"))
    }

    @Test func unknownMemberJoinsAsANewOne() {
        var machine = GroupMachine()
        _ = machine.begin()
        _ = machine.joined(Self.joined())
        #expect(machine.synced(.unknownMemberID, assignment: []) == .reset)
        #expect(machine.begin() == .join(memberID: ""))
    }

    /// What the generation assigned may belong to other members.
    @Test func outdatedGenerationIsReplacedForTheSameMember() {
        var machine = GroupMachine()
        _ = machine.begin()
        _ = machine.joined(Self.joined())
        #expect(machine.synced(.illegalGeneration, assignment: []) == .reset)
        #expect(machine.begin() == .join(memberID: "m1"))
    }

    @Test(arguments: [KafkaErrorCode.notCoordinator, .coordinatorNotAvailable, .coordinatorLoadInProgress])
    func movedCoordinatorIsFoundAgain(_ code: KafkaErrorCode) {
        var machine = GroupMachine()
        _ = machine.begin()
        #expect(machine.joined(Self.joined(code)) == .rediscover(code))
        #expect(Self.stable().generation != nil)
        var stable = Self.stable()
        #expect(stable.heartbeatAnswered(code) == nil)
        #expect(stable.generation != nil, "the membership lasts until the session times out")
    }

    @Test(arguments: [KafkaErrorCode.inconsistentGroupProtocol, .groupAuthorizationFailed, .invalidSessionTimeout])
    func nonRetriableErrorEndsTheJoin(_ code: KafkaErrorCode) {
        var machine = GroupMachine()
        _ = machine.begin()
        #expect(machine.joined(Self.joined(code)) == .fail(code))
    }

    @Test func heartbeatResultFollowsTheErrorCode() {
        var machine = Self.stable()
        #expect(machine.heartbeatAnswered(.rebalanceInProgress) == .rebalancing)
        #expect(machine.begin() == .join(memberID: "m1"), "a rebalance keeps the member")

        var late = Self.stable()
        #expect(late.heartbeatAnswered(.illegalGeneration) == .fenced)
        #expect(late.generation == nil)
        #expect(late.begin() == .join(memberID: "m1"))

        var unknown = Self.stable()
        #expect(unknown.heartbeatAnswered(.unknownMemberID) == .fenced)
        #expect(unknown.begin() == .join(memberID: ""))
    }

    @Test func memberThatLeftJoinsAsANewOne() {
        var machine = Self.stable()
        machine.left()
        #expect(machine.generation == nil)
        #expect(machine.begin() == .join(memberID: ""))
    }
}
