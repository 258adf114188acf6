import ConnectData
import MySQLWire
import WireCore

/// Builds the records of streamed changes. Owned by the task's thread.
package final class RecordEmitter: SchemaChangeEmitter {
    private let output: RecordOutput
    private let configuration: MySQLConnectorConfig
    private var failures = ConversionFailures()
    private var image = RowImage()
    private var afterImage = RowImage()

    package init(_ output: RecordOutput) {
        self.output = output
        configuration = output.configuration
    }

    /// The number of records passed to the sink so far.
    package var emittedRecords: Int64 { output.emittedRecords }

    // MARK: Rows

    /// The number of rows of the current row event that are done: passed to the sink, skipped or filtered out. Also
    /// valid if `emit` throws, so that an orderly stop repeats none of them.
    package private(set) var deliveredRows = 0

    /// Emits the records of a row event, except its first `skippedRows` rows, which were delivered before a restart.
    ///
    /// - Returns: the number of rows in the event.
    /// - Throws: the sink's error; a `ConversionError` that names table and column if a value cannot be read; a
    ///   `WireError` if the event is damaged.
    package func emit(
        _ event: RowsEvent, of decoder: BinlogRowDecoder, source: SourceInfo, skippingRows skippedRows: Int = 0
    ) throws -> Int {
        let plan = decoder.plan
        let time = output.clock()
        let block = SourceBlock(source, plan.source)
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
                if !failures.isEmpty { output.warn(plan, &failures) }
            }
            deliveredRows += 1
        }
        return deliveredRows
    }

    /// The values that the records of one row share.
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
        try output.emit(change.plan, key, change.envelope(.null, change.row(row), .create), output.contextHeaders)
    }

    private func delete(_ change: Change, _ decoder: BinlogRowDecoder) throws {
        let row = try decoder.row(image, failures: &failures)
        let key = change.plan.key(row: row, keyOnly: try keyOnly(image, decoder))
        try output.emit(change.plan, key, change.envelope(change.row(row), .null, .delete), output.contextHeaders)
        if configuration.tombstonesOnDelete { try output.emitTombstone(change.plan, key, output.contextHeaders) }
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
            try output.emit(
                plan, key, change.envelope(change.row(before), change.row(after), .update), output.contextHeaders)
            return
        }
        // The primary key changes: delete under the old key, create under the new.
        let oldKey = plan.key(row: before, keyOnly: beforeOnly)
        let newKeyHeader = ConnectRecord.Header("__debezium.newkey", schema: plan.keySchema, value: key)
        let oldKeyHeader = ConnectRecord.Header("__debezium.oldkey", schema: plan.keySchema, value: oldKey)
        let leaving = [newKeyHeader] + output.contextHeaders
        try output.emit(plan, oldKey, change.envelope(change.row(before), .null, .delete), leaving)
        if configuration.tombstonesOnDelete { try output.emitTombstone(plan, oldKey, leaving) }
        try output.emit(
            plan, key, change.envelope(.null, change.row(after), .create), [oldKeyHeader] + output.contextHeaders)
    }

    @inline(__always)
    private func keyOnly(
        _ image: borrowing RowImage, _ decoder: BinlogRowDecoder
    ) throws -> ContiguousArray<ConnectValue> {
        decoder.keyOnlyColumns.isEmpty ? [] : try decoder.keyOnly(image, failures: &failures)
    }

    /// Emits the `t` record of a TRUNCATE, unless `skipped.operations` has it (as it does by default).
    package func emitTruncate(_ plan: TablePlan, source: SourceInfo) throws {
        guard plan.profile.records.hasTruncateRecords, !configuration.skippedOperations.contains(.truncate)
        else { return }
        let block = SourceBlock(source, plan.source)
        let change = Change(plan: plan, source: block.value(row: 0), time: output.clock())
        try output.send(
            ConnectRecord(
                topic: plan.topic, keySchema: nil, key: .null, valueSchema: plan.envelopeSchema,
                value: change.envelope(.null, .null, .truncate), headers: output.contextHeaders))
    }

    /// Emits the record of a change of the schema, unless `include.schema.changes` is false.
    package func emitSchemaChange(_ change: SchemaChange, source: SourceInfo) throws {
        guard configuration.includesSchemaChanges else { return }
        try output.emitSchemaChange(change, source, time: output.clock(), marker: nil)
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
