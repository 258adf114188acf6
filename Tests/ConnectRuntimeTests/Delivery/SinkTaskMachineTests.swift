import ConnectData
import Testing
import WireCore

@testable import ConnectRuntime

@Suite struct SinkTaskMachineTests {
    private let a = TopicPartition("t", 0)
    private let b = TopicPartition("t", 1)

    private static func time(_ milliseconds: Int) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 1_000_000_000).advanced(byMilliseconds: milliseconds)
    }

    private static func machine() -> SinkTaskMachine {
        SinkTaskMachine(commitIntervalMilliseconds: 1000, commitTimeoutMilliseconds: 500, start: time(0))
    }

    /// A machine that was assigned partitions from these offsets.
    private static func assigned(_ offsets: [TopicPartition: Int64]) -> SinkTaskMachine {
        var machine = machine()
        #expect(machine.handle(.assigned(offsets), at: time(0)) == [.open(Set(offsets.keys))])
        return machine
    }

    private func handle(
        _ machine: inout SinkTaskMachine, _ event: SinkTaskMachine.Event, _ milliseconds: Int = 0
    ) -> [SinkTaskMachine.Action] {
        machine.handle(event, at: Self.time(milliseconds))
    }

    // MARK: Commits

    @Test func acceptedRecordsAreCommittedAtTheEndOfTheInterval() {
        var machine = Self.assigned([a: 5, b: 0])
        #expect(handle(&machine, .ready) == [])
        #expect(handle(&machine, .polling, 100) == [.poll(timeoutMilliseconds: 900)])
        #expect(handle(&machine, .consumed([a: 8]), 100) == [.put])
        #expect(handle(&machine, .accepted, 100) == [])
        #expect(handle(&machine, .ready, 999) == [])
        #expect(handle(&machine, .ready, 1000) == [.preCommit([a: 8, b: 0])])
        #expect(
            handle(&machine, .preCommitted([a: 8, b: 0]), 1000)
                == [.commit([a: 8, b: 0], sequence: 1, waits: false)])
        #expect(handle(&machine, .committed(sequence: 1, failure: nil), 1001) == [.report(failure: nil)])
        #expect(handle(&machine, .ready, 2000) == [.preCommit([a: 8, b: 0])])
        #expect(handle(&machine, .preCommitted([a: 8, b: 0]), 2000) == [.skipCommit], "nothing has changed")
        #expect(machine.lastSequence == 2)
    }

    /// Otherwise the task would poll without waiting in the last millisecond.
    @Test func aPollLastsUntilTheEndOfTheInterval() {
        var machine = Self.assigned([a: 0])
        let now = MonotonicInstant(nanoseconds: Self.time(999).nanoseconds + 1)
        #expect(machine.handle(.polling, at: now) == [.poll(timeoutMilliseconds: 1)])
        #expect(handle(&machine, .polling, 1000) == [.poll(timeoutMilliseconds: 0)])
    }

    @Test func consumedRecordsAreActiveUntilTheirOffsetsAreCommitted() {
        var machine = Self.assigned([a: 5, b: 0])
        #expect(machine.activeRecordCount == 0)
        _ = handle(&machine, .consumed([a: 8]))
        #expect(machine.activeRecordCount == 3)
        _ = handle(&machine, .accepted)
        _ = handle(&machine, .consumed([b: 2]))
        _ = handle(&machine, .accepted)
        _ = handle(&machine, .ready, 1000)
        _ = handle(&machine, .preCommitted([a: 6, b: 2]), 1000)
        #expect(machine.activeRecordCount == 5)
        _ = handle(&machine, .committed(sequence: 1, failure: nil), 1001)
        #expect(machine.activeRecordCount == 2)
        _ = handle(&machine, .lost([a]), 1001)
        #expect(machine.activeRecordCount == 0)
    }

    @Test func aRequestedCommitDoesNotWaitForTheInterval() {
        var machine = Self.assigned([a: 0])
        _ = handle(&machine, .consumed([a: 3]))
        _ = handle(&machine, .accepted)
        #expect(handle(&machine, .commitRequested) == [])
        #expect(handle(&machine, .ready, 10) == [.preCommit([a: 3])])
        #expect(handle(&machine, .preCommitted([a: 3]), 10) == [.commit([a: 3], sequence: 1, waits: false)])
        #expect(handle(&machine, .commitRequested) == [])
        #expect(handle(&machine, .ready, 20) == [], "a commit is in progress")
        #expect(handle(&machine, .committed(sequence: 1, failure: nil), 30) == [.report(failure: nil)])
        #expect(handle(&machine, .ready, 40) == [.preCommit([a: 3])])
    }

    @Test func theTaskDecidesWhichOffsetsAreCommitted() {
        var machine = Self.assigned([a: 0, b: 0])
        _ = handle(&machine, .consumed([a: 9, b: 9]))
        _ = handle(&machine, .accepted)
        _ = handle(&machine, .ready, 1000)
        #expect(handle(&machine, .preCommitted([:]), 1000) == [.skipCommit])
        _ = handle(&machine, .ready, 2000)
        let actions = handle(&machine, .preCommitted([a: 4, b: 10]), 2000)
        guard case .warn? = actions.first else { return #expect(Bool(false), "\(actions)") }
        #expect(actions.dropFirst() == [.commit([a: 4, b: 0], sequence: 2, waits: false)])
        _ = handle(&machine, .committed(sequence: 2, failure: nil), 2000)
        _ = handle(&machine, .ready, 3000)
        let other = handle(&machine, .preCommitted([TopicPartition("t", 7): 1]), 3000)
        #expect(other.count == 2 && other.last == .skipCommit)
    }

    @Test func anUnansweredCommitTimesOut() {
        var machine = Self.assigned([a: 0])
        _ = handle(&machine, .consumed([a: 1]))
        _ = handle(&machine, .accepted)
        _ = handle(&machine, .ready, 1000)
        _ = handle(&machine, .preCommitted([a: 1]), 1000)
        #expect(handle(&machine, .polling, 1000) == [.poll(timeoutMilliseconds: 500)])
        #expect(handle(&machine, .ready, 1499) == [])
        let failure = "A commit was not answered within 500 ms"
        #expect(handle(&machine, .ready, 1500) == [.report(failure: failure)])
        #expect(handle(&machine, .committed(sequence: 1, failure: nil), 1600) == [.ignoreCommitEnd], "it comes too late")
        #expect(handle(&machine, .ready, 2000) == [.preCommit([a: 1])])
        #expect(handle(&machine, .preCommitted([a: 1]), 2000) == [.commit([a: 1], sequence: 2, waits: false)])
    }

    @Test func aFailedPreCommitRewindsToTheCommittedOffsets() {
        var machine = Self.assigned([a: 5])
        _ = handle(&machine, .consumed([a: 8]))
        _ = handle(&machine, .accepted)
        _ = handle(&machine, .consumed([a: 9]))
        _ = handle(&machine, .refused)
        #expect(handle(&machine, .ready, 1000) == [.preCommit([a: 8])])
        let actions = handle(&machine, .preCommitFailed("full"), 1000)
        #expect(actions[1...] == [.report(failure: "full"), .discard([a]), .seek([a: 5]), .resume([a])])
        #expect(machine.positions == [a: 5])
    }

    @Test func failedCommitsAreReportedAndTriedAgain() {
        var machine = Self.assigned([a: 0])
        _ = handle(&machine, .consumed([a: 1]))
        _ = handle(&machine, .accepted)
        _ = handle(&machine, .ready, 1000)
        _ = handle(&machine, .preCommitted([a: 1]), 1000)
        #expect(handle(&machine, .committed(sequence: 1, failure: "away"), 1100) == [.report(failure: "away")])
        _ = handle(&machine, .ready, 2000)
        #expect(handle(&machine, .preCommitted([a: 1]), 2000) == [.commit([a: 1], sequence: 2, waits: false)])
    }

    // MARK: Redelivery

    @Test func aRefusedBatchIsPassedAgainWhileAllPartitionsArePaused() {
        var machine = Self.assigned([a: 0, b: 0])
        #expect(handle(&machine, .consumed([a: 2])) == [.put])
        #expect(handle(&machine, .refused) == [.pause([a, b])])
        #expect(handle(&machine, .polling) == [.poll(timeoutMilliseconds: 250)])
        #expect(handle(&machine, .consumed([:]), 249) == [], "the consumer returned early")
        #expect(handle(&machine, .consumed([:]), 250) == [.put])
        #expect(handle(&machine, .refused, 250) == [])
        #expect(handle(&machine, .polling, 250) == [.poll(timeoutMilliseconds: 500)])
        #expect(handle(&machine, .ready, 1000) == [.preCommit([a: 0, b: 0])], "nothing was accepted")
        #expect(handle(&machine, .preCommitted([a: 0, b: 0]), 1000) == [.skipCommit])
        #expect(handle(&machine, .consumed([:]), 1000) == [.put])
        #expect(handle(&machine, .accepted, 1000) == [.resume([a, b])])
        #expect(machine.positions == [a: 2, b: 0])
    }

    @Test func theTaskSetsWhenItIsCalledAgain() {
        var machine = Self.assigned([a: 0])
        _ = handle(&machine, .consumed([a: 2]))
        #expect(handle(&machine, .retryTimeoutSet(milliseconds: 700)) == [])
        _ = handle(&machine, .refused)
        #expect(handle(&machine, .polling) == [.poll(timeoutMilliseconds: 700)])
        _ = handle(&machine, .consumed([:]), 700)
        _ = handle(&machine, .accepted, 700)
        _ = handle(&machine, .retryTimeoutSet(milliseconds: 50))
        #expect(handle(&machine, .polling, 700) == [.poll(timeoutMilliseconds: 50)])
        #expect(handle(&machine, .polling, 750) == [.poll(timeoutMilliseconds: 250)], "it counts once")
    }

    @Test func aRefusedBatchOfRevokedPartitionsIsDiscarded() {
        var machine = Self.assigned([a: 0, b: 0])
        _ = handle(&machine, .consumed([a: 2, b: 2]))
        _ = handle(&machine, .refused)
        #expect(handle(&machine, .revoked([a])) == [.discard([a]), .preCommit([a: 0])])
        #expect(handle(&machine, .preCommitted([a: 0])) == [.close([a]), .skipCommit])
        #expect(handle(&machine, .revoked([b])) == [.discard([b]), .preCommit([b: 0])])
        #expect(handle(&machine, .preCommitted([b: 0])) == [.close([b]), .skipCommit])
        #expect(handle(&machine, .assigned([b: 0])) == [.open([b])], "nothing is left to be passed again")
        #expect(handle(&machine, .consumed([:])) == [.put])
    }

    @Test func partitionsThatAreAssignedDuringARedeliveryArePaused() {
        var machine = Self.assigned([a: 0])
        _ = handle(&machine, .consumed([a: 2]))
        _ = handle(&machine, .refused)
        #expect(handle(&machine, .assigned([b: 4])) == [.pause([b]), .open([b])])
    }

    // MARK: Rebalances

    @Test func revokedPartitionsAreCommittedBeforeTheTaskClosesThem() {
        var machine = Self.assigned([a: 0, b: 0])
        _ = handle(&machine, .consumed([a: 7, b: 3]))
        _ = handle(&machine, .accepted)
        #expect(handle(&machine, .revoked([a])) == [.preCommit([a: 7])])
        #expect(
            handle(&machine, .preCommitted([a: 7])) == [.close([a]), .commit([a: 7], sequence: 1, waits: true)])
        #expect(handle(&machine, .committed(sequence: 1, failure: nil)) == [.report(failure: nil)])
        #expect(machine.positions == [b: 3])
        #expect(handle(&machine, .revoked([a])) == [])
    }

    @Test func partitionsOfATaskThatCannotFlushAreClosedWithoutACommit() {
        var machine = Self.assigned([a: 0])
        _ = handle(&machine, .consumed([a: 7]))
        _ = handle(&machine, .accepted)
        _ = handle(&machine, .revoked([a]))
        #expect(handle(&machine, .preCommitFailed("full")).dropFirst() == [.close([a])])
        #expect(machine.positions == [:])
    }

    @Test func lostPartitionsAreNotCommitted() {
        var machine = Self.assigned([a: 0, b: 0])
        _ = handle(&machine, .consumed([a: 7]))
        _ = handle(&machine, .refused)
        #expect(handle(&machine, .lost([a])) == [.discard([a]), .close([a]), .resume([b])])
    }

    /// The end of a commit of a partition that was lost in between does not move its offset.
    @Test func aLateCommitDoesNotConcernPartitionsThatWereAssignedAgain() {
        var machine = Self.assigned([a: 0])
        _ = handle(&machine, .consumed([a: 20]))
        _ = handle(&machine, .accepted)
        _ = handle(&machine, .ready, 1000)
        _ = handle(&machine, .preCommitted([a: 20]), 1000)
        _ = handle(&machine, .lost([a]), 1000)
        _ = handle(&machine, .assigned([a: 10]), 1000)
        #expect(handle(&machine, .committed(sequence: 1, failure: nil), 1001) == [.report(failure: nil)])
        #expect(machine.committed == [a: 10])
    }

    @Test func theEndOfTheTaskCommitsAndClosesAllPartitions() {
        var machine = Self.assigned([a: 0, b: 0])
        _ = handle(&machine, .consumed([a: 7]))
        _ = handle(&machine, .accepted)
        _ = handle(&machine, .consumed([a: 9]))
        #expect(handle(&machine, .stopped) == [.preCommit([a: 7, b: 0])])
        #expect(
            handle(&machine, .preCommitted([a: 7, b: 0]))
                == [.close([a, b]), .commit([a: 7, b: 0], sequence: 1, waits: true)])
        var idle = Self.machine()
        #expect(handle(&idle, .stopped) == [])
    }

    // MARK: Pauses

    @Test func aPausedTaskKeepsItsPartitionsAndCommits() {
        var machine = Self.assigned([a: 0, b: 0])
        #expect(handle(&machine, .partitionsPaused([b])) == [.pause([b])])
        #expect(handle(&machine, .paused(true)) == [.pause([a])])
        #expect(handle(&machine, .ready, 1) == [.preCommit([a: 0, b: 0])])
        _ = handle(&machine, .preCommitted([a: 0, b: 0]), 1)
        #expect(handle(&machine, .partitionsResumed([b])) == [], "as long as the task is paused")
        #expect(handle(&machine, .partitionsPaused([a])) == [])
        #expect(handle(&machine, .paused(false)) == [.resume([b])])
        #expect(handle(&machine, .partitionsResumed([a])) == [.resume([a])])
    }

    @Test func aRefusedBatchWaitsWhileTheTaskIsPaused() {
        var machine = Self.assigned([a: 0])
        _ = handle(&machine, .consumed([a: 2]))
        _ = handle(&machine, .refused)
        #expect(handle(&machine, .paused(true)) == [])
        #expect(handle(&machine, .polling) == [.poll(timeoutMilliseconds: 1000)])
        #expect(handle(&machine, .consumed([:]), 900) == [])
        #expect(handle(&machine, .paused(false), 901) == [])
        #expect(handle(&machine, .consumed([:]), 901) == [.put])
    }

    @Test func partitionsThatTheTaskPausesStayPausedAfterARebalance() {
        var machine = Self.assigned([a: 0, b: 0])
        _ = handle(&machine, .partitionsPaused([a]))
        _ = handle(&machine, .revoked([a, b]))
        _ = handle(&machine, .preCommitted([:]))
        #expect(handle(&machine, .assigned([a: 0])) == [.pause([a]), .open([a])])
        #expect(handle(&machine, .revoked([a])) == [.preCommit([a: 0])])
        _ = handle(&machine, .preCommitted([:]))
        #expect(handle(&machine, .assigned([b: 0])) == [.open([b])])
        #expect(handle(&machine, .assigned([a: 0])) == [.open([a])], "it was lost for a whole generation")
    }

    // MARK: Offsets that the task sets

    @Test func theTaskSetsOffsetsWhenItOpensPartitions() {
        var machine = Self.assigned([a: 0, b: 0])
        #expect(handle(&machine, .seekRequested([a: 40])) == [])
        #expect(handle(&machine, .opened) == [.seek([a: 40])])
        #expect(machine.positions == [a: 40, b: 0])
    }

    @Test func offsetsThatTheTaskSetsReplaceTheBatch() {
        var machine = Self.assigned([a: 0, b: 0])
        _ = handle(&machine, .consumed([a: 9, b: 9]))
        _ = handle(&machine, .seekRequested([a: 4]))
        _ = handle(&machine, .refused)
        #expect(handle(&machine, .polling) == [.discard([a]), .seek([a: 4]), .poll(timeoutMilliseconds: 250)])
        _ = handle(&machine, .consumed([:]), 250)
        _ = handle(&machine, .accepted, 250)
        #expect(machine.positions == [a: 4, b: 9])
    }
}
