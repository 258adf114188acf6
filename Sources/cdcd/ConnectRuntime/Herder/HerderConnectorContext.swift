import ConnectData
import WireCore

/// A connector that was started.
struct ConnectorInstance {
    let connector: any SourceConnector
    let factory: SourceConnectorFactory
    let context: HerderConnectorContext
}

/// What a started connector can ask the herder for. Requests of an instance that was stopped have no effect.
final class HerderConnectorContext: SourceConnectorContext {
    let connectorName: String
    private let offsets: OffsetStore
    private let thread: HerderThread

    init(connectorName: String, offsets: OffsetStore, thread: HerderThread) {
        self.connectorName = connectorName
        self.offsets = offsets
        self.thread = thread
    }

    func requestTaskReconfiguration() { thread.post { $0.reconfigureTasks(self) } }

    func raiseError(_ error: any Error) {
        let trace = "\(error)"
        thread.post { $0.failConnector(self, trace: trace) }
    }

    func storedOffset(for partition: JSONObject) throws -> JSONObject? {
        try offsets.refresh()
        return offsets.offset(of: OffsetView.Source(connector: connectorName, partition: partition))
    }
}
