import Foundation
import Synchronization
import WireStreams

/// SIGINT and SIGTERM as a request to end in order. A second signal ends the process at once.
final class Interruption: Sendable {
    private struct State {
        var number: Int32?
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    /// The end of a pipe whose other end the first signal closes, for `poll(2)`; -1 if there is none.
    let descriptor: Int32

    private let otherDescriptor: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        (descriptor, otherDescriptor) = (ends[0], ends[1])
    }

    deinit {
        if number == nil { close(otherDescriptor) }
        close(descriptor)
    }

    /// Receives the signals from now on. Call before the first thread is started.
    func listen() {
        let signals = TerminationSignals()
        startThread(named: "cdcd-signals", stackBytes: 256 << 10) { [self] in
            let first = signals.waitForNumber()
            // Nothing is to be saved yet: as if the signal were not handled.
            guard request(first) else { _exit(Self.exitCode(of: first)) }
            _exit(Self.exitCode(of: signals.waitForNumber()))
        }
    }

    /// The command is to end, because of a signal. Returns false if there is no action.
    func request(_ number: Int32) -> Bool {
        let action = state.withLock { state in
            state.number = number
            return state.action
        }
        defer { close(otherDescriptor) }
        guard let action else { return false }
        action()
        return true
    }

    var isRequested: Bool { number != nil }

    /// The first signal.
    var number: Int32? { state.withLock { $0.number } }

    /// The exit code of a command that a signal ended before its work was done, as shells have it.
    static func exitCode(of number: Int32) -> Int32 { 128 + number }

    /// Sets what the signal does from now on, on a thread of its own. Without it the process ends.
    func onSignal(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.action = action } }
}
