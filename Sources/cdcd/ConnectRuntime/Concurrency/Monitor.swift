import Dispatch
import Synchronization
import WireCore

/// State under a lock, with threads that wait for it to change.
final class Monitor<State: Sendable>: Sendable {
    private struct Guarded: Sendable {
        var state: State
        var waiters: [DispatchSemaphore] = []
    }

    private let guarded: Mutex<Guarded>

    init(_ state: State) { guarded = Mutex(Guarded(state: state)) }

    /// Looks at the state, or changes it in a way nobody waits for.
    func withLock<R, E: Error>(_ body: (inout sending State) throws(E) -> sending R) throws(E) -> sending R {
        try guarded.withLock { (guarded) throws(E) in try body(&guarded.state) }
    }

    /// Changes the state and wakes everybody who waits.
    func update<R>(_ body: (inout sending State) -> sending R) -> sending R {
        guarded.withLock { guarded in
            let waiters = guarded.waiters
            guarded.waiters = []
            for waiter in waiters { waiter.signal() }
            return body(&guarded.state)
        }
    }

    /// Waits until `body` gives something, which it is asked after each update; nil once `deadline` has passed.
    ///
    /// - Parameter deadline: nil waits for ever.
    func wait<R: Sendable>(until deadline: MonotonicInstant? = nil, for body: (inout State) -> R?) -> R? {
        while true {
            let waiter = DispatchSemaphore(value: 0)
            let found = guarded.withLock { guarded -> R? in
                if let found = body(&guarded.state) { return found }
                guarded.waiters.append(waiter)
                return nil
            }
            if let found { return found }
            let left = deadline.map { $0.milliseconds(since: .now) }
            if let left, left <= 0 { return guarded.withLock { body(&$0.state) } }
            let time = left.map { DispatchTime.now() + .milliseconds($0 + 1) } ?? .distantFuture
            if waiter.wait(timeout: time) == .timedOut {
                // A semaphore must not be released with a waiter on the list that nobody will signal.
                guarded.withLock { $0.waiters.removeAll { $0 === waiter } }
            }
        }
    }
}
