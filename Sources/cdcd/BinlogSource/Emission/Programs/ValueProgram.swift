import ConnectData

/// A shape, compiled for the rows of one decoder: what is written to a sink for each record.
struct ValueProgram<Conversion: BitwiseCopyable & Sendable>: Sendable {
    enum Segment: BitwiseCopyable, Sendable {
        /// Values that the rows of an event share: a range of `steps`.
        case shared(first: Int, count: Int)
        /// A range of `cells`.
        case cells(first: Int, count: Int, isBefore: Bool)
        case rowNumber
        case time(RecordInput.TimeUnit)
    }

    /// One of the shared values, or a part of it.
    enum Step: Sendable {
        case value(ConnectValue)
        /// A field of the `source` block, and what replaces null.
        case source(Int, default: ConnectValue?)
        case time(RecordInput.TimeUnit)
        case beginStructure(Schema)
        case endStructure

        /// Whether it is the same for all events.
        var isConstant: Bool {
            switch self {
            case .value, .beginStructure, .endStructure: true
            case .source, .time: false
            }
        }
    }

    private(set) var segments: ContiguousArray<Segment> = []
    private(set) var steps: ContiguousArray<Step> = []
    private(set) var cells = CellColumns<Conversion>()
    /// Whether the rows of an event share the time.
    private let sharesTime: Bool

    /// - Parameter sharesTime: whether all rows of an event have the same time.
    init<Decoder: CellDecoder>(_ shape: ValueShape, _ schema: Schema?, _ decoder: Decoder, sharesTime: Bool)
    where Decoder.Conversion == Conversion {
        self.sharesTime = sharesTime
        append(shape, schema, decoder)
    }

    private mutating func append<Decoder: CellDecoder>(_ shape: ValueShape, _ schema: Schema?, _ decoder: Decoder)
    where Decoder.Conversion == Conversion {
        switch shape {
        case .constant(let value): append(.value(value))
        case .input(let id, let replacement):
            switch RecordInput(id: id) {
            case .cell(let index, let isBefore):
                append(index, of: decoder.columns, isBefore: isBefore, default: replacement)
            case .keyOnlyCell(let index, let isBefore):
                append(index, of: decoder.keyOnlyColumns, isBefore: isBefore, default: replacement)
            case .source(let index): append(.source(index, default: replacement))
            case .rowNumber: segments.append(.rowNumber)
            case .time(let unit): if sharesTime { append(.time(unit)) } else { segments.append(.time(unit)) }
            }
        case .structure(let fields):
            guard let schema, schema.fields.count == fields.count else {
                preconditionFailure("a struct's shape does not have the fields of its schema")
            }
            append(.beginStructure(schema))
            for (index, field) in fields.enumerated() { append(field, schema.fields[index].schema, decoder) }
            append(.endStructure)
        }
    }

    private mutating func append(_ step: Step) {
        steps.append(step)
        if case .shared(let first, let count) = segments.last {
            segments[segments.count - 1] = .shared(first: first, count: count + 1)
        } else {
            segments.append(.shared(first: steps.count - 1, count: 1))
        }
    }

    private mutating func append(
        _ index: Int, of columns: CellColumns<Conversion>, isBefore: Bool, default replacement: ConnectValue?
    ) {
        cells.append(index, of: columns, default: replacement)
        if case .cells(let first, let count, isBefore) = segments.last {
            segments[segments.count - 1] = .cells(first: first, count: count + 1, isBefore: isBefore)
        } else {
            segments.append(.cells(first: cells.count - 1, count: 1, isBefore: isBefore))
        }
    }
}

extension ValueProgram {
    /// Writes shared values.
    func write<S: ValueSink & ~Copyable>(_ range: Range<Int>, _ inputs: RowInputs, into sink: inout S) {
        for index in range {
            switch steps[index] {
            case .value(let value): sink.value(value)
            case .source(let index, let replacement):
                let value = inputs.source[index]
                sink.value(value.isNull ? replacement ?? .null : value)
            case .time(let unit): sink.integer(unit.value(microseconds: inputs.timeMicroseconds))
            case .beginStructure(let schema): sink.beginStructure(schema)
            case .endStructure: sink.endStructure()
            }
        }
    }

