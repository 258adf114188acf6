import BinlogSource
import ConnectData
import ConnectPlugins
import ConnectRuntime
import DebeziumPlugins
import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore

/// A task's path from the emitter to the producer's batches: transforms, converters, accumulator, and the ledger of
/// records in flight.
final class PipelineUnderTest {
    let configuration: MySQLConnectorConfig
    let sink: ProducerSink
    let emitter: RecordEmitter
    let snapshotEmitter: SnapshotEmitter
    private let producer: AccumulatingProducer
    private let tracker: DeliveryTracker

    private static let plugins = PluginRegistry(KafkaClasses.plugins + DebeziumClasses.plugins)

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
            toleratesErrors: false, logger: logger,
            reports: DeliveryTracker.Reports(
                progress: { _ in }, firstWrite: { _ in }, failed: {}, brokersChanged: { _ in }))
        producer = AccumulatingProducer(listener: tracker)
        sink = ProducerSink(
            id: TaskID(connector: "bench", task: 0), writer: try RecordWriter(
                connector: connector, worker: worker, plugins: Self.plugins),
            producer: producer, tracker: tracker, gate: PauseGate(isPaused: false),
            errors: ErrorHandling(configuration: connector), logger: logger, prepareTopic: { _ in })
        // A constant clock, so that each run produces the same bytes.
        let output = RecordOutput(
            configuration: configuration, taskID: 0, runID: "00000000-0000-0000-0000-000000000000", sink: sink,
            clock: { AccumulatingProducer.timestampMilliseconds * 1000 })
        emitter = RecordEmitter(output)
        snapshotEmitter = SnapshotEmitter(output)
    }

    /// Reports the offset of everything so far, which sends the open batches.
    func checkpoint(file: String, position: Int64) throws {
        try sink.checkpoint(
            partition: ["server": .string(configuration.logicalName)],
            offset: ["file": .string(file), "pos": .integer(position)])
    }

    func outcome() throws -> RowWorkload.Outcome {
        try sink.awaitDelivery()
        return producer.finished
    }
}

/// Collects records in batches as the real producer does, and sends none.
private final class AccumulatingProducer: RecordProducer {
    /// 2026-01-02 03:04:05 UTC.
    static let timestampMilliseconds: Int64 = 1_767_323_045_000

    private let accumulator: OfflineAccumulator
    private let total = Mutex(RowWorkload.Outcome())

    var finished: RowWorkload.Outcome { total.withLock { $0 } }

    init(listener: any DeliveryListener) {
        accumulator = OfflineAccumulator(ProducerConfiguration(), listener: listener)
    }

    func topic(_ name: String) throws -> TopicHandle { TopicHandle(name: name, topic: accumulator.topic(name)) }

    func append(
        to topic: TopicHandle, partition: Int32?, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: EncodedHeaders, timestampMilliseconds: Int64?, tag: UInt64
    ) throws {
        guard let topic = topic.topic else { throw WorkloadError("a topic of another producer") }
        try accumulator.append(
            to: topic, partition: partition, key: key, value: value, headers: headers,
            timestampMilliseconds: timestampMilliseconds ?? Self.timestampMilliseconds, tag: tag)
    }

    func flush() {
        do {
            let drained = try accumulator.drain()
            total.withLock { total in
                total.recordCount += drained.recordCount
                total.byteCount += drained.byteCount
            }
        } catch {
            preconditionFailure("batches that are not compressed can always be finished: \(error)")
        }
    }

    func close(timeoutMilliseconds: Int) {}
    func abort() {}
}
