import ConnectData
import Dispatch

/// Waits for a while, or until the task is stopped.
struct StopWaiter {
    private let control: TaskControl

    init(_ control: TaskControl) { self.control = control }

    func wait(milliseconds: Int) {
        let signal = DispatchSemaphore(value: 0)
        let handler = control.onStop { signal.signal() }
        defer { control.removeStopHandler(handler) }
        _ = signal.wait(timeout: .now() + .milliseconds(milliseconds))
    }

    /// Until the task is stopped.
    func waitForStop() {
        let signal = DispatchSemaphore(value: 0)
        let handler = control.onStop { signal.signal() }
        defer { control.removeStopHandler(handler) }
        signal.wait()
    }
}
