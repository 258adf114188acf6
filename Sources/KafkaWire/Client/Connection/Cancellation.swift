import Dispatch
import KafkaProtocol
import Synchronization
import WireStreams

/// Gives up whatever a part of the program waits for: connections, and pauses between tries.
///
/// One belongs to each client, reader, membership and producer; a child is given up with its parent.
final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var cancellers: [ObjectIdentifier: SocketCanceller] = [:]
        var doorbells: [Doorbell] = []
        var children: [WeakChild] = []
    }

    private struct WeakChild {
        weak var cancellation: Cancellation?
    }

    private let state = Mutex(State())
    private let alarm = DispatchSemaphore(value: 0)

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

    /// From now on `cancel()` cuts this connection too.
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

    /// From now on `cancel()` rings for the thread that waits at this doorbell.
    func add(_ doorbell: Doorbell) {
        let isLate = state.withLock { state in
            if !state.isCancelled { state.doorbells.append(doorbell) }
            return state.isCancelled
        }
        if isLate { doorbell.ring() }
    }

    func cancel() {
        let (cancellers, doorbells, children) = state.withLock { state in
            state.isCancelled = true
            defer {
                state.cancellers = [:]
                state.doorbells = []
            }
            return (Array(state.cancellers.values), state.doorbells, state.children)
        }
        for canceller in cancellers { canceller.cancel() }
        for doorbell in doorbells { doorbell.ring() }
        for child in children { child.cancellation?.cancel() }
        alarm.signal()
    }

    /// Waits; throws `.closed` as soon as it is cancelled.
    func pause(milliseconds: Int) throws(KafkaError) {
        if alarm.wait(timeout: .now() + .milliseconds(milliseconds)) == .success {
            // Pass the signal on, so that everybody who waits hears it.
            alarm.signal()
        }
        try check()
    }
}
