import ConnectData
import MySQLWire
import WireCore

/// Builds the records of streamed changes. Owned by the task's thread.
package final class RecordEmitter: SchemaChangeEmitter {
    private let output: RecordOutput
    private let configuration: MySQLConnectorConfig
    /// Those of the last event, and those of other tables.
    private var lastChanges: StreamedChanges?
    private var changes: [ObjectIdentifier: StreamedChanges] = [:]
    @exclusivity(unchecked) private var memory: RecordMemory? = RecordMemory()
    @exclusivity(unchecked) private var images = ChangeImages()
    /// The fields of the last event's `source` block.
    @exclusivity(unchecked) private var sourceValues: ContiguousArray<ConnectValue> = []

    /// Decoders that are no longer used are released when there are more than this number.
    private static let tableCountMax = 10_000

    package init(_ output: RecordOutput) {
        self.output = output
        configuration = output.configuration
    }

    /// The number of records passed to the sink so far.
    package var emittedRecords: Int64 { output.emittedRecords }
    /// The number of records that were emitted and not dropped by a transform.
    package var sentRecords: Int64 { output.emittedRecords - output.droppedRecords }

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
        deliveredRows = 0
        let changes = changes(of: decoder)
        guard !configuration.skippedOperations.contains(SkippedOperations(event.kind)) else {
            return try skip(event, decoder)
        }
        guard var memory = memory.take() else { preconditionFailure("an event is emitted within another") }
        var images = ChangeImages()
        swap(&images, &self.images)
        output.sourceEntryCount = source.entryCount(inSnapshot: false)
        var inputs = RowInputs(source: [], timeMicroseconds: output.clock())
        swap(&inputs.source, &sourceValues)
        SourceBlock.write(source, decoder.plan.source, into: &inputs.source)
        defer {
            swap(&images, &self.images)
            swap(&inputs.source, &sourceValues)
        }
        do {
            try emit(event, changes, inputs, skippedRows, &images, &memory)
        } catch {
            self.memory = consume memory
            throw error
        }
        self.memory = consume memory
        return deliveredRows
    }

    /// Removes what was compiled for tables whose definition may have changed.
    package func removeTables() {
        lastChanges = nil
        changes.removeAll()
    }

    private func changes(of decoder: BinlogRowDecoder) -> StreamedChanges {
        if let lastChanges, lastChanges.decoder === decoder { return lastChanges }
        let id = ObjectIdentifier(decoder)
        let found: StreamedChanges
        if let known = changes[id] {
            found = known
        } else {
            found = StreamedChanges(decoder, output)
            if changes.count >= Self.tableCountMax { changes.removeAll() }
            changes[id] = found
        }
        lastChanges = found
        return found
    }

    private func skip(_ event: RowsEvent, _ decoder: BinlogRowDecoder) throws -> Int {
        var rows = event.makeRows()
        while try images.read(&rows, event.kind, decoder.storage) { deliveredRows += 1 }
        return deliveredRows
    }

    private func emit(
        _ event: RowsEvent, _ changes: StreamedChanges, _ inputs: RowInputs, _ skippedRows: Int,
        _ images: inout ChangeImages, _ memory: inout RecordMemory
    ) throws {
        let program = changes.program(ChangeKind(event.kind))
        guard case .bytes(let encoding) = program.encoding, let value = encoding.value else {
            return try emitOneByOne(event, changes, program, inputs, skippedRows, &images, &memory)
        }
        let fits =
            switch value {
            case .json(let plan):
                try emitBytes(
                    event, changes, program, encoding, plan, JSONSink.self, inputs, skippedRows, &images, &memory)
            case .avro(let plan):
                try emitBytes(
                    event, changes, program, encoding, plan, AvroSink.self, inputs, skippedRows, &images, &memory)
            }
        if !fits { try emitOneByOne(event, changes, program, inputs, skippedRows, &images, &memory) }
    }

    /// Emits the rows whose values are written to one kind of sink. Returns false, with nothing emitted, if what the
    /// rows share does not fit the schema.
    private func emitBytes<S: ByteSink & ~Copyable>(
        _ event: RowsEvent, _ changes: StreamedChanges, _ program: ChangeProgram<BinlogRowDecoder>,
        _ encoding: ByteEncoding, _ plan: S.Plan, _: S.Type, _ inputs: RowInputs, _ skippedRows: Int,
        _ images: inout ChangeImages, _ memory: inout RecordMemory
    ) throws -> Bool {
        var fragments = SinkFragments()
        swap(&fragments, &memory.fragments)
        fragments.removeAll()
        defer { swap(&fragments, &memory.fragments) }
        return try memory.withSink(.value, plan) { (sink: inout S, memory) in
            program.value.capture(inputs, constants: program.constants, from: &sink, into: &fragments)
            guard sink.error == nil else { return false }
            try emitBytes(
                event, changes, program, encoding, inputs, skippedRows, &images, sharing: fragments, into: &sink,
                &memory)
            return true
        }
    }

    /// Emits the rows whose values are written to one sink. Specialized for each kind of sink.
    private func emitBytes<S: ByteSink & ~Copyable>(
        _ event: RowsEvent, _ changes: StreamedChanges, _ program: ChangeProgram<BinlogRowDecoder>,
        _ encoding: ByteEncoding, _ inputs: RowInputs, _ skippedRows: Int, _ images: inout ChangeImages,
        sharing fragments: SinkFragments, into sink: inout S, _ memory: inout RecordMemory
    ) throws {
        let (decoder, output) = (changes.decoder, output)
        try emitEach(event, changes, inputs, skippedRows, &images, &memory) { images, inputs, memory in
            sink.begin()
            try decoder.write(
                program.value, images.before, images.after, inputs, sharing: fragments, into: &sink, &memory.cells)
            try output.finish(&sink, program, encoding, decoder, images.before, images.after, inputs, &memory)
        }
    }

    /// Emits rows without a sink, or whose shared values do not fit it.
    private func emitOneByOne(
        _ event: RowsEvent, _ changes: StreamedChanges, _ program: ChangeProgram<BinlogRowDecoder>,
        _ inputs: RowInputs, _ skippedRows: Int, _ images: inout ChangeImages, _ memory: inout RecordMemory
    ) throws {
        try emitEach(event, changes, inputs, skippedRows, &images, &memory) { images, inputs, memory in
            try output.emit(program, changes.decoder, images.before, images.after, inputs, &memory)
        }
    }

    /// The loop over the rows of an event. Inlined, so that no closure is called for each row.
    ///
    /// - Parameter emit: emits the record of a change.
    @inline(__always)
    private func emitEach(
        _ event: RowsEvent, _ changes: StreamedChanges, _ inputs: RowInputs, _ skippedRows: Int,
        _ images: inout ChangeImages, _ memory: inout RecordMemory,
        _ emit: (borrowing ChangeImages, RowInputs, inout RecordMemory) throws -> Void
    ) throws {
        let (kind, plan, storage) = (event.kind, changes.decoder.plan, changes.decoder.storage)
        var inputs = inputs
        var done = 0
        defer { deliveredRows = done }
        var rows = event.makeRows()
        while try images.read(&rows, kind, storage) {
            inputs.rowNumber = done
            if done >= skippedRows, try kind != .update || emitsUpdate(changes, images, inputs, &memory) {
                try emit(images, inputs, &memory)
                if kind == .delete { try emitTombstone(changes, images, inputs, &memory) }
                if !memory.cells.failures.isEmpty { output.warn(plan, &memory.cells.failures) }
            }
            done += 1
        }
    }

    private func emitTombstone(
        _ changes: StreamedChanges, _ images: borrowing ChangeImages, _ inputs: RowInputs,
        _ memory: inout RecordMemory
    ) throws {
        guard configuration.tombstonesOnDelete else { return }
        try output.emit(
            changes.program(.tombstone), changes.decoder, images.before, images.after, inputs, &memory)
    }

    /// Whether an update is to be emitted as an update. Otherwise nothing is left to emit: it is skipped because no
    /// captured column changes, or its key changes.
    private func emitsUpdate(
        _ changes: StreamedChanges, _ images: borrowing ChangeImages, _ inputs: RowInputs,
        _ memory: inout RecordMemory
    ) throws -> Bool {
        let decoder = changes.decoder
        if configuration.skipsUnchangedRows,
            try decoder.hasSameValues(images.before, images.after, &memory.cells) { return false }
        if try decoder.hasSameKey(images.before, images.after, &memory.cells) { return true }
        try emitKeyChange(changes, images, inputs, &memory)
        if !memory.cells.failures.isEmpty { output.warn(decoder.plan, &memory.cells.failures) }
        return false
    }

    /// The primary key changes: a delete under the old key, a create under the new one.
    private func emitKeyChange(
        _ changes: StreamedChanges, _ images: borrowing ChangeImages, _ inputs: RowInputs,
        _ memory: inout RecordMemory
    ) throws {
        func header(_ name: String, _ program: ChangeProgram<BinlogRowDecoder>) throws -> ConnectRecord.Header {
            let key = try output.value(
                of: program.programsForRecords().key, changes.decoder, images.before, images.after, inputs, &memory)
            return ConnectRecord.Header(name, schema: changes.decoder.plan.keySchema, value: key)
        }
        let (create, delete) = (changes.program(.create), changes.program(.delete))
        let newKey = try header("__debezium.newkey", create)
        let oldKey = try header("__debezium.oldkey", delete)
        func emit(_ program: ChangeProgram<BinlogRowDecoder>, _ header: ConnectRecord.Header) throws {
            try output.emitRecord(
                program, changes.decoder, images.before, images.after, inputs, leadingHeaders: [header], &memory)
        }
        try emit(delete, newKey)
        if configuration.tombstonesOnDelete { try emit(changes.program(.tombstone), newKey) }
        try emit(create, oldKey)
    }

    // MARK: Statements

    /// Emits the `t` record of a TRUNCATE, unless `skipped.operations` has it (as it does by default).
    package func emitTruncate(_ plan: TablePlan, source: SourceInfo) throws {
        guard plan.profile.records.hasTruncateRecords, !configuration.skippedOperations.contains(.truncate)
        else { return }
        let shape = plan.shape(of: .truncate, headers: output.contextHeaders)
        let values = SourceBlock(source, plan.source).values
        let time = output.clock()
        let value = shape.value.value(shape.valueSchema) { id in
            switch RecordInput(id: id) {
            case .source(let index): values[index]
            case .rowNumber: .integer(0)
            case .time(let unit): .integer(unit.value(microseconds: time))
            case .cell, .keyOnlyCell: .null
            }
        }
        try output.send(
            ConnectRecord(
                topic: shape.topic, keySchema: nil, key: .null, valueSchema: shape.valueSchema, value: value,
                headers: output.contextHeaders))
    }

    /// Emits the record of a change of the schema, unless `include.schema.changes` is false.
    package func emitSchemaChange(_ change: SchemaChange, source: SourceInfo) throws {
        guard configuration.includesSchemaChanges else { return }
        try output.emitSchemaChange(change, source, time: output.clock(), marker: nil)
    }
}

/// The records of a table's changes, compiled when they first occur.
private final class StreamedChanges {
    let decoder: BinlogRowDecoder
    private let output: RecordOutput
    /// By kind.
    private var programs: [ChangeProgram<BinlogRowDecoder>?]

    init(_ decoder: BinlogRowDecoder, _ output: RecordOutput) {
        self.decoder = decoder
        self.output = output
        programs = Array(repeating: nil, count: ChangeKind.allCases.count)
    }

    func program(_ kind: ChangeKind) -> ChangeProgram<BinlogRowDecoder> {
        if let known = programs[kind.rawValue] { return known }
        let program = ChangeProgram(
            kind, decoder, headers: output.contextHeaders, encoding: { output.encoding(of: $0) })
        programs[kind.rawValue] = program
        return program
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

extension ChangeKind {
    fileprivate init(_ kind: RowsEvent.Kind) {
        switch kind {
        case .insert: self = .create
        case .update: self = .update
        case .delete: self = .delete
        }
    }
}
