import ConnectData
import WireCore

/// Records of rows, one at a time.
extension RecordOutput {
    /// Emits a record as its encoding requires.
    ///
    /// - Parameters:
    ///   - before, after: the row before and after the change; the same one if the change has one only.
    ///   - memory: its failures get the columns whose values cannot be represented.
    func emit<Decoder: CellDecoder>(
        _ program: ChangeProgram<Decoder>, _ decoder: Decoder, _ before: borrowing Decoder.Row,
        _ after: borrowing Decoder.Row, _ inputs: RowInputs, _ memory: inout RecordMemory
    ) throws {
        switch program.encoding {
        case .records: try emitRecord(program, decoder, before, after, inputs, &memory)
        case .dropped: try drop()
        case .bytes(let encoding):
            guard let value = encoding.value else {
                let key = try writeKey(program, encoding, decoder, before, after, inputs, &memory)
                let headers = try headerValues(program, decoder, before, after, inputs, &memory)
                if try !append(encoding, key, memory, value: nil, headers) {
                    try emitRecord(program, decoder, before, after, inputs, &memory)
                }
                return
            }
            switch value {
            case .json(let plan):
                try emit(program, plan, JSONSink.self, encoding, decoder, before, after, inputs, &memory)
            case .avro(let plan):
                try emit(program, plan, AvroSink.self, encoding, decoder, before, after, inputs, &memory)
            }
        }
    }

    /// Emits a record whose value is written to one kind of sink.
    private func emit<S: ByteSink & ~Copyable, Decoder: CellDecoder>(
        _ program: ChangeProgram<Decoder>, _ plan: S.Plan, _: S.Type, _ encoding: ByteEncoding, _ decoder: Decoder,
        _ before: borrowing Decoder.Row, _ after: borrowing Decoder.Row, _ inputs: RowInputs,
        _ memory: inout RecordMemory
    ) throws {
        try memory.withSink(.value, plan, before, after) { (sink: inout S, memory, before, after) in
            sink.begin()
            try decoder.write(program.value, before, after, inputs, into: &sink, &memory.cells)
            try finish(&sink, program, encoding, decoder, before, after, inputs, &memory)
        }
    }

    /// Emits the record whose value the sink has: writes its key and headers and appends it to the topic.
    ///
    /// If key, value or a header cannot be converted, it is emitted as a record of values, so that the error is the
    /// converter's and is tolerated as that is.
    @inline(__always)
    func finish<S: ByteSink & ~Copyable, Decoder: CellDecoder>(
        _ sink: inout S, _ program: ChangeProgram<Decoder>, _ encoding: ByteEncoding, _ decoder: Decoder,
        _ before: borrowing Decoder.Row, _ after: borrowing Decoder.Row, _ inputs: RowInputs,
        _ memory: inout RecordMemory
    ) throws {
        let isWritten = sink.end()
        guard isWritten else { return try emitRecord(program, decoder, before, after, inputs, &memory) }
        let headers = program.headers.isEmpty
            ? [] : try headerValues(program, decoder, before, after, inputs, &memory)
        let isAppended: Bool
        switch program.keyPart {
        case .json(let key):
            isAppended = try append(&sink, key, headers, program, encoding, decoder, before, after, inputs, &memory)
        case .avro(let key):
            isAppended = try append(&sink, key, headers, program, encoding, decoder, before, after, inputs, &memory)
        case nil:
            let key = try writeKey(program, encoding, decoder, before, after, inputs, &memory)
            isAppended = try sink.withUnsafeBytes { value throws in
                try append(encoding, key, memory, value: value, headers)
            }
        }
        if !isAppended { try emitRecord(program, decoder, before, after, inputs, &memory) }
    }

    /// Writes the key and appends the record. Returns false if the key or a header cannot be converted.
    @inline(__always)
    private func append<S: ByteSink & ~Copyable, Key: ByteSink & ~Copyable, Decoder: CellDecoder>(
        _ sink: inout S, _ key: SinkPart<Key>, _ headers: [ConnectValue], _ program: ChangeProgram<Decoder>,
        _ encoding: ByteEncoding, _ decoder: Decoder, _ before: borrowing Decoder.Row, _ after: borrowing Decoder.Row,
        _ inputs: RowInputs, _ memory: inout RecordMemory
    ) throws -> Bool {
        key.sink.begin()
        try decoder.write(program.key, before, after, inputs, sharing: key.fragments, into: &key.sink, &memory.cells)
        let isAppended = try key.sink.end() && sink.withUnsafeBytes { value throws in
            try key.sink.withUnsafeBytes { key throws in
                try encoding.target.append(key: key, value: value, headerValues: headers)
            }
        }
        if isAppended { didAppend() }
        return isAppended
    }

