import WireCore
import WireStreams

/// Runs code of plugins that has to return within a time.
enum PluginThread {
    /// Runs `body` on a thread of its own and waits for it. Returns nil if it has not returned by the deadline.
    ///
    /// A thread cannot be ended from outside. So `body` keeps it until it returns, and its late result is ignored.
    static func run<Result: Sendable>(
        named name: String, until deadline: MonotonicInstant, _ body: @escaping @Sendable () -> Result
    ) -> Result? {
        let outcome = Monitor<Result?>(nil)
        startThread(named: name) {
            let result = body()
            outcome.update { $0 = result }
        }
        return outcome.wait(until: deadline) { $0 }
    }
}
