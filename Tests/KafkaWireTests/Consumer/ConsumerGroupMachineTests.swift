import KafkaProtocol
import Testing
import WireCore

@testable import KafkaWire

@Suite struct ConsumerGroupMachineTests {
    private static let (t, u) = (KafkaUUID(high: 1, low: 1), KafkaUUID(high: 2, low: 2))
    private static let (a, b) = (TopicPartition("t", 0), TopicPartition("t", 1))
    private var now = MonotonicInstant(nanoseconds: 1)

    private func accepted(
        _ machine: inout ConsumerGroupMachine, _ epoch: Int32, _ assignment: [KafkaUUID: Set<Int32>]? = nil
    ) {
        machine.accepted(epoch: epoch, intervalMilliseconds: 100, assignment: assignment, now: now)
    }

    private static let join = GroupAction.consumerHeartbeat(
        ConsumerHeartbeat(epoch: 0, isComplete: true, topics: ["t"], owned: [:]))

    /// A member that has both partitions in epoch 1 and has acknowledged them.
    private func stable() -> ConsumerGroupMachine {
        var machine = ConsumerGroupMachine(topics: ["t"])
        #expect(machine.next(now: now) == Self.join)
        accepted(&machine, 1, [Self.t: [0, 1]])
        #expect(machine.next(now: now) == .resolve([Self.t]))
        machine.resolved([Self.t: "t"], retryAt: now)
        let step = RebalanceStep(kind: .assigned, partitions: [Self.a, Self.b], topicIDs: ["t": Self.t])
        #expect(machine.next(now: now) == .step(step))
        machine.stepped()
        let acknowledgement = ConsumerHeartbeat(epoch: 1, isComplete: false, owned: [Self.t: [0, 1]])
        #expect(machine.next(now: now) == .consumerHeartbeat(acknowledgement))
        accepted(&machine, 1)
        return machine
    }

    @Test func heartbeatsSayNothingThatTheCoordinatorKnows() {
        var machine = stable()
        let due = now.advanced(byMilliseconds: 100)
        #expect(machine.next(now: now) == .wait(until: due))
        #expect(machine.next(now: due) == .consumerHeartbeat(ConsumerHeartbeat(epoch: 1, isComplete: false)))
    }

    @Test func patternIsSentWhenItChanges() {
        var machine = stable()
        let due = now.advanced(byMilliseconds: 100)
        func sends(_ beat: ConsumerHeartbeat, _ machine: inout ConsumerGroupMachine) {
            #expect(machine.next(now: now) == .consumerHeartbeat(beat))
            accepted(&machine, 1)
            #expect(machine.next(now: now) == .wait(until: due))
        }
        machine.resubscribe([], pattern: "a.*")
        sends(ConsumerHeartbeat(epoch: 1, isComplete: false, topics: [], pattern: "a.*"), &machine)
        machine.resubscribe([], pattern: "b.*")
        sends(ConsumerHeartbeat(epoch: 1, isComplete: false, pattern: "b.*"), &machine)
        machine.resubscribe(["t"])
        sends(ConsumerHeartbeat(epoch: 1, isComplete: false, topics: ["t"], pattern: ""), &machine)
    }

