import ConnectData
import WireCore

/// What a task of one kind does on its thread, and how the worker interrupts it. Everything but `run` may be called
/// from any thread.
protocol TaskWork: Sendable {
    /// Runs the task until it is stopped.
    ///
    /// - Parameter wasRevoked: whether the task ends because the worker left its group, without a last commit.
    /// - Throws: `CancellationError` if the task is stopped; any other error fails it.
    func run(_ setup: TaskSetup, wasRevoked: @escaping () -> Bool) throws

    /// The task was paused or resumed, or the worker left its group or joined it again.
    func gateChanged()

    /// Stores no offsets until `releaseCommits`: the worker is outside of its group. Takes no lock.
    func holdCommits()
    func releaseCommits()

    /// Stores no more offsets: another worker may run the task.
    func endCommits()

    /// Discards what is not delivered and ends every wait. Implies `endCommits`.
    func abandon()
}

/// The configuration of a task, with the values of its variables.
struct TaskSetup {
    let connector: [String: String]
    let task: [String: String]
    let overrides: ClientOverride
    let wait: BrokerWait
}
