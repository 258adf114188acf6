import ConnectData
import MySQLWire

/// What a snapshot holds back: a record says whether it is the last of its table or of all, which is known one record
/// later.
struct SnapshotState {
    var table: Table?
    var held: Held?
    /// Whether a table was begun, with rows or without.
    var hasTables = false

    /// What the rows of a table have in common.
    final class Table {
        let plan: TablePlan
        let decoder: SnapshotRowDecoder
        let source: SourceBlock
        /// The source block of most rows: those that are neither first nor last.
        let middleSource: ConnectValue
        /// Whether it is the first that the snapshot reads.
        let isFirst: Bool
        /// Whether a row was given.
        var hasRows = false

        init(_ plan: TablePlan, decoder: SnapshotRowDecoder, source: SourceBlock, isFirst: Bool) {
            self.plan = plan
            self.isFirst = isFirst
            self.decoder = decoder
            self.source = source
            middleSource = source.value(marker: .true, isShared: true)
        }
    }

    enum Held {
        case row(Row)
        case schemaChange(SchemaChange, SourceInfo, time: Int64)
    }

    struct Row {
        let table: Table
        let key: ConnectValue
        let values: ContiguousArray<ConnectValue>
        let time: Int64
        let isFirstInTable: Bool
        var isLastInTable = false
    }
}

extension RecordEmitter {
    /// Says that the rows given next belong to this table; `source` holds the snapshot's position and the time at which
    /// the table is read.
    public func beginSnapshotTable(_ plan: TablePlan, source: SourceInfo) throws {
        endTable()
        let block = SourceBlock(
            source, schema: plan.envelope.sourceSchema, profile: plan.profile, flavor: configuration.flavor,
            logicalName: configuration.logicalName, database: plan.definition.id.database,
            table: plan.definition.id.table)
        snapshot.table = SnapshotState.Table(
            plan, decoder: SnapshotRowDecoder(plan, connectionZone: configuration.connectionZone), source: block,
            isFirst: !snapshot.hasTables)
        snapshot.hasTables = true
    }

    /// Takes a row of `SELECT` over `plan.selectedColumns`. It is emitted when the next one is known, since a record
    /// says whether it is the last.
    public func emitSnapshotRow(_ row: borrowing TextRow) throws {
        guard let table = snapshot.table else { preconditionFailure("a row before beginSnapshotTable") }
        let plan = table.plan
        let values = try table.decoder.row(row, failures: &failures)
        let keyOnly = plan.keyOnlyColumns.isEmpty ? [] : try table.decoder.keyOnly(row, failures: &failures)
        if !failures.isEmpty { warn(plan) }
        let next = SnapshotState.Row(
            table: table, key: plan.key(row: values, keyOnly: keyOnly), values: values, time: clock(),
            isFirstInTable: !table.hasRows)
        try releaseHeld(isLast: false)
        snapshot.held = .row(next)
        table.hasRows = true
    }

    /// Emits what is held back, marked as the last record of the snapshot.
    public func finishSnapshot() throws {
        endTable()
        try releaseHeld(isLast: true)
        snapshot = SnapshotState()
    }

    private func endTable() {
        if case .row(var held) = snapshot.held {
            held.isLastInTable = true
            snapshot.held = .row(held)
        }
        snapshot.table = nil
    }

    /// Holds a schema change of the snapshot back in the same way.
    func holdSchemaChange(_ change: SchemaChange, _ source: SourceInfo) throws {
        try releaseHeld(isLast: false)
        snapshot.held = .schemaChange(change, source, time: clock())
    }

    private func releaseHeld(isLast: Bool) throws {
        switch snapshot.held.take() {
        case nil: return
        case .schemaChange(let change, let source, let time):
            try emitSchemaChange(change, source, time: time, marker: isLast ? .last : .true)
        case .row(let row):
            let plan = row.table.plan
            let marker = SnapshotMarker(row, isLast: isLast, marksTables: configuration.profile.marksTablesInSnapshots)
            let source = marker == .true ? row.table.middleSource : row.table.source.value(marker: marker)
            let value = Struct(
                schema: plan.envelopeSchema,
                values: plan.envelope.values(
                    before: .null, after: .structure(Struct(schema: plan.rowSchema, values: row.values)),
                    source: source, operation: .read, time: row.time))
            try emit(plan, row.key, .structure(value), contextHeaders)
        }
    }
}

extension SnapshotMarker {
    /// The most telling of a row's places. A table's only row is its last rather than its first. The very first row is
    /// that of the first table, which may have none; the very last row is that of the last table with rows.
    init(_ row: SnapshotState.Row, isLast: Bool, marksTables: Bool) {
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
