import WireCore

/// The end of a thread, or any other event that happens once, for any number of threads that wait for it.
package final class ThreadCompletion: Sendable {
    private let isFinished = Monitor(false)

    package init() {}

    /// The last call of the thread that others wait for.
    package func finish() { isFinished.update { $0 = true } }

    /// Waits for `finish()`. Returns false if it is not called in time.
    package func wait(milliseconds: Int) -> Bool {
        isFinished.waitUntilTrue(deadline: .now.advanced(byMilliseconds: milliseconds))
    }
}
