import ConnectData
import WireCore

/// The parts of a task and of the worker that the task's work uses.
struct TaskWorkContext: Sendable {
    let id: TaskID
    let environment: WorkerEnvironment
    let control: TaskControl
    let publisher: StatusPublisher
    let gate: PauseGate
    let logger: Logger

    /// The delivery that the connector's configuration selects. At least once is the only one: `WorkerConfiguration`
    /// refuses `exactly.once.source.support`, and the validation of a connector `exactly.once.support=required`.
    func makeDelivery() -> any Delivery { AtLeastOnceDelivery(self) }
}
