import KafkaProtocol
import WireCore
import WireStreams

/// Interrupts every wait of a client, reader, group membership or producer: connections, and pauses between retries. A
/// child is cancelled with its parent.
final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var cancellers: [ObjectIdentifier: SocketCanceller] = [:]
        var wakeups: [WakeupSignal] = []
        var handlers: [@Sendable () -> Void] = []
        var children: [WeakChild] = []
    }

    private struct WeakChild {
        weak var cancellation: Cancellation?
    }

    private let state = Monitor(State())

    init(parent: Cancellation? = nil) {
        guard let parent else { return }
        let isLate = parent.state.withLock { state in
            state.children.removeAll { $0.cancellation == nil }
            if !state.isCancelled { state.children.append(WeakChild(cancellation: self)) }
            return state.isCancelled
        }
        if isLate { cancel() }
    }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    func check() throws(KafkaError) {
        if isCancelled { throw .closed }
    }

    /// Registers a connection that `cancel()` closes.
    func add(_ canceller: SocketCanceller) {
        let isLate = state.withLock { state in
            state.cancellers[ObjectIdentifier(canceller)] = canceller
            return state.isCancelled
        }
        if isLate { canceller.cancel() }
    }

    func remove(_ canceller: SocketCanceller) {
        state.withLock { $0.cancellers[ObjectIdentifier(canceller)] = nil }
    }

    /// Registers a wakeup that `cancel()` signals.
    func add(_ wakeup: WakeupSignal) {
        let isLate = state.withLock { state in
            if !state.isCancelled { state.wakeups.append(wakeup) }
            return state.isCancelled
        }
        if isLate { wakeup.signal() }
    }

    /// Registers a function that `cancel()` calls once.
    func add(_ handler: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            if !state.isCancelled { state.handlers.append(handler) }
            return state.isCancelled
        }
        if isLate { handler() }
    }

    func cancel() {
        let (cancellers, wakeups, handlers, children) = state.update { state in
            state.isCancelled = true
            defer {
                state.cancellers = [:]
                state.wakeups = []
                state.handlers = []
            }
            return (Array(state.cancellers.values), state.wakeups, state.handlers, state.children)
        }
        for canceller in cancellers { canceller.cancel() }
        for wakeup in wakeups { wakeup.signal() }
        for handler in handlers { handler() }
        for child in children { child.cancellation?.cancel() }
    }

    /// Runs `body`; if it has not returned at the deadline, cancels what it waits for.
    func cancelling<R, E: Error>(at deadline: MonotonicInstant, _ body: () throws(E) -> R) throws(E) -> R {
        let hasReturned = Monitor(false)
        startThread(named: "kafka-deadline", stackBytes: 128 << 10) { [self] in
            if !hasReturned.waitUntilTrue(deadline: deadline) { cancel() }
        }
        defer { hasReturned.update { $0 = true } }
        return try body()
    }

    /// Waits; throws `.closed` when it is cancelled.
    func pause(milliseconds: Int) throws(KafkaError) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: milliseconds)
        if state.wait(until: deadline, for: { $0.isCancelled ? true : nil }) == true { throw .closed }
    }
}
