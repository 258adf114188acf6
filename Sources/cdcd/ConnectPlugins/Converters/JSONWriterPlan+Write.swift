import ConnectData
import WireCore

/// The loop over a row's values.
extension JSONWriterPlan {
    /// Appends the value, within an envelope if the plan has one.
    func write(_ value: ConnectValue, into writer: inout ByteWriter) throws(DataError) {
        if envelope.count == 0 {
            try write(value, root, &writer)
        } else {
            append(envelope, to: &writer)
            try write(value, root, &writer)
            writer.byte(UInt8(ascii: "}"))
        }
    }

    @inline(__always)
    private func append(_ text: Text, to writer: inout ByteWriter) {
        let start = Int(text.offset)
        writer.bytes(UnsafeRawBufferPointer(rebasing: constants[start..<(start &+ Int(text.count))]))
    }

    @inline(__always)
    private func write(_ value: ConnectValue, _ index: Int, _ writer: inout ByteWriter) throws(DataError) {
        let kind = steps[index].kind
        switch value {
        case .null:
            guard steps[index].mayBeNull else { throw requiredNull(index) }
            return append(steps[index].null, to: &writer)
        case .integer(let number): if kind == .integer { return writer.decimal(number) }
        case .string(let text): if kind == .string { return writer.jsonString(text) }
        case .boolean(let flag):
            if kind == .boolean { return flag ? writer.literal("true") : writer.literal("false") }
        case .float64(let number): if kind == .float64 { return writer.jsonNumber(number) }
        case .float32(let number): if kind == .float32 { return writer.jsonNumber(number) }
        case .bytes(let bytes):
            if kind == .bytes { return writer.jsonBase64(bytes) }
            if kind == .decimalAsNumber {
                return writer.utf8(UnscaledDecimal.javaText(bytes, scale: Int(steps[index].decimalScale)))
            }
        case .structure(let row):
            if kind == .structure { return try write(row, structure: Int(steps[index].child), &writer) }
        case .array(let items): if kind == .array { return try write(array: items, index, &writer) }
        case .map(let entries):
            if kind == .object { return try write(object: entries, index, &writer) }
            if kind == .pairs { return try write(pairs: entries, index, &writer) }
        }
        throw misfit(value, index)
    }

    private func requiredNull(_ index: Int) -> DataError {
        DataError(
            "Conversion error: null value for field that is required and has no default value"
                + (names[index].isEmpty ? "" : " (\(names[index]))"))
    }

    private func misfit(_ value: ConnectValue, _ index: Int) -> DataError {
        let place = names[index].isEmpty ? "the value" : names[index]
        return DataError("Conversion error: \(place) is \(value.kindName), which does not fit its schema")
    }

    private func write(_ row: Struct, structure index: Int, _ writer: inout ByteWriter) throws(DataError) {
        let structure = structures[index]
        if ObjectIdentifier(row.schema) != structure.schemaID { try accept(row.schema, as: index) }
        guard structure.stepCount > 0 else { return writer.literal("{}") }
        if row.isShared { return try write(shared: row, structure: index, &writer) }
        try write(fields: row, structure, &writer)
    }

    /// The text of shared values is encoded once.
    private func write(shared row: Struct, structure index: Int, _ writer: inout ByteWriter) throws(DataError) {
        if let known = sharedTexts[index], known.values.isSameMemory(as: row.values) { return writer.bytes(known.text) }
        let start = writer.count
        try write(fields: row, structures[index], &writer)
        let text = writer.withUnsafeBytes { [UInt8]($0[start...]) }
        sharedTexts[index] = SharedText(values: row.values, text: text)
    }

    @inline(__always)
    private func write(fields row: Struct, _ structure: Structure, _ writer: inout ByteWriter) throws(DataError) {
        let first = Int(structure.firstStep)
        let count = Int(structure.stepCount)
        for offset in 0..<count {
            append(steps[first &+ offset].prefix, to: &writer)
            try write(row.values[offset], first &+ offset, &writer)
        }
        writer.byte(UInt8(ascii: "}"))
    }

    /// A struct's own schema may be another object if it is equal.
    private func accept(_ schema: Schema, as index: Int) throws(DataError) {
        if equalSchemas[index] === schema { return }
        guard schema == structureSchemas[index] else { throw DataError("Mismatching schema.") }
        equalSchemas[index] = schema
    }

    private func write(array items: [ConnectValue], _ index: Int, _ writer: inout ByteWriter) throws(DataError) {
        let itemStep = Int(steps[index].child)
        writer.byte(UInt8(ascii: "["))
        for position in items.indices {
            if position > 0 { writer.byte(UInt8(ascii: ",")) }
            try write(items[position], itemStep, &writer)
        }
        writer.byte(UInt8(ascii: "]"))
    }

    private func write(
        object entries: [ConnectValue.MapEntry], _ index: Int, _ writer: inout ByteWriter
    ) throws(DataError) {
        let valueStep = Int(steps[index].child)
        writer.byte(UInt8(ascii: "{"))
        for position in entries.indices {
            if position > 0 { writer.byte(UInt8(ascii: ",")) }
            guard case .string(let key) = entries[position].key else {
                throw DataError("Conversion error: a key of the map \(names[index]) is not a string")
            }
            writer.jsonString(key)
            writer.byte(UInt8(ascii: ":"))
            try write(entries[position].value, valueStep, &writer)
        }
        writer.byte(UInt8(ascii: "}"))
    }

    private func write(
        pairs entries: [ConnectValue.MapEntry], _ index: Int, _ writer: inout ByteWriter
    ) throws(DataError) {
        let keyStep = Int(steps[index].keyStep)
        let valueStep = Int(steps[index].child)
        writer.byte(UInt8(ascii: "["))
        for position in entries.indices {
            writer.literal(position > 0 ? ",[" : "[")
            try write(entries[position].key, keyStep, &writer)
            writer.byte(UInt8(ascii: ","))
            try write(entries[position].value, valueStep, &writer)
            writer.byte(UInt8(ascii: "]"))
        }
        writer.byte(UInt8(ascii: "]"))
    }
}
