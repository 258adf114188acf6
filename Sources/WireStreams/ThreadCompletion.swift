import WireCore

/// The end of a thread, or any other event that happens once, and that any number of threads can wait for.
package final class ThreadCompletion: Sendable {
    private let isFinished = Monitor(false)

    package init() {}

    /// Marks the event. The thread's last call.
    package func finish() { isFinished.update { $0 = true } }

    /// Waits for `finish()`.
    package func wait() { _ = isFinished.waitUntilTrue() }

    /// Waits for `finish()`. Returns false if the time passes first.
    package func wait(milliseconds: Int) -> Bool {
        isFinished.waitUntilTrue(deadline: .now.advanced(byMilliseconds: milliseconds))
    }
}
