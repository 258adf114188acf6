import ConnectData
import WireCore

/// The offsets that one task's connector has stored, for the task to start from.
struct StoredOffsets: SourceTaskContext {
    let id: TaskID
    let deliveryTimeoutMilliseconds: Int?
    let offsets: OffsetStore

    var connectorName: String { id.connector }
    var taskID: Int { id.task }

    /// Reads the offsets topic to its end. Throws `CancellationError` if the task is stopped meanwhile.
    func refresh(_ control: TaskControl, _ wait: BrokerWait) throws {
        let handler = control.onStop { [offsets] in offsets.wakeReaders() }
        defer { control.removeStopHandler(handler) }
        try wait.retrying("reading the stored offsets") {
            try offsets.refresh { control.isStopping }
        }
    }

    func storedOffset(for partition: JSONObject) throws -> JSONObject? {
        offsets.offset(of: OffsetView.Source(connector: connectorName, partition: partition))
    }
}
