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
    /// The number of them that a transform dropped, or that were skipped after an error.
    private(set) var droppedRecords: Int64 = 0
    /// Of the records that follow.
    var sourceEntryCount = 0
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

    /// How records of this shape are emitted.
    func encoding(of shape: RecordShape) -> RecordEncoding { sink.encoding(of: shape) }

    /// Counts a record that a transform drops.
    func drop() throws {
        try sink.drop()
        emittedRecords += 1
        droppedRecords += 1
    }

    /// Counts a record that was passed to a byte target.
    @inline(__always) func didAppend() { emittedRecords += 1 }

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
        let isSent = try sink.emit(record)
        emittedRecords += 1
        if !isSent { droppedRecords += 1 }
    }

    /// Warns once for each column that some of its values cannot be represented and are emitted as null. Empties
    /// `failures`.
    func warn(_ plan: TablePlan, _ failures: inout [Int]) {
        for index in failures where warnsOfUnrepresentable {
            let name = "\(plan.definition.id).\(plan.name(ofColumn: index))"
            guard warnedColumns.insert(name).inserted else { continue }
            logger.warn(
                "Values of column \(name) that the configured mode cannot represent are emitted as null (logged once per column)")
        }
        failures.removeAll(keepingCapacity: true)
    }
}
