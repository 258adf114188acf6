import ConnectData
import MySQLWire
import WireCore

/// Builds the records of a snapshot. Owned by the task's thread.
package final class SnapshotEmitter: SchemaChangeEmitter {
    private let output: RecordOutput
    private var rows: SnapshotRows

    package init(_ output: RecordOutput) {
        self.output = output
        rows = SnapshotRows(output)
    }

    /// Begins a table, to which the following rows belong.
    ///
    /// - Parameter source: the snapshot's position, and the time at which the table is read.
    package func beginTable(_ plan: TablePlan, source: SourceInfo) throws { rows.beginTable(plan, source: source) }

    /// Emits rows of the table. A row is emitted when the next record is known.
    ///
    /// - Parameter read: passes the rows of `SELECT` over `plan.selectedColumns` to its argument.
    package func emitRows(_ read: (_ emit: (borrowing TextRow) throws -> Void) throws -> Void) throws {
        try rows.emitRows(read)
    }

    /// Emits the record that is held back, marked as the last one of the snapshot.
    package func finish() throws { try rows.finish() }

    package func emitSchemaChange(_ change: SchemaChange, source: SourceInfo) throws {
        guard output.configuration.includesSchemaChanges else { return }
        try rows.hold(change, source: source)
    }
}
