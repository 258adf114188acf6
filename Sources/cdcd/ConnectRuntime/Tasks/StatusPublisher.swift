import ConnectData
import Synchronization

/// Writes a task's state whenever its visible part changes. Safe from any thread.
final class StatusPublisher: Sendable {
    private let id: TaskID
    private let statuses: StatusStore
    private let identity: WorkerIdentity
    private let state: Mutex<(lifecycle: TaskLifecycle, version: String?)>

    /// - Parameter version: of the connector; nil if its class is not known yet.
    init(id: TaskID, version: String?, isPaused: Bool, statuses: StatusStore, identity: WorkerIdentity) {
        self.id = id
        self.statuses = statuses
        self.identity = identity
        state = Mutex((TaskLifecycle(isPaused: isPaused), version))
    }

    var hasFailed: Bool { state.withLock { $0.lifecycle.hasFailed } }

    /// The states that are written from now on have this version.
    func setVersion(_ version: String) { state.withLock { $0.version = version } }

    /// Under one lock, so that states are written in the order in which they occurred.
    func handle(_ event: TaskLifecycle.Event) {
        state.withLock { state in
            guard let shown = state.lifecycle.handle(event) else { return }
            statuses.put(task: id, identity.status(shown.state, trace: shown.trace, version: state.version))
        }
    }
}
