import Foundation

/// Waits for SIGTERM and SIGINT.
///
/// The signals are blocked in all threads and received by the one that waits, so no code runs in a signal handler.
struct TerminationSignals {
    private var set = sigset_t()

    /// Call before the first thread is started: threads inherit the blocked set.
    init() {
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A peer that closes its side while we write is an error of that write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Blocks until one of them is received; returns its name.
    func wait() -> String { waitForNumber() == SIGINT ? "SIGINT" : "SIGTERM" }

    /// The same; returns its number.
    func waitForNumber() -> Int32 {
        var (set, number) = (set, Int32(0))
        while sigwait(&set, &number) != 0 {}
        return number
    }
}
