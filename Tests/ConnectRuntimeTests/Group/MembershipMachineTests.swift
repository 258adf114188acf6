import KafkaProtocol
import KafkaWire
import Testing
import WireCore

@testable import ConnectRuntime

@Suite struct MembershipMachineTests {
    typealias Machine = MembershipMachine

    private static func at(_ milliseconds: Int) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 0).advanced(byMilliseconds: milliseconds)
    }

    /// A member of generation 7 since the time 0, with a session of 10 s.
    private static func member() -> Machine {
        Machine(
            sessionTimeoutMilliseconds: 10_000, heartbeatIntervalMilliseconds: 3000, generation: 7, since: at(0))
    }

    /// The same after its session is over.
    private static func absent() -> Machine {
        var machine = member()
        machine.unanswered()
        #expect(machine.timePassed(at(10_000)) == .leave)
        return machine
    }

    @Test func sessionIsCountedFromTheLastAnsweredHeartbeat() {
        var machine = Self.member()
        #expect(machine.nextStep == .heartbeat(afterMilliseconds: 3000))
        #expect(machine.heartbeatAnswered(.stable, sentAt: Self.at(3000), answeredAt: Self.at(3000)) == .none)
        #expect(machine.timePassed(Self.at(12_999)) == .none && !machine.isAbsent)
        #expect(machine.timePassed(Self.at(13_000)) == .leave && machine.isAbsent)
        #expect(machine.timePassed(Self.at(14_000)) == .none)
    }

    @Test func silentCoordinatorIsRetriedSoon() {
        var machine = Self.member()
        machine.unanswered()
        #expect(machine.nextStep == .heartbeat(afterMilliseconds: Machine.retryMilliseconds))
        #expect(machine.heartbeatAnswered(.stable, sentAt: Self.at(4000), answeredAt: Self.at(4000)) == .none)
        #expect(machine.nextStep == .heartbeat(afterMilliseconds: 3000))
    }

    @Test func tasksResumeIfTheCoordinatorStillHasTheGeneration() {
        var machine = Self.absent()
        #expect(machine.heartbeatAnswered(.stable, sentAt: Self.at(20_000), answeredAt: Self.at(20_000)) == .resume)
        #expect(machine.timePassed(Self.at(29_999)) == .none)
        #expect(machine.timePassed(Self.at(30_000)) == .leave)
    }

    @Test func lateHeartbeatAnswerDoesNotExtendTheSession() {
        var machine = Self.member()
        #expect(machine.nextCheck(after: Self.at(1)) == Self.at(10_000))
        #expect(machine.timePassed(Self.at(10_000)) == .leave)
        #expect(machine.nextCheck(after: Self.at(10_000)) == Self.at(10_000 + Machine.retryMilliseconds))
        // Sent before the session's end and answered after it.
        #expect(machine.heartbeatAnswered(.stable, sentAt: Self.at(3000), answeredAt: Self.at(10_000)) == .resume)
        #expect(machine.nextCheck(after: Self.at(12_000)) == Self.at(13_000))
        #expect(machine.timePassed(Self.at(13_000)) == .leave)
    }

    @Test func tasksDoNotResumeForTheRestOfASessionThatIsNearlyOver() {
        var machine = Self.absent()
        #expect(machine.heartbeatAnswered(.stable, sentAt: Self.at(3000), answeredAt: Self.at(12_900)) == .none)
        #expect(machine.isAbsent && machine.timePassed(Self.at(13_000)) == .none)
        #expect(machine.nextStep == .heartbeat(afterMilliseconds: Machine.retryMilliseconds))
        #expect(machine.heartbeatAnswered(.stable, sentAt: Self.at(13_100), answeredAt: Self.at(13_110)) == .resume)
    }

    @Test func rebalanceDuringTheSessionDoesNotInterruptTasks() {
        var machine = Self.member()
        #expect(machine.heartbeatAnswered(.rebalancing, sentAt: Self.at(3000), answeredAt: Self.at(3000)) == .none)
        #expect(machine.nextStep == .join(afterMilliseconds: 0))
        #expect(machine.joined(generation: 8, sentAt: Self.at(4000)) == .none)
        #expect(machine.generation == 8 && machine.timePassed(Self.at(13_999)) == .none)
    }

    @Test func rebalanceAfterTheSessionEndedResumesTasksOnlyOnceJoined() {
        var machine = Self.absent()
        let effect = machine.heartbeatAnswered(.rebalancing, sentAt: Self.at(20_000), answeredAt: Self.at(20_000))
        #expect(effect == .none && machine.isAbsent)
        #expect(machine.joined(generation: 8, sentAt: Self.at(20_100)) == .resume)
    }

    @Test func fencedMemberDescribesTheGroupAndJoins() {
        var machine = Self.absent()
        #expect(machine.heartbeatAnswered(.fenced, sentAt: Self.at(20_000), answeredAt: Self.at(20_000)) == .none)
        #expect(machine.nextStep == .describeGroup(afterMilliseconds: 0))
        machine.groupDescribed(isEmpty: true)
        #expect(machine.nextStep == .join(afterMilliseconds: 0))
    }

    @Test(arguments: [
        // The group formed again with this worker alone, or lost its last member first.
        (Int32(8), false, Machine.Effect.resume), (9, true, .resume),
        // Another member had a generation of its own.
        (9, false, .restart), (10, true, .restart), (8 + 5, true, .restart),
        // The coordinator has lost the group, whose generations begin again with 1.
        (1, true, .restart), (7, true, .restart), (Int32.min, true, .restart),
    ])
    func othersRanUnlessEveryGenerationIsAccountedFor(generation: Int32, isEmpty: Bool, effect: Machine.Effect) {
        var machine = Self.absent()
        _ = machine.heartbeatAnswered(.fenced, sentAt: Self.at(20_000), answeredAt: Self.at(20_000))
        machine.groupDescribed(isEmpty: isEmpty)
        #expect(machine.joined(generation: generation, sentAt: Self.at(21_000)) == effect)
        #expect(!machine.isAbsent && machine.nextStep == .heartbeat(afterMilliseconds: 3000))
    }

    /// A broker that restarted without its members, or another process that removed this worker.
    @Test func removedMemberSuspendsItsTasksBeforeTheSessionEnds() {
        var machine = Self.member()
        let effect = machine.heartbeatAnswered(.fenced, sentAt: Self.at(3000), answeredAt: Self.at(3000))
        #expect(effect == .suspend && machine.isAbsent)
        #expect(machine.heartbeatAnswered(.fenced, sentAt: Self.at(3010), answeredAt: Self.at(3010)) == .none)
        machine.groupDescribed(isEmpty: true)
        var unharmed = machine
        #expect(unharmed.joined(generation: 9, sentAt: Self.at(3100)) == .resume && !unharmed.isAbsent)
        var late = machine
        #expect(late.timePassed(Self.at(10_000)) == .leave)
        #expect(late.joined(generation: 9, sentAt: Self.at(10_100)) == .resume)
        #expect(machine.joined(generation: 10, sentAt: Self.at(3100)) == .restart)
    }

    @Test func failedJoinDiscardsTheDescriptionOfTheGroup() {
        var machine = Self.absent()
        _ = machine.heartbeatAnswered(.fenced, sentAt: Self.at(20_000), answeredAt: Self.at(20_000))
        machine.groupDescribed(isEmpty: true)
        machine.unanswered()
        #expect(machine.nextStep == .describeGroup(afterMilliseconds: Machine.retryMilliseconds))
        machine.groupDescribed(isEmpty: false)
        #expect(machine.joined(generation: 9, sentAt: Self.at(21_000)) == .restart)
    }
}
