import Synchronization
import WireCore

/// This worker's id and the generation of its group, as it writes them into statuses.
final class WorkerIdentity: Sendable {
    let workerID: String
    private let currentGeneration = Atomic<Int>(0)

    init(workerID: String) { self.workerID = workerID }

    var generation: Int {
        get { currentGeneration.load(ordering: .relaxed) }
        set { currentGeneration.store(newValue, ordering: .relaxed) }
    }

    func status(_ state: StatusRecord.State, trace: String? = nil, version: String?) -> StatusRecord {
        let trace = trace.map { LogSystem.shared.redacted($0) }
        return StatusRecord(
            state: state, trace: trace, workerID: workerID, generation: Int64(generation), version: version)
    }
}
