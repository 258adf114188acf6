import ConnectData
import MySQLWire
import WireCore

/// The rows of a snapshot and the records of its schema changes, in order.
///
/// A record states whether it is the last one of its table or of the snapshot, which is known only with the next
/// record: one record is held back.
struct SnapshotRows: ~Copyable {
    private let output: RecordOutput
    private let marksTables: Bool
    private var memory: RecordMemory? = RecordMemory()
    private var table: Table?
    private var held: Held?
    /// The row of `held`.
    private var heldRow = TextRowCopy()
    /// Whether a table was begun, with rows or without.
    private var hasTables = false

    init(_ output: RecordOutput) {
        self.output = output
        marksTables = output.configuration.profile.snapshots.marksTables
    }

    /// The values that the rows of a table share.
    fileprivate final class Table {
        let decoder: SnapshotRowDecoder
        let program: ChangeProgram<SnapshotRowDecoder>
        let source: SourceBlock
        /// The source block of most rows, which are neither first nor last.
        let middleSource: ContiguousArray<ConnectValue>
        /// nil if the rows are not written as JSON, or if what they share does not fit its schema.
        let json: JSONTable?
        /// Whether it is the first table that the snapshot reads.
        let isFirst: Bool
        /// Whether a row was read.
        var hasRows = false

        init(_ decoder: SnapshotRowDecoder, _ output: RecordOutput, source: SourceBlock, isFirst: Bool) {
            self.isFirst = isFirst
            self.decoder = decoder
            self.source = source
            middleSource = source.values(marker: .true)
            program = ChangeProgram(
                .read, decoder, headers: output.contextHeaders, encoding: { output.encoding(of: $0) })
            if case .bytes(let encoding) = program.encoding, case .json(let plan) = encoding.value {
                var fragments = JSONSink.Fragments()
                var sink = JSONSink(plan, ByteWriter())
                program.value.capture(
                    RowInputs(source: middleSource, timeMicroseconds: 0), constants: program.jsonConstants,
                    from: &sink, into: &fragments)
                // Without it each row fails with the converter's error.
                json = sink.error == nil ? JSONTable(plan, encoding, fragments) : nil
            } else {
                json = nil
            }
        }
    }

    fileprivate final class JSONTable {
        let plan: JSONSinkPlan
        let encoding: ByteEncoding
        /// What most rows share, as text.
        let fragments: JSONSink.Fragments

        init(_ plan: JSONSinkPlan, _ encoding: ByteEncoding, _ fragments: JSONSink.Fragments) {
            self.plan = plan
            self.encoding = encoding
            self.fragments = fragments
        }
    }

    fileprivate enum Held {
        case row(Row)
        case schemaChange(SchemaChange, SourceInfo, time: Int64)
    }

    fileprivate struct Row {
        let table: Table
        let time: Int64
        let isFirstInTable: Bool
        var isLastInTable = false
    }

    // MARK: Rows

    /// Begins a table, to which the following rows belong.
    ///
    /// - Parameter source: the snapshot's position, and the time at which the table is read.
    mutating func beginTable(_ plan: TablePlan, source: SourceInfo) {
        endTable()
        table = Table(
            SnapshotRowDecoder(plan, connectionZone: output.configuration.connectionZone), output,
            source: SourceBlock(source, plan.source), isFirst: !hasTables)
        hasTables = true
    }

    /// Accepts a row of `SELECT` over `plan.selectedColumns`. It is emitted when the next one is known.
    mutating func emitRow(_ row: borrowing TextRow) throws {
        guard let table else { preconditionFailure("a row before beginTable") }
        let next = Row(table: table, time: output.clock(), isFirstInTable: !table.hasRows)
        try releaseHeld(isLast: false)
        heldRow.copy(row)
        held = .row(next)
        table.hasRows = true
    }

    /// Emits the record that is held back, marked as the last one of the snapshot.
    mutating func finish() throws {
        endTable()
        try releaseHeld(isLast: true)
        hasTables = false
    }

    private mutating func endTable() {
        if case .row(var row) = held {
            row.isLastInTable = true
            held = .row(row)
        }
        table = nil
    }

    // MARK: Schema changes

    /// Accepts a change of the schema, whose record is emitted when the next one is known.
    mutating func hold(_ change: SchemaChange, source: SourceInfo) throws {
        try releaseHeld(isLast: false)
        held = .schemaChange(change, source, time: output.clock())
    }

    private mutating func releaseHeld(isLast: Bool) throws {
        switch held.take() {
        case nil: return
        case .schemaChange(let change, let source, let time):
            try output.emitSchemaChange(change, source, time: time, marker: isLast ? .last : .true)
        case .row(let row):
            guard var memory = memory.take() else { preconditionFailure("a row is emitted within another") }
            do {
                try emit(row, isLast: isLast, &memory)
            } catch {
                self.memory = consume memory
                throw error
            }
            self.memory = consume memory
        }
    }

    private func emit(_ row: borrowing Row, isLast: Bool, _ memory: inout RecordMemory) throws {
        let table = row.table
        let marker = SnapshotMarker(row, isLast: isLast, marksTables: marksTables)
        let isMiddle = marker == .true
        let inputs = RowInputs(
            source: isMiddle ? table.middleSource : table.source.values(marker: marker), timeMicroseconds: row.time)
        if isMiddle, let json = table.json {
            try memory.withSink(.value, json.plan) { sink, memory in
                sink.begin()
                try heldRow.withRow { cells throws in
                    try table.decoder.write(
                        table.program.value, cells, cells, inputs, sharing: json.fragments, into: &sink, &memory.cells)
                    try output.finish(
                        &sink, table.program, json.encoding, table.decoder, cells, cells, inputs, &memory)
                }
            }
        } else {
            try heldRow.withRow { cells throws in
                try output.emit(table.program, table.decoder, cells, cells, inputs, &memory)
            }
        }
        if !memory.cells.failures.isEmpty { output.warn(table.decoder.plan, &memory.cells.failures) }
    }
}

extension SnapshotMarker {
    /// The most specific marker of a row. A table's only row is marked as its last, not as its first. `first` is the
    /// first row of the first table, which may have none; `last` is the last row of the last table that has rows.
    fileprivate init(_ row: borrowing SnapshotRows.Row, isLast: Bool, marksTables: Bool) {
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