    /// Captures the shared values, so that each record gets them as bytes.
    ///
    /// - Parameter constants: those that `captureConstants` captured; nil writes all values.
    func capture<S: ByteSink & ~Copyable>(
        _ inputs: RowInputs, constants: SinkFragments? = nil, from sink: inout S, into fragments: inout SinkFragments
    ) {
        sink.beginCapture()
        var constant = 0
        for segment in segments {
            switch segment {
            case .shared(let first, let count):
                let range = first..<first + count
                if let constants {
                    forEachRun(of: range) { run, isConstant in
                        guard isConstant else { return write(run, inputs, into: &sink) }
                        sink.splice(constant, of: constants)
                        constant += 1
                    }
                } else {
                    write(range, inputs, into: &sink)
                }
                sink.capture(into: &fragments)
            case .cells(_, let count, _): sink.skip(count)
            case .rowNumber, .time: sink.skip(1)
            }
        }
        sink.endCapture()
    }

    /// Captures each run of constants among the shared values.
    func captureConstants<S: ByteSink & ~Copyable>(from sink: inout S, into fragments: inout SinkFragments) {
        sink.beginCapture()
        let noInputs = RowInputs(source: [], timeMicroseconds: 0)
        for segment in segments {
            switch segment {
            case .shared(let first, let count):
                forEachRun(of: first..<first + count) { run, isConstant in
                    if isConstant {
                        write(run, noInputs, into: &sink)
                        sink.capture(into: &fragments)
                    } else {
                        sink.skip(run.count)
                    }
                }
            case .cells(_, let count, _): sink.skip(count)
            case .rowNumber, .time: sink.skip(1)
            }
        }
        sink.endCapture()
    }

    /// The longest ranges of shared values that are all constant or all not, in order.
    @inline(__always)
    private func forEachRun(of range: Range<Int>, _ body: (_ run: Range<Int>, _ isConstant: Bool) -> Void) {
        var start = range.lowerBound
        while start < range.upperBound {
            let isConstant = steps[start].isConstant
            var end = start + 1
            while end < range.upperBound, steps[end].isConstant == isConstant { end += 1 }
            body(start..<end, isConstant)
            start = end
        }
    }
}

extension CellDecoder {
    /// Writes a record's key or value.
    ///
    /// - Parameters:
    ///   - before, after: the row before and after the change; the same one if the change has one only.
    ///   - context: its failures get the columns whose values cannot be represented.
    func write<S: ValueSink & ~Copyable>(
        _ program: ValueProgram<Conversion>, _ before: borrowing Row, _ after: borrowing Row, _ inputs: RowInputs,
        into sink: inout S, _ context: inout CellContext
    ) throws(ConversionError) {
        for segment in program.segments {
            switch segment {
            case .shared(let first, let count): program.write(first..<first + count, inputs, into: &sink)
            case .cells, .rowNumber, .time:
                try write(segment, of: program, before, after, inputs, into: &sink, &context)
            }
        }
    }

    /// The same with the shared values as captured fragments.
    @inline(__always)
    func write<S: ByteSink & ~Copyable>(
        _ program: ValueProgram<Conversion>, _ before: borrowing Row, _ after: borrowing Row, _ inputs: RowInputs,
        sharing fragments: SinkFragments, into sink: inout S, _ context: inout CellContext
    ) throws(ConversionError) {
        var fragment = 0
        for segment in program.segments {
            switch segment {
            case .shared:
                sink.splice(fragment, of: fragments)
                fragment &+= 1
            case .cells, .rowNumber, .time:
                try write(segment, of: program, before, after, inputs, into: &sink, &context)
            }
        }
    }

    @inline(__always)
    private func write<S: ValueSink & ~Copyable>(
        _ segment: ValueProgram<Conversion>.Segment, of program: ValueProgram<Conversion>, _ before: borrowing Row,
        _ after: borrowing Row, _ inputs: RowInputs, into sink: inout S, _ context: inout CellContext
    ) throws(ConversionError) {
        switch segment {
        case .shared: return
        case .cells(let first, let count, let isBefore):
            let range = first..<first &+ count
            if isBefore {
                try write(range, of: program.cells, before, into: &sink, &context)
            } else {
                try write(range, of: program.cells, after, into: &sink, &context)
            }
        case .rowNumber: sink.integer(Int64(inputs.rowNumber))
        case .time(let unit): sink.integer(unit.value(microseconds: inputs.timeMicroseconds))
        }
    }
}
