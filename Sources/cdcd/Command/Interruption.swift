import Foundation
import Synchronization
import WireStreams

/// SIGINT and SIGTERM as a request to end in order. A second signal ends the process at once.
final class Interruption: Sendable {
    private struct State {
        var isRequested = false
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Call before the first thread is started.
    init() {
        let signals = TerminationSignals()
        startThread(named: "cdcd-signals", stackBytes: 256 << 10) { [self] in
            let first = signals.waitForNumber()
            let action = state.withLock { state in
                state.isRequested = true
                return state.action
            }
            // Nothing is to be saved yet: as if the signal were not handled.
            guard let action else { _exit(128 + first) }
            action()
            _exit(128 + signals.waitForNumber())
        }
    }

    var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Sets what the signal does from now on, on a thread of its own. Without it the process ends.
    func onSignal(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.action = action } }
}
