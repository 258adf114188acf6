import WireStreams

/// Ends the requests of a client from any thread.
package final class HTTPCancellation: Sendable {
    private struct State: Sendable {
        var isCancelled = false
        var cancellers: [ObjectIdentifier: SocketCanceller] = [:]
    }

    private let state = Monitor(State())

    package init() {}

    package var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// The current request, and all later ones, throw `HTTPClientError.cancelled`.
    package func cancel() {
        let cancellers = state.update { state in
            state.isCancelled = true
            defer { state.cancellers = [:] }
            return Array(state.cancellers.values)
        }
        for canceller in cancellers { canceller.cancel() }
    }

    func add(_ canceller: SocketCanceller) {
        let isLate = state.withLock { state in
            if !state.isCancelled { state.cancellers[ObjectIdentifier(canceller)] = canceller }
            return state.isCancelled
        }
        if isLate { canceller.cancel() }
    }

    func remove(_ canceller: SocketCanceller) {
        state.withLock { $0.cancellers[ObjectIdentifier(canceller)] = nil }
    }
}
