import Synchronization
import WireStreams

/// Cancels the connection of an async client when the task that waits for it is cancelled.
final class ConnectionCancellation: Sendable {
    private struct State {
        var isCancelled = false
        var canceller: SocketCanceller?
    }

    private let state = Mutex(State())

    /// A socket was opened; it is cancelled at once if the task was cancelled before.
    func connectionOpened(_ canceller: SocketCanceller) {
        let isCancelled = state.withLock { state in
            state.canceller = canceller
            return state.isCancelled
        }
        if isCancelled { canceller.cancel() }
    }

    func cancel() {
        let canceller = state.withLock { state in
            state.isCancelled = true
            return state.canceller
        }
        canceller?.cancel()
    }

    /// Runs `body`, and cancels the connection if the task is cancelled in the meantime.
    nonisolated(nonsending) func run<R: Sendable>(
        _ body: () async throws(MySQLError) -> R
    ) async throws(MySQLError) -> R {
        let result = await withTaskCancellationHandler {
            do throws(MySQLError) {
                return Result<R, MySQLError>.success(try await body())
            } catch { return .failure(error) }
        } onCancel: {
            cancel()
        }
        return try result.get()
    }
}
