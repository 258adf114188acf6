import ConnectData
import WireCore

/// When an operation of a transform or converter that fails temporarily is tried again, without a clock.
///
/// Source: `RetryWithToleranceOperator` of Connect, except that there is no limit unless `errors.retry.timeout` is
/// above 0, and that no pause is longer than five seconds.
struct RetrySchedule: Equatable {
    private static let firstPauseMilliseconds = 300
    private static let pauseMillisecondsMax = 5000

    /// nil: without a limit.
    private let deadline: MonotonicInstant?
    private let pauseMillisecondsMax: Int
    private var nextPauseMilliseconds = firstPauseMilliseconds

    /// - Parameter start: when the operation failed first.
    init(_ errors: ErrorHandling, start: MonotonicInstant) {
        let timeout = errors.retryTimeoutMilliseconds
        deadline = timeout > 0 ? start.advanced(byMilliseconds: timeout) : nil
        pauseMillisecondsMax = max(1, min(errors.retryDelayMillisecondsMax, Self.pauseMillisecondsMax))
    }

    /// When the operation is tried again, after it has failed at `now`; nil: not any more.
    mutating func nextAttempt(after now: MonotonicInstant) -> MonotonicInstant? {
        if let deadline, now >= deadline { return nil }
        let next = now.advanced(byMilliseconds: min(nextPauseMilliseconds, pauseMillisecondsMax))
        nextPauseMilliseconds = min(nextPauseMilliseconds * 2, Self.pauseMillisecondsMax)
        return deadline.map { min($0, next) } ?? next
    }
}
