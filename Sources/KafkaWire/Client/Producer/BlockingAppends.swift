import WireStreams

/// A thread that makes the blocking calls of a producer's asynchronous API, so that they never block a thread of
/// Swift's concurrency runtime. Started by the first call.
final class BlockingAppends: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var isStarted = false
        var isEnded = false
    }

    /// What the thread does next.
    private enum Step {
        case run(@Sendable () -> Void)
        case end
    }

    private let monitor = Monitor(State())
    private let threadName: String

    init(threadName: String) { self.threadName = threadName }

    /// Runs `job` after those that were added before it; at once and on this thread after `end()`.
    func add(_ job: @escaping @Sendable () -> Void) {
        let (mustStart, isEnded) = monitor.update { state -> (Bool, Bool) in
            if state.isEnded { return (false, true) }
            state.jobs.append(job)
            defer { state.isStarted = true }
            return (!state.isStarted, false)
        }
        if isEnded { return job() }
        if mustStart { startThread(named: threadName) { [self] in run() } }
    }

    /// Ends the thread after the jobs that were added; the producer has failed by then, so they end at once.
    func end() { monitor.update { $0.isEnded = true } }

    private func run() {
        while true {
            let step = monitor.wait { state -> Step? in
                if !state.jobs.isEmpty { return .run(state.jobs.removeFirst()) }
                return state.isEnded ? .end : nil
            }
            switch step {
            case .run(let job): job()
            case .end: return
            }
        }
    }
}
