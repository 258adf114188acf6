import BinlogSource
import ConnectData
import ConnectPlugins
import ConnectRuntime
import DebeziumPlugins
import KafkaProtocol
import KafkaWire
import WireCore

/// The path of a task's records from the emitter to the producer's batches: transforms, converters, producer, and the
/// ledger of the records in flight.
final class PipelineUnderTest {
    let configuration: MySQLConnectorConfig
    let sink: ProducerSink
    let emitter: RecordEmitter
    let snapshotEmitter: SnapshotEmitter
    private let offline: OfflineProducer
    private let tracker: DeliveryTracker
    private var finished = RowWorkload.Outcome()

    /// The time of each row and record, so that each run produces the same bytes: 2026-01-02 03:04:05 UTC.
    private static let timestampMilliseconds: Int64 = 1_767_323_045_000

    private static let plugins = PluginRegistry(
        KafkaClasses.plugins.filter { $0.className != WorkloadRegistry.avroPlugin.className }
            + [WorkloadRegistry.avroPlugin] + DebeziumClasses.plugins)

    init(_ connector: [String: String]) throws {
        configuration = try MySQLConnectorConfig(configuration: connector)
        let converter = "org.apache.kafka.connect.json.JsonConverter"
        let worker = try WorkerConfiguration(properties: [
            "bootstrap.servers": "127.0.0.1:9092", "group.id": "bench", "config.storage.topic": "configs",
            "offset.storage.topic": "offsets", "status.storage.topic": "statuses", "key.converter": converter,
            "value.converter": converter,
        ], plugins: Self.plugins)
        let logger = Logger("RowWorkloads")
        tracker = DeliveryTracker(
            logger: logger,
            reports: DeliveryTracker.Reports(
                progress: { _ in }, firstWrite: { _ in }, failed: {}, brokersChanged: { _ in }))
        let offline = OfflineProducer(
            ProducerConfiguration(), listener: tracker, timestampMilliseconds: Self.timestampMilliseconds)
        self.offline = offline
        let gate = PauseGate(isPaused: false)
        sink = ProducerSink(
            id: TaskID(connector: "bench", task: 0), writer: try RecordWriter(
                connector: connector, worker: worker, plugins: Self.plugins),
            producer: offline.producer, tracker: tracker, gate: gate,
            retryWait: RetryWait(
                errors: ErrorHandling(configuration: connector), control: TaskControl(), gate: gate, logger: logger),
            logger: logger, prepareTopic: { offline.addTopic($0) })
        let output = RecordOutput(
            configuration: configuration, taskID: 0, runID: "00000000-0000-0000-0000-000000000000", sink: sink,
            clock: { Self.timestampMilliseconds * 1000 })
        emitter = RecordEmitter(output)
        snapshotEmitter = SnapshotEmitter(output)
    }

    /// Emits a checkpoint, and finishes the batches of everything before it.
    func checkpoint(file: String, position: Int64) throws {
        try sink.checkpoint(
            partition: ["server": .string(configuration.logicalName)],
            offset: ["file": .string(file), "pos": .integer(position)])
        finishBatches()
    }

    /// Finishes the remaining batches. Returns the records and bytes of all of them.
    func outcome() throws -> RowWorkload.Outcome {
        finishBatches()
        try sink.awaitDelivery()
        return finished
    }

    private func finishBatches() {
        let drained = offline.drain()
        finished.recordCount += drained.recordCount
        finished.byteCount += drained.byteCount
    }
}
