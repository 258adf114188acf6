import Foundation
import Synchronization

/// The part of a connection that any thread may use: it interrupts blocking reads and writes.
///
/// It also owns the descriptor, so that the number is closed exactly once and never used after the system has reused
/// it.
public final class SocketCanceller: Sendable {
    private enum State {
        case open(Int32)
        case cancelled(Int32)
        case closed
    }

    private let state: Mutex<State>

    init(descriptor: Int32) { state = Mutex(.open(descriptor)) }

    deinit { close() }

    /// Whether `cancel()` was called, which distinguishes an interrupted call from a failure of the peer.
    public var isCancelled: Bool {
        state.withLock { if case .cancelled = $0 { true } else { false } }
    }

    /// Shuts down both directions. Calls that block on the socket return at once. May be called repeatedly.
    public func cancel() {
        state.withLock { state in
            guard case .open(let descriptor) = state else { return }
            _ = Glibc.shutdown(descriptor, Int32(SHUT_RDWR))
            state = .cancelled(descriptor)
        }
    }

    /// Closes the descriptor. Only the connection's own thread calls it, outside of any read.
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
