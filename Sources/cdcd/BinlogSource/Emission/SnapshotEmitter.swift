import ConnectData
import MySQLWire
import WireCore

/// Builds the records of a snapshot. Owned by the task's thread.
///
/// A record states whether it is the last one of its table or of the snapshot, which is known only with the next
/// record: one record is held back.
package final class SnapshotEmitter: SchemaChangeEmitter {
    private let output: RecordOutput
    private let configuration: MySQLConnectorConfig
    private var failures = ConversionFailures()
    private var table: Table?
    private var held: Held?
    /// Whether a table was begun, with rows or without.
    private var hasTables = false

    package init(_ output: RecordOutput) {
        self.output = output
        configuration = output.configuration
    }

    /// The values that the rows of a table share.
    fileprivate final class Table {
        let plan: TablePlan
        let decoder: SnapshotRowDecoder
        let source: SourceBlock
        /// The source block of most rows, which are neither first nor last.
        let middleSource: ConnectValue
        /// Whether it is the first table that the snapshot reads.
        let isFirst: Bool
        /// Whether a row was read.
        var hasRows = false

        init(_ plan: TablePlan, decoder: SnapshotRowDecoder, source: SourceBlock, isFirst: Bool) {
            self.plan = plan
            self.isFirst = isFirst
            self.decoder = decoder
            self.source = source
            middleSource = source.value(marker: .true, isShared: true)
        }
    }

    fileprivate enum Held {
        case row(Row)
        case schemaChange(SchemaChange, SourceInfo, time: Int64)
    }

    fileprivate struct Row {
        let table: Table
        let key: ConnectValue
        let values: ContiguousArray<ConnectValue>
        let time: Int64
        let isFirstInTable: Bool
        var isLastInTable = false
    }

    // MARK: Rows

    /// Begins a table, to which the following rows belong.
    ///
    /// - Parameter source: the snapshot's position, and the time at which the table is read.
    package func beginTable(_ plan: TablePlan, source: SourceInfo) throws {
        endTable()
        table = Table(
            plan, decoder: SnapshotRowDecoder(plan, connectionZone: configuration.connectionZone),
            source: SourceBlock(source, plan.source), isFirst: !hasTables)
        hasTables = true
    }

    /// Accepts a row of `SELECT` over `plan.selectedColumns`. It is emitted when the next one is known.
    package func emitRow(_ row: borrowing TextRow) throws {
        guard let table else { preconditionFailure("a row before beginTable") }
        let plan = table.plan
        let values = try table.decoder.row(row, failures: &failures)
        let keyOnly = plan.keyOnlyColumns.isEmpty ? [] : try table.decoder.keyOnly(row, failures: &failures)
        if !failures.isEmpty { output.warn(plan, &failures) }
        let next = Row(
            table: table, key: plan.key(row: values, keyOnly: keyOnly), values: values, time: output.clock(),
            isFirstInTable: !table.hasRows)
        try releaseHeld(isLast: false)
        held = .row(next)
        table.hasRows = true
    }

    /// Emits the record that is held back, marked as the last one of the snapshot.
    package func finish() throws {
        endTable()
        try releaseHeld(isLast: true)
        hasTables = false
    }

    private func endTable() {
        if case .row(var row) = held {
            row.isLastInTable = true
            held = .row(row)
        }
        table = nil
    }

    // MARK: Schema changes

    package func emitSchemaChange(_ change: SchemaChange, source: SourceInfo) throws {
        guard configuration.includesSchemaChanges else { return }
        try releaseHeld(isLast: false)
        held = .schemaChange(change, source, time: output.clock())
    }

    private func releaseHeld(isLast: Bool) throws {
        switch held.take() {
        case nil: return
        case .schemaChange(let change, let source, let time):
            try output.emitSchemaChange(change, source, time: time, marker: isLast ? .last : .true)
        case .row(let row):
            let plan = row.table.plan
            let marker = SnapshotMarker(row, isLast: isLast, marksTables: configuration.profile.snapshots.marksTables)
            let source = marker == .true ? row.table.middleSource : row.table.source.value(marker: marker)
            let value = Struct(
                schema: plan.envelopeSchema,
                values: plan.envelope.values(
                    before: .null, after: .structure(Struct(schema: plan.rowSchema, values: row.values)),
                    source: source, operation: .read, time: row.time))
            try output.emit(plan, row.key, .structure(value), output.contextHeaders)
        }
    }
}

extension SnapshotMarker {
    /// The most specific marker of a row. A table's only row is marked as its last, not as its first. `first` is the
    /// first row of the first table, which may have none; `last` is the last row of the last table that has rows.
    fileprivate init(_ row: SnapshotEmitter.Row, isLast: Bool, marksTables: Bool) {
        if isLast {
            self = .last
        } else if !marksTables {
            self = .true
        } else if row.isFirstInTable && row.table.isFirst {
            self = .first
        } else if row.isLastInTable {
            self = .lastInTable
        } else if row.isFirstInTable {
            self = .firstInTable
        } else {
            self = .true
        }
    }
}
