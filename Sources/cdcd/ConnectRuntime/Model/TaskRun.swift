/// One run of a task on this worker, from its start to its end.
struct TaskRun: Hashable, Sendable {
    let id: TaskID
    /// Unique in the process: a later run of the same task has a higher number.
    let number: Int
}