    @Test func revocationIsAcknowledgedWhenItIsDone() {
        var machine = stable()
        accepted(&machine, 2, [Self.t: [0]])
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .revoked, partitions: [Self.b])))
        // Meanwhile both are still owned.
        let due = now.advanced(byMilliseconds: 100)
        #expect(machine.next(now: now) == .wait(until: due))
        #expect(machine.next(now: due) == .consumerHeartbeat(ConsumerHeartbeat(epoch: 2, isComplete: false)))
        accepted(&machine, 2)
        machine.stepped()
        #expect(
            machine.next(now: now)
                == .consumerHeartbeat(ConsumerHeartbeat(epoch: 2, isComplete: false, owned: [Self.t: [0]])))
    }

    /// If it is revoked before the program has it, the coordinator must wait until the program has given it up.
    @Test func whatTheProgramIsAboutToGetIsOwned() {
        var machine = stable()
        accepted(&machine, 2, [Self.t: [0, 1, 2]])
        let added = RebalanceStep(kind: .assigned, partitions: [TopicPartition("t", 2)], topicIDs: ["t": Self.t])
        #expect(machine.next(now: now) == .step(added))
        machine.lost(retryAt: now)
        let due = now.advanced(byMilliseconds: 100)
        guard case .consumerHeartbeat(let beat) = machine.next(now: due) else { return #expect(Bool(false)) }
        #expect(beat.owned == [Self.t: [0, 1, 2]])
        accepted(&machine, 3, [Self.t: [0, 1]])
        machine.stepped()
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .revoked, partitions: [TopicPartition("t", 2)])))
        machine.stepped()
        #expect(
            machine.next(now: now)
                == .consumerHeartbeat(ConsumerHeartbeat(epoch: 3, isComplete: false, owned: [Self.t: [0, 1]])))
    }

    @Test func partitionsMoveInOneAssignment() {
        var machine = stable()
        accepted(&machine, 2, [Self.t: [1, 2]])
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .revoked, partitions: [Self.a])))
        machine.stepped()
        let added = RebalanceStep(kind: .assigned, partitions: [TopicPartition("t", 2)], topicIDs: ["t": Self.t])
        #expect(machine.next(now: now) == .step(added))
        machine.stepped()
        #expect(machine.owned == [Self.b, TopicPartition("t", 2)])
    }

    @Test func unknownTopicIsAskedForAgainAndTheOthersAreAssigned() {
        var machine = stable()
        accepted(&machine, 2, [Self.t: [0, 1, 2], Self.u: [0]])
        #expect(machine.next(now: now) == .resolve([Self.u]))
        let time = now.advanced(byMilliseconds: 20)
        machine.resolved([:], retryAt: time)
        let added = RebalanceStep(kind: .assigned, partitions: [TopicPartition("t", 2)], topicIDs: ["t": Self.t])
        #expect(machine.next(now: now) == .step(added))
        machine.stepped()
        #expect(machine.next(now: now) == .wait(until: time))
        #expect(machine.next(now: time) == .resolve([Self.u]))
        machine.resolved([Self.u: "u"], retryAt: time)
        let other = RebalanceStep(
            kind: .assigned, partitions: [TopicPartition("u", 0)], topicIDs: ["t": Self.t, "u": Self.u])
        #expect(machine.next(now: time) == .step(other))
    }

    /// The assignment has another topic with the same name: what the program has is not part of it.
    @Test func topicThatIsCreatedAgainIsLostAndAssigned() {
        var machine = stable()
        accepted(&machine, 2, [Self.u: [0, 1]])
        #expect(machine.next(now: now) == .resolve([Self.u]))
        machine.resolved([Self.u: "t"], retryAt: now)
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .lost, partitions: [Self.a, Self.b])))
        machine.stepped()
        let step = RebalanceStep(kind: .assigned, partitions: [Self.a, Self.b], topicIDs: ["t": Self.u])
        #expect(machine.next(now: now) == .step(step))
        machine.stepped()
        let acknowledgement = ConsumerHeartbeat(epoch: 2, isComplete: false, owned: [Self.u: [0, 1]])
        #expect(machine.next(now: now) == .consumerHeartbeat(acknowledgement))
    }

    @Test func newTopicReplacesTheFormerOneOfItsName() {
        var machine = stable()
        accepted(&machine, 2, [Self.t: [0, 1], Self.u: [1]])
        #expect(machine.next(now: now) == .resolve([Self.u]))
        machine.resolved([Self.u: "t"], retryAt: now)
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .lost, partitions: [Self.a, Self.b])))
        machine.stepped()
        let step = RebalanceStep(kind: .assigned, partitions: [Self.b], topicIDs: ["t": Self.u])
        #expect(machine.next(now: now) == .step(step))
    }

    @Test(arguments: [KafkaErrorCode.fencedMemberEpoch, .unknownMemberID])
    func fencedMemberHasLostItsPartitionsAndJoinsAgain(_ code: KafkaErrorCode) {
        var machine = stable()
        let isContinuing = machine.refused(code, retryAt: now)
        #expect(isContinuing && !machine.isMember)
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .lost, partitions: [Self.a, Self.b])))
        machine.stepped()
        #expect(machine.next(now: now) == Self.join)
    }

    /// The coordinator may or may not have received what the heartbeat said.
    @Test func lostHeartbeatIsFollowedByACompleteOne() {
        var machine = stable()
        let due = now.advanced(byMilliseconds: 100)
        _ = machine.next(now: due)
        let time = due.advanced(byMilliseconds: 10)
        machine.lost(retryAt: time)
        #expect(machine.next(now: due) == .wait(until: time))
        let complete = ConsumerHeartbeat(epoch: 1, isComplete: true, topics: ["t"], owned: [Self.t: [0, 1]])
        #expect(machine.next(now: time) == .consumerHeartbeat(complete))
    }

    @Test func movedCoordinatorIsAskedAgain() {
        var machine = stable()
        let time = now.advanced(byMilliseconds: 10)
        let isContinuing = machine.refused(.coordinatorLoadInProgress, retryAt: time)
        #expect(isContinuing && machine.isMember)
        #expect(machine.next(now: now) == .wait(until: time))
    }

    @Test(arguments: [
        KafkaErrorCode.unreleasedInstanceID, .unsupportedAssignor, .groupAuthorizationFailed, .groupMaxSizeReached,
        .invalidRegularExpression,
    ])
    func refusalEndsTheMembership(_ code: KafkaErrorCode) {
        var machine = stable()
        let isContinuing = machine.refused(code, retryAt: now)
        #expect(!isContinuing)
        _ = machine.next(now: now)
        machine.stepped()
        #expect(machine.next(now: now) == .wait(until: nil))
    }

    @Test func newTopicsAreSentAtOnce() {
        var machine = stable()
        machine.resubscribe(["u", "t"])
        #expect(
            machine.next(now: now)
                == .consumerHeartbeat(ConsumerHeartbeat(epoch: 1, isComplete: false, topics: ["t", "u"])))
    }

    @Test func memberLeavesWhenTheProgramDoesNotPoll() {
        var machine = stable()
        machine.pollExpired()
        #expect(machine.next(now: now) == .leave)
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .lost, partitions: [Self.a, Self.b])))
        // An answer that was on its way does not make it a member again.
        accepted(&machine, 1)
        machine.stepped()
        #expect(machine.next(now: now) == .wait(until: nil))
        machine.polled()
        #expect(machine.next(now: now) == Self.join)
    }
}
