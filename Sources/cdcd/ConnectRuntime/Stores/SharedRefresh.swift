import WireCore
import WireStreams

/// Reads a topic to its end for any number of concurrent callers.
///
/// A caller needs the records that exist when it calls, so it waits for a read that begins afterwards; all callers
/// during one read share the next one. The reads run on a thread of their own, so that a caller can stop waiting.
final class SharedRefresh: Sendable {
    private struct State {
        var isRunning = false
        /// The number of the last read that has begun, and of the last that succeeded.
        var started = 0
        var succeeded = 0
        /// The last read that failed, and why.
        var failed = 0
        var failure: (any Error)?
        /// The last read that callers wait for.
        var wanted = 0
    }

    private let state = Monitor(State())
    private let read: @Sendable () throws -> Void

    init(_ read: @escaping @Sendable () throws -> Void) { self.read = read }

    /// Waits for a read that begins from now on.
    ///
    /// - Parameter isCancelled: checked again after `wake()`. If it returns true, the call throws `CancellationError`.
    /// - Throws: what the read throws.
    func run(isCancelled: @Sendable () -> Bool = { false }) throws {
        let (mine, mustStart) = state.update { state -> (Int, Bool) in
            let mine = state.started + 1
            state.wanted = mine
            defer { state.isRunning = true }
            return (mine, !state.isRunning)
        }
        if mustStart { startThread(named: "store-reader") { [self] in serve() } }
        let outcome = state.wait { state -> Result<Void, any Error>? in
            if state.succeeded >= mine { return .success(()) }
            if state.failed >= mine, let failure = state.failure { return .failure(failure) }
            return isCancelled() ? .failure(CancellationError()) : nil
        }
        try outcome.get()
    }

    /// Makes waiting callers check whether they are cancelled.
    func wake() { state.update { _ in } }

    private func serve() {
        while true {
            let number = state.withLock { state -> Int? in
                guard state.wanted > state.started else {
                    state.isRunning = false
                    return nil
                }
                state.started += 1
                return state.started
            }
            guard let number else { return }
            let result = Result { try read() }
            state.update { state in
                switch result {
                case .success: state.succeeded = number
                case .failure(let error):
                    state.failed = number
                    state.failure = error
                }
            }
        }
    }
}
