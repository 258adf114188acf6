import ConnectData
import MySQLWire
import WireCore

/// Builds the records of changes and hands them to a sink. Owned by the task's thread.
public final class RecordEmitter {
    let configuration: MySQLConnectorConfig
    let sink: any RecordSink
    let clock: () -> Int64
    /// `__debezium.context.*`; empty where they are not wanted.
    let contextHeaders: [ConnectRecord.Header]
    let schemaChanges: SchemaChangeLayout
    var snapshot = SnapshotState()
    var failures = ConversionFailures()
    private var image = RowImage()
    private var afterImage = RowImage()
    private let logger: Logger
    /// Columns whose values could not be represented, so that each is told once.
    private var warnedColumns: Set<String> = []

    /// - Parameters:
    ///   - runID: a UUID of this run of the task, for `__debezium.context.runId`.
    ///   - clock: the time in microseconds since the epoch at which records are built (`ts_ms`).
    public init(
        configuration: MySQLConnectorConfig, taskID: Int, runID: String, sink: any RecordSink,
        clock: @escaping () -> Int64, logger: Logger = Logger("io.debezium.relational.TableSchemaBuilder")
    ) {
        self.configuration = configuration
        self.sink = sink
        self.clock = clock
        self.logger = logger
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

    // MARK: Streaming

    /// How many rows of the current row event are done: handed to the sink, skipped or left out. Valid when `emit`
    /// throws too, so that an orderly stop repeats none of them.
    public private(set) var deliveredRows = 0
    /// How many records were handed to the sink so far.
    public private(set) var emittedRecords: Int64 = 0

    /// Emits the records of a row event, leaving out its first `skippedRows` rows (those that were delivered before a
    /// restart).
    ///
    /// - Returns: the number of rows in the event.
    /// - Throws: what the sink throws; a `ConversionError` that names table and column where a value cannot be read; a
    ///   `WireError` where the event is damaged.
    public func emit(
        _ event: RowsEvent, of decoder: BinlogRowDecoder, source: SourceInfo, skippingRows skippedRows: Int = 0
    ) throws -> Int {
        let plan = decoder.plan
        let time = clock()
        let block = SourceBlock(
            source, schema: plan.envelope.sourceSchema, profile: plan.profile, flavor: configuration.flavor,
            logicalName: configuration.logicalName, database: plan.definition.id.database,
            table: plan.definition.id.table)
        let isSkipped = configuration.skippedOperations.contains(SkippedOperations(event.kind))
        var rows = event.makeRows()
        deliveredRows = 0
        while !rows.isAtEnd {
            try rows.next(into: &image, columns: decoder.storage)
            if event.kind == .update { try rows.next(into: &afterImage, columns: decoder.storage) }
            if !isSkipped && deliveredRows >= skippedRows {
                let change = Change(plan: plan, source: block.value(row: deliveredRows), time: time)
                switch event.kind {
                case .insert: try insert(change, decoder)
                case .delete: try delete(change, decoder)
                case .update: try update(change, decoder)
                }
                if !failures.isEmpty { warn(plan) }
            }
            deliveredRows += 1
        }
        return deliveredRows
    }

    /// What the records of one row have in common.
    private struct Change {
        let plan: TablePlan
        let source: ConnectValue
        let time: Int64

        func envelope(
            _ before: ConnectValue, _ after: ConnectValue, _ operation: EnvelopeLayout.Operation
        ) -> ConnectValue {
            .structure(
                Struct(
                    schema: plan.envelopeSchema,
                    values: plan.envelope.values(
                        before: before, after: after, source: source, operation: operation, time: time)))
        }

        func row(_ values: ContiguousArray<ConnectValue>) -> ConnectValue {
            .structure(Struct(schema: plan.rowSchema, values: values))
        }
    }

    private func insert(_ change: Change, _ decoder: BinlogRowDecoder) throws {
        let row = try decoder.row(image, failures: &failures)
        let key = change.plan.key(row: row, keyOnly: try keyOnly(image, decoder))
        try emit(change.plan, key, change.envelope(.null, change.row(row), .create), contextHeaders)
    }

    private func delete(_ change: Change, _ decoder: BinlogRowDecoder) throws {
        let row = try decoder.row(image, failures: &failures)
        let key = change.plan.key(row: row, keyOnly: try keyOnly(image, decoder))
        try emit(change.plan, key, change.envelope(change.row(row), .null, .delete), contextHeaders)
        if configuration.tombstonesOnDelete { try emitTombstone(change.plan, key, contextHeaders) }
    }

    private func update(_ change: Change, _ decoder: BinlogRowDecoder) throws {
        let plan = change.plan
        let before = try decoder.row(image, failures: &failures)
        let after = try decoder.row(afterImage, failures: &failures)
        if configuration.skipsUnchangedRows, before == after { return }
        let beforeOnly = try keyOnly(image, decoder)
        let afterOnly = try keyOnly(afterImage, decoder)
        let key = plan.key(row: after, keyOnly: afterOnly)
        if plan.hasSameKey(before, after, keyOnly: beforeOnly, afterOnly) {
            try emit(plan, key, change.envelope(change.row(before), change.row(after), .update), contextHeaders)
            return
        }
        // The row moves to another key: it goes under the old one and comes under the new.
        let oldKey = plan.key(row: before, keyOnly: beforeOnly)
        let newKeyHeader = ConnectRecord.Header("__debezium.newkey", schema: plan.keySchema, value: key)
        let oldKeyHeader = ConnectRecord.Header("__debezium.oldkey", schema: plan.keySchema, value: oldKey)
        let leaving = [newKeyHeader] + contextHeaders
        try emit(plan, oldKey, change.envelope(change.row(before), .null, .delete), leaving)
        if configuration.tombstonesOnDelete { try emitTombstone(plan, oldKey, leaving) }
        try emit(plan, key, change.envelope(.null, change.row(after), .create), [oldKeyHeader] + contextHeaders)
    }

    @inline(__always)
    private func keyOnly(
        _ image: borrowing RowImage, _ decoder: BinlogRowDecoder
    ) throws -> ContiguousArray<ConnectValue> {
        decoder.keyOnlyColumns.isEmpty ? [] : try decoder.keyOnly(image, failures: &failures)
    }

    func emit(
        _ plan: TablePlan, _ key: ConnectValue, _ value: ConnectValue, _ headers: [ConnectRecord.Header]
    ) throws {
        try send(
            ConnectRecord(
                topic: plan.topic, keySchema: plan.keySchema, key: key, valueSchema: plan.envelopeSchema, value: value,
                headers: headers))
    }

    func send(_ record: consuming ConnectRecord) throws {
        try sink.emit(record)
        emittedRecords += 1
    }

    private func emitTombstone(_ plan: TablePlan, _ key: ConnectValue, _ headers: [ConnectRecord.Header]) throws {
        try send(
            ConnectRecord(
                topic: plan.topic, keySchema: plan.keySchema, key: key, valueSchema: nil, value: .null,
                headers: headers))
    }

    /// Emits the `t` record of a TRUNCATE, unless `skipped.operations` has it (as it does by default).
    public func emitTruncate(_ plan: TablePlan, source: SourceInfo) throws {
        guard plan.profile.hasTruncateRecords, !configuration.skippedOperations.contains(.truncate) else { return }
        let block = SourceBlock(
            source, schema: plan.envelope.sourceSchema, profile: plan.profile, flavor: configuration.flavor,
            logicalName: configuration.logicalName, database: plan.definition.id.database,
            table: plan.definition.id.table)
        let change = Change(plan: plan, source: block.value(row: 0), time: clock())
        try send(
            ConnectRecord(
                topic: plan.topic, keySchema: nil, key: .null, valueSchema: plan.envelopeSchema,
                value: change.envelope(.null, .null, .truncate), headers: contextHeaders))
    }

    /// Tells once for each column that some of its values cannot be represented and go out as null.
    func warn(_ plan: TablePlan) {
        for index in failures.columns where configuration.unrepresentableValueHandling == .warn {
            let name = "\(plan.definition.id).\(plan.name(ofColumn: index))"
            guard warnedColumns.insert(name).inserted else { continue }
            logger.warn(
                "Values of column \(name) that the configured mode cannot represent go out as null (said once for this column)")
        }
        failures.removeAll()
    }
}

typealias SkippedOperations = MySQLConnectorConfig.SkippedOperations

extension MySQLConnectorConfig.SkippedOperations {
    init(_ kind: RowsEvent.Kind) {
        switch kind {
        case .insert: self = .create
        case .update: self = .update
        case .delete: self = .delete
        }
    }
}
