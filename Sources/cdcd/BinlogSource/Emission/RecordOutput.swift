import ConnectData
import WireCore

/// Emits the records of schema changes: when streaming at once, in a snapshot when the next record is known.
protocol SchemaChangeEmitter {
    /// Emits the record of a change of the schema, unless `include.schema.changes` is false.
    func emitSchemaChange(_ change: SchemaChange, source: SourceInfo) throws
}

/// What the emitters of streamed changes and of snapshots share: passes records to the sink and counts them. Owned by
/// the task's thread.
package final class RecordOutput {
    let configuration: MySQLConnectorConfig
    private let sink: any RecordSink
    /// Microseconds since the epoch.
    let clock: () -> Int64
    /// `__debezium.context.*`; empty if they are turned off.
    let contextHeaders: [ConnectRecord.Header]
    /// The number of records passed to the sink so far.
    private(set) var emittedRecords: Int64 = 0
    private let schemaChanges: SchemaChangeLayout
    private let warnsOfUnrepresentable: Bool
    private let logger: Logger
    /// Columns whose values could not be represented, so that each is logged once.
    private var warnedColumns: Set<String> = []

    /// - Parameters:
    ///   - runID: a UUID of this run of the task, for `__debezium.context.runId`.
    ///   - clock: the time in microseconds since the epoch at which records are built (`ts_ms`).
    package init(
        configuration: MySQLConnectorConfig, taskID: Int, runID: String, sink: any RecordSink,
        clock: @escaping () -> Int64, logger: Logger = Logger("io.debezium.relational.TableSchemaBuilder")
    ) {
        self.configuration = configuration
        self.sink = sink
        self.clock = clock
        self.logger = logger
        warnsOfUnrepresentable = configuration.unrepresentableValueHandling == .warn
        schemaChanges = SchemaChangeLayout(configuration)
        let text = Schema(.string)
        func header(_ name: String, _ value: String) -> ConnectRecord.Header {
            ConnectRecord.Header("__debezium.context." + name, schema: text, value: .string(value))
        }
        contextHeaders =
            configuration.hasExtendedHeaders
            ? [
                header("connectorLogicalName", configuration.logicalName), header("taskId", "\(taskID)"),
                header("connectorName", configuration.flavor.connectorName), header("runId", runID),
            ] : []
    }

    @inline(__always)
    func emit(
        _ plan: TablePlan, _ key: ConnectValue, _ value: ConnectValue, _ headers: [ConnectRecord.Header]
    ) throws {
        try send(
            ConnectRecord(
                topic: plan.topic, keySchema: plan.keySchema, key: key, valueSchema: plan.envelopeSchema, value: value,
                headers: headers))
    }

    func emitTombstone(_ plan: TablePlan, _ key: ConnectValue, _ headers: [ConnectRecord.Header]) throws {
        try send(
            ConnectRecord(
                topic: plan.topic, keySchema: plan.keySchema, key: key, valueSchema: nil, value: .null,
                headers: headers))
    }

    /// - Parameter marker: nil for streamed changes.
    func emitSchemaChange(_ change: SchemaChange, _ source: SourceInfo, time: Int64, marker: SnapshotMarker?) throws {
        try send(
            ConnectRecord(
                topic: schemaChanges.topic, partition: 0, keySchema: schemaChanges.keySchema,
                key: schemaChanges.key(change), valueSchema: schemaChanges.valueSchema,
                value: schemaChanges.value(change, source, time: time, marker: marker), headers: contextHeaders))
    }

    @inline(__always)
    func send(_ record: consuming ConnectRecord) throws {
        try sink.emit(record)
        emittedRecords += 1
    }

    /// Warns once for each column that some of its values cannot be represented and are emitted as null. Empties
    /// `failures`.
    func warn(_ plan: TablePlan, _ failures: inout ConversionFailures) {
        for index in failures.columns where warnsOfUnrepresentable {
            let name = "\(plan.definition.id).\(plan.name(ofColumn: index))"
            guard warnedColumns.insert(name).inserted else { continue }
            logger.warn(
                "Values of column \(name) that the configured mode cannot represent are emitted as null (logged once per column)")
        }
        failures.removeAll()
    }
}
