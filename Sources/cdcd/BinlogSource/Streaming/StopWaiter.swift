import ConnectData
import WireCore
import WireStreams

/// Pauses that end early when the task is stopped.
struct StopWaiter {
    private let control: TaskControl

    init(_ control: TaskControl) { self.control = control }

    func wait(milliseconds: Int) { wait(until: .now.advanced(byMilliseconds: milliseconds)) }

    /// Waits until the task is stopped.
    func waitForStop() { wait(until: nil) }

    private func wait(until deadline: MonotonicInstant?) {
        let isStopped = Monitor(false)
        let handler = control.onStop { isStopped.update { $0 = true } }
        defer { control.removeStopHandler(handler) }
        _ = isStopped.waitUntilTrue(deadline: deadline)
    }
}
