import KafkaProtocol
import Testing
import WireCore

@testable import KafkaWire

@Suite struct ClassicGroupMachineTests {
    private static let all = Set((0..<4).map { TopicPartition("t", $0) })
    private static let half = Set((0..<2).map { TopicPartition("t", $0) })
    private var now = MonotonicInstant(nanoseconds: 1)

    private func machine(cooperative: Bool) -> ClassicGroupMachine {
        ClassicGroupMachine(topics: ["t"], isCooperative: cooperative, heartbeatIntervalMilliseconds: 100)
    }

    /// A member that has all partitions in generation 1.
    private func stable(cooperative: Bool) -> ClassicGroupMachine {
        var machine = machine(cooperative: cooperative)
        #expect(machine.next(now: now) == .join(owned: [], generation: -1))
        machine.joined(1, Self.all, now: now)
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .assigned, partitions: Self.all)))
        machine.stepped()
        #expect(machine.owned == Self.all && machine.isMember)
        return machine
    }

    @Test func heartbeatsAreSentInTheirInterval() {
        var machine = stable(cooperative: false)
        let due = now.advanced(byMilliseconds: 100)
        #expect(machine.next(now: now) == .wait(until: due))
        #expect(machine.next(now: due) == .heartbeat)
        machine.heartbeatAnswered(.stable)
        #expect(machine.next(now: due) == .wait(until: due.advanced(byMilliseconds: 100)))
        machine.heartbeatFailed(retryAt: due.advanced(byMilliseconds: 7))
        #expect(machine.next(now: due) == .wait(until: due.advanced(byMilliseconds: 7)))
    }

    @Test func eagerMemberRevokesEverythingBeforeItJoins() {
        var machine = stable(cooperative: false)
        machine.heartbeatAnswered(.rebalancing)
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .revoked, partitions: Self.all)))
        // The program takes its time; the member remains.
        let due = now.advanced(byMilliseconds: 100)
        #expect(machine.next(now: now) == .wait(until: due))
        #expect(machine.next(now: due) == .heartbeat)
        machine.heartbeatAnswered(.rebalancing)
        machine.stepped()
        #expect(machine.next(now: due) == .join(owned: [], generation: 1))
        machine.joined(2, Self.half, now: due)
        #expect(machine.next(now: due) == .step(RebalanceStep(kind: .assigned, partitions: Self.half)))
    }

    @Test func cooperativeMemberRevokesWhatMovesAndJoinsAgain() {
        var machine = stable(cooperative: true)
        machine.heartbeatAnswered(.rebalancing)
        #expect(machine.next(now: now) == .join(owned: Self.all, generation: 1))
        machine.joined(2, Self.half, now: now)
        let rest = Self.all.subtracting(Self.half)
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .revoked, partitions: rest)))
        machine.stepped()
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .assigned, partitions: [])))
        machine.stepped()
        #expect(machine.next(now: now) == .join(owned: Self.half, generation: 2))
        machine.joined(3, Self.half, now: now)
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .assigned, partitions: [])))
        machine.stepped()
        #expect(machine.next(now: now) == .wait(until: now.advanced(byMilliseconds: 100)))
    }

    @Test func memberThatMissedAGenerationLosesWhatItHas() {
        var machine = stable(cooperative: true)
        machine.heartbeatAnswered(.rebalancing)
        #expect(machine.next(now: now) == .join(owned: Self.all, generation: 1))
        machine.joined(3, Self.half, hasMissedGenerations: true, now: now)
        #expect(!machine.isMember)
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .lost, partitions: Self.all)))
        machine.stepped()
        #expect(machine.next(now: now) == .join(owned: [], generation: -1))
        machine.joined(4, Self.half, hasMissedGenerations: true, now: now)
        #expect(machine.isMember)
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .assigned, partitions: Self.half)))
    }

    @Test func partitionsOfFormerTopicsAreRevokedBeforeTheJoin() {
        var machine = stable(cooperative: true)
        machine.resubscribe(["u"])
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .revoked, partitions: Self.all)))
        machine.stepped()
        #expect(machine.next(now: now) == .join(owned: [], generation: 1))
    }

    @Test(arguments: [false, true])
    func removedMemberHasLostItsPartitions(_ isCooperative: Bool) {
        var machine = stable(cooperative: isCooperative)
        machine.heartbeatAnswered(.fenced)
        #expect(!machine.isMember)
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .lost, partitions: Self.all)))
        #expect(machine.next(now: now.advanced(byMilliseconds: 500)) == .wait(until: nil))
        machine.stepped()
        #expect(machine.next(now: now) == .join(owned: [], generation: -1))
    }

    /// The coordinator does not know the member that joins with its partitions.
    @Test func memberThatIsRemovedDuringItsJoinHasLostItsPartitions() {
        var machine = stable(cooperative: true)
        machine.heartbeatAnswered(.rebalancing)
        #expect(machine.next(now: now) == .join(owned: Self.all, generation: 1))
        machine.fenced()
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .lost, partitions: Self.all)))
        machine.stepped()
        #expect(machine.next(now: now) == .join(owned: [], generation: -1))
    }

    @Test func memberThatIsRemovedDuringAStepFinishesItFirst() {
        var machine = stable(cooperative: false)
        machine.heartbeatAnswered(.rebalancing)
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .revoked, partitions: Self.all)))
        machine.heartbeatAnswered(.fenced)
        #expect(machine.next(now: now) == .wait(until: nil))
        machine.stepped()
        #expect(machine.next(now: now) == .join(owned: [], generation: -1))
    }

    @Test func failedJoinIsRepeatedLater() {
        var machine = machine(cooperative: false)
        _ = machine.next(now: now)
        let time = now.advanced(byMilliseconds: 30)
        machine.joinFailed(retryAt: time)
        #expect(machine.next(now: now) == .wait(until: time))
        #expect(machine.next(now: time) == .join(owned: [], generation: -1))
    }

    @Test func memberLeavesWhenTheProgramDoesNotPoll() {
        var machine = stable(cooperative: false)
        machine.pollExpired()
        #expect(machine.next(now: now) == .leave)
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .lost, partitions: Self.all)))
        machine.polled()
        machine.stepped()
        #expect(machine.next(now: now) == .join(owned: [], generation: -1))
        var outside = self.machine(cooperative: false)
        outside.pollExpired()
        #expect(outside.next(now: now) == .wait(until: nil))
    }

    @Test func newSubscriptionRejoins() {
        var machine = stable(cooperative: false)
        machine.resubscribe(["t", "u"])
        #expect(machine.next(now: now) == .step(RebalanceStep(kind: .revoked, partitions: Self.all)))
    }

    @Test func failureEndsTheMembership() {
        var machine = stable(cooperative: false)
        machine.failed()
        #expect(!machine.isMember)
        #expect(machine.next(now: now.advanced(byMilliseconds: 1000)) == .wait(until: nil))
    }
}
