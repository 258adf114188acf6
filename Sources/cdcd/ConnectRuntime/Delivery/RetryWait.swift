import ConnectData
import WireCore

/// Repeats operations of a task's transforms and converters that fail temporarily. Meanwhile the task's state is
/// `RESTARTING`, with the reason. Used by the task's thread.
package struct RetryWait: Sendable {
    let errors: ErrorHandling
    let control: TaskControl
    let gate: PauseGate
    let logger: Logger
    let metrics: TaskMetrics?
    let conditionChanged: @Sendable (TaskControl.Condition) -> Void

    /// - Parameter conditionChanged: called when an operation fails temporarily, and when it has ended.
    package init(
        errors: ErrorHandling, control: TaskControl, gate: PauseGate, logger: Logger, metrics: TaskMetrics? = nil,
        conditionChanged: @escaping @Sendable (TaskControl.Condition) -> Void = { _ in }
    ) {
        self.errors = errors
        self.control = control
        self.gate = gate
        self.logger = logger
        self.metrics = metrics
        self.conditionChanged = conditionChanged
    }

    /// Calls `again` until it does not throw a `RetriableError`, with pauses.
    ///
    /// - Parameter first: what the operation threw the first time.
    /// - Throws: other errors of `again`; the last `RetriableError` if `errors.retry.timeout` has passed;
    ///   `CancellationError` if the task is stopped.
    func retry<R>(after first: RetriableError, _ again: () throws -> R) throws -> R {
        var failure = first
        var schedule = RetrySchedule(errors, start: .now)
        logger.warn("\(failure); it is tried again")
        defer { conditionChanged(.running) }
        while true {
            // The last failure is counted as that of the record.
            guard let next = schedule.nextAttempt(after: .now) else { throw failure }
            metrics?.failures.add()
            conditionChanged(.interrupted(reason: "\(failure)"))
            try pause(until: next)
            metrics?.retries.add()
            do {
                let result = try again()
                logger.info("The operation succeeds again")
                return result
            } catch let error as RetriableError {
                failure = error
            }
        }
    }

    /// Returns early when a paused task is resumed.
    private func pause(until deadline: MonotonicInstant) throws {
        // A task that fails otherwise is stopped, too.
        let handler = control.onStop { [gate] in gate.stop() }
        defer { control.removeStopHandler(handler) }
        if try !gate.wait(until: deadline) { try gate.pass() }
    }
}