    /// Returns false if nothing was appended, since the key or a header cannot be converted.
    @inline(__always)
    private func append(
        _ encoding: ByteEncoding, _ key: KeyOutcome, _ memory: borrowing RecordMemory, value: UnsafeRawBufferPointer?,
        _ headers: [ConnectValue]
    ) throws -> Bool {
        if key == .misfit { return false }
        let isAppended = try memory.withKey { bytes in
            try encoding.target.append(key: key == .written ? bytes : nil, value: value, headerValues: headers)
        }
        if isAppended { didAppend() }
        return isAppended
    }

    private enum KeyOutcome {
        case written
        case null
        /// It does not fit its schema, or its converter refuses it.
        case misfit
    }

    @inline(__always)
    private func writeKey<Decoder: CellDecoder>(
        _ program: ChangeProgram<Decoder>, _ encoding: ByteEncoding, _ decoder: Decoder,
        _ before: borrowing Decoder.Row, _ after: borrowing Decoder.Row, _ inputs: RowInputs,
        _ memory: inout RecordMemory
    ) throws -> KeyOutcome {
        switch encoding.key {
        case .none: return .null
        case .sink(.json(let plan)):
            return try writeKey(program, plan, JSONSink.self, decoder, before, after, inputs, &memory)
        case .sink(.avro(let plan)):
            return try writeKey(program, plan, AvroSink.self, decoder, before, after, inputs, &memory)
        case .converter(let converter):
            return try writeKey(by: converter, program, encoding, decoder, before, after, inputs, &memory)
        }
    }

    private func writeKey<S: ByteSink & ~Copyable, Decoder: CellDecoder>(
        _ program: ChangeProgram<Decoder>, _ plan: S.Plan, _: S.Type, _ decoder: Decoder,
        _ before: borrowing Decoder.Row, _ after: borrowing Decoder.Row, _ inputs: RowInputs,
        _ memory: inout RecordMemory
    ) throws -> KeyOutcome {
        try memory.withSink(.key, plan, before, after) { (sink: inout S, memory, before, after) in
            sink.begin()
            try decoder.write(program.key, before, after, inputs, into: &sink, &memory.cells)
            return sink.end() ? .written : .misfit
        }
    }

    private func writeKey<Decoder: CellDecoder>(
        by converter: any Converter, _ program: ChangeProgram<Decoder>, _ encoding: ByteEncoding, _ decoder: Decoder,
        _ before: borrowing Decoder.Row, _ after: borrowing Decoder.Row, _ inputs: RowInputs,
        _ memory: inout RecordMemory
    ) throws -> KeyOutcome {
        let key = try value(of: program.key, decoder, before, after, inputs, &memory)
        return memory.withKeyWriter { bytes in
            do {
                let isWritten = try converter.convert(
                    key, schema: encoding.shape.keySchema, topic: encoding.shape.topic, into: &bytes)
                return isWritten ? .written : .null
            } catch { return .misfit }
        }
    }

    private func headerValues<Decoder: CellDecoder>(
        _ program: ChangeProgram<Decoder>, _ decoder: Decoder, _ before: borrowing Decoder.Row,
        _ after: borrowing Decoder.Row, _ inputs: RowInputs, _ memory: inout RecordMemory
    ) throws -> [ConnectValue] {
        var values: [ConnectValue] = []
        for header in program.headers {
            values.append(try value(of: header, decoder, before, after, inputs, &memory))
        }
        return values
    }

    /// Emits a record of values, to which transforms and converters are applied.
    ///
    /// - Parameter leadingHeaders: precede the others.
    func emitRecord<Decoder: CellDecoder>(
        _ program: ChangeProgram<Decoder>, _ decoder: Decoder, _ before: borrowing Decoder.Row,
        _ after: borrowing Decoder.Row, _ inputs: RowInputs, leadingHeaders: [ConnectRecord.Header] = [],
        _ memory: inout RecordMemory
    ) throws {
        let (key, value) = program.programsForRecords()
        let shape = program.shape
        try send(
            ConnectRecord(
                topic: shape.topic, keySchema: shape.keySchema,
                key: try self.value(of: key, decoder, before, after, inputs, &memory), valueSchema: shape.valueSchema,
                value: try self.value(of: value, decoder, before, after, inputs, &memory),
                headers: leadingHeaders.isEmpty ? contextHeaders : leadingHeaders + contextHeaders,
                sourceEntryCount: sourceEntryCount))
    }

    func value<Decoder: CellDecoder>(
        of program: ValueProgram<Decoder.Conversion>, _ decoder: Decoder, _ before: borrowing Decoder.Row,
        _ after: borrowing Decoder.Row, _ inputs: RowInputs, _ memory: inout RecordMemory
    ) throws -> ConnectValue {
        var builder = ValueBuilder()
        try decoder.write(program, before, after, inputs, into: &builder, &memory.cells)
        return builder.takeValue()
    }
}
