import ConnectData
import Testing

@testable import ConnectRuntime

@Suite struct TaskLifecycleTests {
    private typealias Shown = TaskLifecycle.Shown
    private let away = TaskControl.Condition.interrupted(reason: "the server is away")

    @Test func aTaskRunsAndEnds() {
        var task = TaskLifecycle(isPaused: false)
        #expect(task.handle(.started) == Shown(state: .running))
        #expect(task.handle(.stopped) == Shown(state: .unassigned))
        #expect(task.handle(.failed(trace: "late")) == nil)
    }

    @Test func aSourceThatIsAwayShowsWithItsReason() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        #expect(task.handle(.sourceChanged(away)) == Shown(state: .restarting, trace: "the server is away"))
        #expect(task.handle(.sourceChanged(away)) == nil)
        #expect(task.handle(.sourceChanged(.running)) == Shown(state: .running))
    }

    @Test func withoutItsGroupNothingIsShownAsRunning() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        let left = Shown(state: .unassigned, trace: "left")
        #expect(task.handle(.leftGroup(reason: "left")) == left)
        #expect(task.handle(.sourceChanged(away)) == nil && task.handle(.paused) == nil && task.handle(.resumed) == nil)
        #expect(task.handle(.rejoinedGroup) == Shown(state: .restarting, trace: "the server is away"))
        #expect(task.handle(.leftGroup(reason: "left")) == left)
        // Its end is no news, and does not hide why.
        #expect(task.handle(.stopped) == nil)
    }

    @Test func aFailureOutweighsAnAbsentGroup() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.leftGroup(reason: "left"))
        #expect(task.handle(.failed(trace: "broken")) == Shown(state: .failed, trace: "broken"))
    }

    @Test func eachSideKeepsItsOwnTrouble() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        #expect(task.handle(.brokersChanged(.interrupted(reason: "no broker")))?.trace == "no broker")
        #expect(task.handle(.sourceChanged(away))?.trace == "the server is away")
        #expect(task.handle(.sourceChanged(.running))?.trace == "no broker")
        #expect(task.handle(.brokersChanged(.running)) == Shown(state: .running))
    }

    @Test func whatStandsInTheWayOfTheStartIsShownBeforeTheTaskRuns() {
        var task = TaskLifecycle(isPaused: false)
        #expect(task.handle(.clusterChanged(away)) == Shown(state: .restarting, trace: "the server is away"))
        #expect(task.handle(.clusterChanged(.running)) == nil)
        #expect(task.handle(.started) == Shown(state: .running))
    }

    @Test func offsetsThatCannotBeCommittedAreShown() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        #expect(task.handle(.commitsChanged(.interrupted(reason: "no commit"))) == Shown(state: .restarting, trace: "no commit"))
        #expect(task.handle(.brokersChanged(.running)) == nil)
        #expect(task.handle(.commitsChanged(.running)) == Shown(state: .running))
    }

    @Test func aPauseHidesTroubleAndResumingShowsIt() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        #expect(task.handle(.paused) == Shown(state: .paused))
        #expect(task.handle(.sourceChanged(away)) == nil)
        #expect(task.handle(.resumed) == Shown(state: .restarting, trace: "the server is away"))
    }

    @Test func aTaskThatStartsPausedShowsNothingElseBefore() {
        var task = TaskLifecycle(isPaused: true)
        #expect(task.handle(.paused) == Shown(state: .paused))
        #expect(task.handle(.resumed) == nil)
        #expect(task.handle(.started) == Shown(state: .running))
    }

    @Test func aFailedTaskStaysFailedUnderAPause() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        #expect(task.handle(.failed(trace: "why")) == Shown(state: .failed, trace: "why"))
        #expect(task.handle(.paused) == nil)
        #expect(task.handle(.resumed) == nil)
        #expect(task.hasFailed)
    }

    @Test func anAbandonedTaskSaysNoMore() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        #expect(task.handle(.abandoned) == nil)
        #expect(task.handle(.failed(trace: "late")) == nil)
        #expect(task.handle(.stopped) == nil)
    }
}
