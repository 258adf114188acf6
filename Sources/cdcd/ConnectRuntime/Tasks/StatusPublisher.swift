import ConnectData
import Synchronization

/// Writes a task's state whenever its visible part changes. Safe from any thread.
final class StatusPublisher: Sendable {
    private let id: TaskID
    private let version: String
    private let statuses: StatusStore
    private let identity: WorkerIdentity
    private let lifecycle: Mutex<TaskLifecycle>

    init(id: TaskID, version: String, isPaused: Bool, statuses: StatusStore, identity: WorkerIdentity) {
        self.id = id
        self.version = version
        self.statuses = statuses
        self.identity = identity
        lifecycle = Mutex(TaskLifecycle(isPaused: isPaused))
    }

    var hasFailed: Bool { lifecycle.withLock { $0.hasFailed } }

    /// Under one lock, so that states are written in the order in which they occurred.
    func handle(_ event: TaskLifecycle.Event) {
        lifecycle.withLock { lifecycle in
            guard let shown = lifecycle.handle(event) else { return }
            statuses.put(task: id, identity.status(shown.state, trace: shown.trace, version: version))
        }
    }
}
