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
    private var memory = RecordMemory()
    private var table: Table?
    private var held: Held?
    /// The table of the row that is held back, and its cells.
    private var heldTable: Table?
    private var heldRow = TextRowCopy()
    private var heldChange: HeldChange?
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
        /// The inputs of most rows, which are neither first nor last.
        let middleInputs: RowInputs
        /// How most rows are written as bytes; nil if they are not, or if what they share does not fit its schema.
        let part: ValuePart?
        /// Whether it is the first table that the snapshot reads.
        let isFirst: Bool
        /// Whether a row was read.
        var hasRows = false

        init(_ decoder: SnapshotRowDecoder, _ output: RecordOutput, source: SourceBlock, isFirst: Bool) {
            self.isFirst = isFirst
            self.decoder = decoder
            self.source = source
            middleInputs = RowInputs(source: source.values(marker: .true), timeMicroseconds: 0)
            program = ChangeProgram(
                .read, decoder, headers: output.contextHeaders, encoding: { output.encoding(of: $0) })
            part = ValuePart(program, middleInputs)
        }
    }

    /// The values of most rows of a table, by the sink that writes them.
    fileprivate enum ValuePart {
        case json(SinkPart<JSONSink>, ByteEncoding)
        case avro(SinkPart<AvroSink>, ByteEncoding)

        init?(_ program: ChangeProgram<SnapshotRowDecoder>, _ inputs: RowInputs) {
            guard case .bytes(let encoding) = program.encoding, let sink = encoding.value else { return nil }
            switch sink {
            case .json(let plan):
                guard let part = SinkPart<JSONSink>(program.value, plan, inputs, constants: program.constants) else {
                    return nil
                }
                self = .json(part, encoding)
            case .avro(let plan):
                guard let part = SinkPart<AvroSink>(program.value, plan, inputs, constants: program.constants) else {
                    return nil
                }
                self = .avro(part, encoding)
            }
        }
    }

    /// A row that is held back.
    fileprivate struct Held: BitwiseCopyable {
        let time: Int64
        let isFirstInTable: Bool
        var isLastInTable = false
    }

    private struct HeldChange {
        let change: SchemaChange
        let source: SourceInfo
        let time: Int64
    }

    // MARK: Rows

    /// Begins a table, to which the following rows belong.
    ///
    /// - Parameter source: the snapshot's position, and the time at which the table is read.
    mutating func beginTable(_ plan: TablePlan, source: SourceInfo) {
        endTable()
        output.sourceEntryCount = source.entryCount(inSnapshot: true)
        table = Table(
            SnapshotRowDecoder(plan, connectionZone: output.configuration.connectionZone), output,
            source: SourceBlock(source, plan.source), isFirst: !hasTables)
        hasTables = true
    }

    /// Emits rows of the table, each when the next record is known.
    mutating func emitRows(_ read: (_ emit: (borrowing TextRow) throws -> Void) throws -> Void) throws {
        guard let table else { preconditionFailure("rows before beginTable") }
        switch table.part {
        case .json(let part, let encoding): try emitRows(of: table, part, encoding, read)
        case .avro(let part, let encoding): try emitRows(of: table, part, encoding, read)
        case nil: try read { row in try emitRow(row, table) }
        }
    }

    /// Emits the rows whose values are written to one kind of sink.
    private mutating func emitRows<S: ByteSink & ~Copyable>(
        of table: Table, _ part: SinkPart<S>, _ encoding: ByteEncoding,
        _ read: (_ emit: (borrowing TextRow) throws -> Void) throws -> Void
    ) throws {
        // What the rows share is looked up once.
        let (decoder, program, value) = (table.decoder, table.program, table.program.value)
        let (fragments, output) = (part.fragments, output)
        var inputs = table.middleInputs
        try read { row in
            guard let held, !held.isLastInTable, !held.isFirstInTable || !marksTables else {
                return try emitRow(row, table)
            }
            inputs.timeMicroseconds = held.time
            self.held = nil
            try heldRow.withRow { cells throws in
                part.sink.begin()
                try decoder.write(
                    value, cells, cells, inputs, sharing: fragments, into: &part.sink, &memory.cells)
                try output.finish(&part.sink, program, encoding, decoder, cells, cells, inputs, &memory)
            }
            if !memory.cells.failures.isEmpty { output.warn(decoder.plan, &memory.cells.failures) }
            hold(row, isFirstInTable: false)
        }
    }

    private mutating func emitRow(_ row: borrowing TextRow, _ table: Table) throws {
        try releaseHeld(isLast: false)
        hold(row, isFirstInTable: !table.hasRows)
        table.hasRows = true
        heldTable = table
    }

    @inline(__always)
    private mutating func hold(_ row: borrowing TextRow, isFirstInTable: Bool) {
        held = Held(time: output.clock(), isFirstInTable: isFirstInTable)
        heldRow.copy(row)
    }

    /// Emits the record that is held back, marked as the last one of the snapshot.
    mutating func finish() throws {
        endTable()
        try releaseHeld(isLast: true)
        heldTable = nil
        hasTables = false
    }

    private mutating func endTable() {
        held?.isLastInTable = true
        table = nil
    }

    // MARK: Schema changes

    /// Accepts a change of the schema, whose record is emitted when the next one is known.
    mutating func hold(_ change: SchemaChange, source: SourceInfo) throws {
        try releaseHeld(isLast: false)
        heldChange = HeldChange(change: change, source: source, time: output.clock())
    }

    private mutating func releaseHeld(isLast: Bool) throws {
        if let row = held {
            held = nil
            guard let heldTable else { preconditionFailure("a row without a table") }
            let marker = SnapshotMarker(row, of: heldTable, isLast: isLast, marksTables: marksTables)
            let inputs = RowInputs(source: heldTable.source.values(marker: marker), timeMicroseconds: row.time)
            try heldRow.withRow { cells throws in
                try output.emit(heldTable.program, heldTable.decoder, cells, cells, inputs, &memory)
            }
            if !memory.cells.failures.isEmpty { output.warn(heldTable.decoder.plan, &memory.cells.failures) }
        } else if let held = heldChange.take() {
            try output.emitSchemaChange(held.change, held.source, time: held.time, marker: isLast ? .last : .true)
        }
    }
}

extension SnapshotMarker {
    /// The most specific marker of a row. A table's only row is marked as its last, not as its first. `first` is the
    /// first row of the first table, which may have none; `last` is the last row of the last table that has rows.
    fileprivate init(_ row: SnapshotRows.Held, of table: SnapshotRows.Table, isLast: Bool, marksTables: Bool) {
        if isLast {
            self = .last
        } else if !marksTables {
            self = .true
        } else if row.isFirstInTable && table.isFirst {
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
