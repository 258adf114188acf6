import Dispatch
import Synchronization
import WireCore

/// State under a lock, and threads that wait for it to change. The only wait/notify primitive of this package:
/// everything else that blocks until another thread acts is built on it.
///
/// A waiting thread passes a closure that inspects the state and returns a value when the wait is over. The closure
/// runs with the lock held, once at the beginning and once after each `update`. Whether to wait is decided under the
/// lock that `update` takes, so no notification is lost. Cancellation is part of the state: the canceller sets a flag
/// with `update`, and the closure returns when the flag is set.
@usableFromInline package final class Monitor<State: Sendable>: Sendable {
    /// The state that the lock protects.
    @usableFromInline struct Guarded: Sendable {
        @usableFromInline var state: State
        /// One for each waiting thread; a thread that times out removes its own.
        @usableFromInline var waiters: [DispatchSemaphore] = []
        /// Semaphores at zero that no thread uses, so that a thread that waits often allocates once.
        @usableFromInline var idle: [DispatchSemaphore] = []

        @usableFromInline init(state: State) { self.state = state }
    }

    @usableFromInline let guarded: Mutex<Guarded>

    package init(_ state: State) { guarded = Mutex(Guarded(state: state)) }

    /// Reads the state, or makes a change that no thread waits for.
    @inlinable package func withLock<R, E: Error>(
        _ body: (inout sending State) throws(E) -> sending R
    ) throws(E) -> sending R {
        try guarded.withLock { (guarded) throws(E) in try body(&guarded.state) }
    }

    /// Changes the state and notifies every waiting thread.
    @inlinable package func update<R, E: Error>(
        _ body: (inout sending State) throws(E) -> sending R
    ) throws(E) -> sending R {
        var waiters: [DispatchSemaphore] = []
        // After the lock is released: a thread that wakes up while it is held would only sleep again. Also if `body`
        // throws, since it may have changed the state before.
        defer { for waiter in waiters { waiter.signal() } }
        return try guarded.withLock { (guarded) throws(E) in
            swap(&waiters, &guarded.waiters)
            return try body(&guarded.state)
        }
    }

    /// Waits without a limit until `body` returns a value, and returns it.
    ///
    /// - Parameter body: may change the state, for example remove an element; such a change notifies no thread.
    @inlinable package func wait<R: Sendable>(for body: (inout State) -> R?) -> R {
        // Without a deadline only a value ends the wait.
        while true { if let result = wait(until: nil, for: body) { return result } }
    }

    /// Waits until `body` returns a value, and returns it. Returns nil if `deadline` passes first.
    ///
    /// - Parameters:
    ///   - deadline: nil waits without a limit. With a deadline in the past, `body` runs once.
    ///   - body: may change the state, as above.
    @inlinable package func wait<R: Sendable>(
        until deadline: MonotonicInstant?, for body: (inout State) -> R?
    ) -> R? {
        var semaphore: DispatchSemaphore?
        while true {
            let step = guarded.withLock { guarded -> (result: R?, waiter: DispatchSemaphore?) in
                if let result = body(&guarded.state) {
                    if let semaphore { guarded.idle.append(semaphore) }
                    return (result, nil)
                }
                if let deadline, deadline <= .now {
                    if let semaphore { guarded.idle.append(semaphore) }
                    return (nil, nil)
                }
                let waiter = semaphore ?? guarded.idle.popLast() ?? DispatchSemaphore(value: 0)
                guarded.waiters.append(waiter)
                return (nil, waiter)
            }
            guard let waiter = step.waiter else { return step.result }
            semaphore = waiter
            guard let deadline else {
                waiter.wait()
                continue
            }
            // Rounded up, because otherwise the loop would spin in the deadline's last millisecond.
            let milliseconds = max(0, deadline.milliseconds(since: .now)) + 1
            if waiter.wait(timeout: .now() + .milliseconds(milliseconds)) == .timedOut {
                let isNotified = guarded.withLock { guarded in
                    guard let index = guarded.waiters.firstIndex(where: { $0 === waiter }) else { return true }
                    guarded.waiters.remove(at: index)
                    return false
                }
                // Notified after the time-out: the signal must not end this thread's next wait.
                if isNotified { waiter.wait() }
            }
        }
    }
}

extension Monitor where State == Bool {
    /// Waits until the state is true. Returns false if `deadline` passes first.
    @inlinable package func waitUntilTrue(deadline: MonotonicInstant? = nil) -> Bool {
        wait(until: deadline) { $0 ? true : nil } ?? false
    }
}
