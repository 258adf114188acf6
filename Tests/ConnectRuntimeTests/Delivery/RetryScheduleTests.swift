import ConnectData
import Testing
import WireCore

@testable import ConnectRuntime

@Suite struct RetryScheduleTests {
    private let start = MonotonicInstant(nanoseconds: 1_000_000_000)

    /// The pauses in milliseconds before each attempt, if every one fails at once.
    private func pauses(_ configuration: [String: String], count: Int = 8) -> [Int] {
        var schedule = RetrySchedule(ErrorHandling(configuration: configuration), start: start)
        var now = start
        var pauses: [Int] = []
        while pauses.count < count, let next = schedule.nextAttempt(after: now) {
            pauses.append(next.milliseconds(since: now))
            now = next
        }
        return pauses
    }

    @Test(arguments: [[:], ["errors.retry.timeout": "-1"], ["errors.retry.timeout": "0"]])
    func withoutATimeoutThereIsNoLimit(configuration: [String: String]) {
        #expect(pauses(configuration) == [300, 600, 1200, 2400, 4800, 5000, 5000, 5000])
    }

    @Test func lastAttemptIsAtTheTimeout() {
        #expect(pauses(["errors.retry.timeout": "1000"]) == [300, 600, 100])
    }

    @Test func delayIsLimited() {
        #expect(pauses(["errors.retry.delay.max.ms": "500"], count: 3) == [300, 500, 500])
        #expect(pauses(["errors.retry.delay.max.ms": "0"], count: 2) == [1, 1])
    }
}
