import WireCore

/// Runs the jobs of one actor on a thread of its own, so that the actor may make blocking calls without occupying a
/// thread of the concurrency runtime. The thread ends when the executor is released.
package final class ThreadExecutor: SerialExecutor {
    private struct Queue: Sendable {
        /// The executor is retained by its jobs only: the thread must not keep it alive.
        var jobs: [(job: UnownedJob, executor: ThreadExecutor)] = []
        var isStopped = false
    }

    private let queue = Monitor(Queue())

    /// - Parameter name: the thread's name.
    package init(name: String) {
        startThread(named: name) { [queue] in
            while true {
                let jobs = queue.wait { queue -> [(job: UnownedJob, executor: ThreadExecutor)]? in
                    if queue.jobs.isEmpty { return queue.isStopped ? [] : nil }
                    defer { queue.jobs.removeAll(keepingCapacity: true) }
                    return queue.jobs
                }
                guard !jobs.isEmpty else { return }
                for (job, executor) in jobs { job.runSynchronously(on: executor.asUnownedSerialExecutor()) }
            }
        }
    }

    deinit { queue.update { $0.isStopped = true } }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.update { $0.jobs.append((job, self)) }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
