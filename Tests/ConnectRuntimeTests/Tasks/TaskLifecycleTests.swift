import ConnectData
import Testing

@testable import ConnectRuntime

@Suite struct TaskLifecycleTests {
    private typealias Shown = TaskLifecycle.Shown
    private let away = TaskControl.Condition.interrupted(reason: "the server is away")

    @Test func taskRunsAndEnds() {
        var task = TaskLifecycle(isPaused: false)
        #expect(task.handle(.started) == Shown(state: .running))
        #expect(task.handle(.stopped) == Shown(state: .unassigned))
        #expect(task.handle(.failed(trace: "late")) == nil)
    }

    @Test func unavailableSourceIsReportedWithItsReason() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        #expect(task.handle(.externalSystemChanged(away)) == Shown(state: .restarting, trace: "the server is away"))
        #expect(task.handle(.externalSystemChanged(away)) == nil)
        #expect(task.handle(.externalSystemChanged(.running)) == Shown(state: .running))
    }

    @Test func taskWithoutMembershipIsNotReportedAsRunning() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        let left = Shown(state: .unassigned, trace: "left")
        #expect(task.handle(.leftGroup(reason: "left")) == left)
        #expect(task.handle(.externalSystemChanged(away)) == nil)
        #expect(task.handle(.paused) == nil && task.handle(.resumed) == nil)
        #expect(task.handle(.rejoinedGroup) == Shown(state: .restarting, trace: "the server is away"))
        #expect(task.handle(.leftGroup(reason: "left")) == left)
        // Its end does not replace the reason.
        #expect(task.handle(.stopped) == nil)
    }

    @Test func failureTakesPrecedenceOverALostMembership() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.leftGroup(reason: "left"))
        #expect(task.handle(.failed(trace: "broken")) == Shown(state: .failed, trace: "broken"))
    }

    @Test func interruptionsOfSourceAndKafkaAreIndependent() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        #expect(task.handle(.brokersChanged(.interrupted(reason: "no broker")))?.trace == "no broker")
        #expect(task.handle(.externalSystemChanged(away))?.trace == "the server is away")
        #expect(task.handle(.conversionChanged(.interrupted(reason: "no registry"))) == nil)
        #expect(task.handle(.externalSystemChanged(.running))?.trace == "no broker")
        #expect(task.handle(.brokersChanged(.running))?.trace == "no registry")
        #expect(task.handle(.conversionChanged(.running)) == Shown(state: .running))
    }

    @Test func interruptionIsReportedBeforeTheTaskRuns() {
        var task = TaskLifecycle(isPaused: false)
        #expect(task.handle(.clusterChanged(away)) == Shown(state: .restarting, trace: "the server is away"))
        #expect(task.handle(.clusterChanged(.running)) == nil)
        #expect(task.handle(.started) == Shown(state: .running))
    }

    @Test func failedOffsetCommitsAreReported() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        #expect(task.handle(.commitsChanged(.interrupted(reason: "no commit"))) == Shown(state: .restarting, trace: "no commit"))
        #expect(task.handle(.brokersChanged(.running)) == nil)
        #expect(task.handle(.commitsChanged(.running)) == Shown(state: .running))
    }

    @Test func pauseHidesAnInterruptionUntilTheTaskResumes() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        #expect(task.handle(.paused) == Shown(state: .paused))
        #expect(task.handle(.externalSystemChanged(away)) == nil)
        #expect(task.handle(.resumed) == Shown(state: .restarting, trace: "the server is away"))
    }

    @Test func taskThatStartsPausedReportsNoOtherState() {
        var task = TaskLifecycle(isPaused: true)
        #expect(task.handle(.paused) == Shown(state: .paused))
        #expect(task.handle(.resumed) == nil)
        #expect(task.handle(.started) == Shown(state: .running))
    }

    @Test func failedTaskStaysFailedWhenPaused() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        #expect(task.handle(.failed(trace: "why")) == Shown(state: .failed, trace: "why"))
        #expect(task.handle(.paused) == nil)
        #expect(task.handle(.resumed) == nil)
        #expect(task.hasFailed)
    }

    @Test func abandonedTaskReportsNothing() {
        var task = TaskLifecycle(isPaused: false)
        _ = task.handle(.started)
        #expect(task.handle(.abandoned) == nil)
        #expect(task.handle(.failed(trace: "late")) == nil)
        #expect(task.handle(.stopped) == nil)
    }
}
