import Foundation
import Synchronization

/// The one handle of a connection that any thread may use: it cuts blocking reads and writes short.
///
/// It also owns the descriptor, so that the number is closed exactly once and never touched after the system has
/// given it to somebody else.
public final class SocketCanceller: Sendable {
    private enum State {
        case open(Int32)
        case cancelled(Int32)
        case closed
    }

    private let state: Mutex<State>

    init(descriptor: Int32) { state = Mutex(.open(descriptor)) }

    deinit { close() }

    /// Whether `cancel()` was called; tells an interrupted call from a peer's fault.
    public var isCancelled: Bool {
        state.withLock { if case .cancelled = $0 { true } else { false } }
    }

    /// Shuts both directions down. Calls that block on the socket return at once. May be called repeatedly.
    public func cancel() {
        state.withLock { state in
            guard case .open(let descriptor) = state else { return }
            _ = Glibc.shutdown(descriptor, Int32(SHUT_RDWR))
            state = .cancelled(descriptor)
        }
    }

    /// Gives the descriptor back to the system. Only the connection's own thread calls it, outside of any read.
    func close() {
        state.withLock { state in
            switch state {
            case .open(let descriptor), .cancelled(let descriptor): _ = Glibc.close(descriptor)
            case .closed: break
            }
            state = .closed
        }
    }
}
