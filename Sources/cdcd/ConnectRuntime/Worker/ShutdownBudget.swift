import WireCore

/// How the time of an orderly shutdown is divided: Kubernetes and others kill a process that takes too long.
struct ShutdownBudget {
    /// From SIGTERM to the end; leaves a margin below five seconds.
    static let totalMilliseconds = 4400
    /// What is left for all steps after the tasks have ended.
    private static let afterTasksMilliseconds = 900
    /// REST requests in progress.
    static let restMilliseconds = 500
    static let committerMilliseconds = 200
    static let statusesMilliseconds = 400
    static let groupMilliseconds = 400
    /// Each of the config and the offset topic.
    static let storeMilliseconds = 100
    /// Each step gets at least this time.
    private static let stepMillisecondsMin = 50

    private let deadline: MonotonicInstant
    /// When tasks and connectors have to have ended.
    let tasksDeadline: MonotonicInstant

    init(from start: MonotonicInstant) {
        deadline = start.advanced(byMilliseconds: Self.totalMilliseconds)
        tasksDeadline = start.advanced(byMilliseconds: Self.totalMilliseconds - Self.afterTasksMilliseconds)
    }

    /// The milliseconds that are left for a step.
    var left: Int { max(Self.stepMillisecondsMin, deadline.milliseconds(since: .now)) }

    func left(atMost milliseconds: Int) -> Int { min(milliseconds, left) }
}
