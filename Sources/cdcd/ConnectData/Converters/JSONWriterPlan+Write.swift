import WireCore

/// The loop over a row's values.
extension JSONWriterPlan {
    /// Appends the value, within an envelope where the plan has one.
    func write(_ value: borrowing ConnectValue, into writer: inout ByteWriter) throws(DataError) {
        if envelope.isEmpty {
            try write(value, root, &writer)
        } else {
            append(envelope, to: &writer)
            try write(value, root, &writer)
            writer.byte(UInt8(ascii: "}"))
        }
    }

    @inline(__always)
    private func append(_ range: Range<Int>, to writer: inout ByteWriter) {
        constants.withUnsafeBytes { writer.bytes(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    private func write(
        _ value: borrowing ConnectValue, _ index: Int, _ writer: inout ByteWriter
    ) throws(DataError) {
        let step = steps[index]
        switch (step.kind, copy value) {
        case (_, .null):
            guard let text = step.nullText else {
                throw DataError(
                    "Conversion error: null value for field that is required and has no default value"
                        + (step.name.isEmpty ? "" : " (\(step.name))"))
            }
            append(text, to: &writer)
        case (.integer, .integer(let number)): writer.decimal(number)
        case (.string, .string(let text)): writer.jsonString(text)
        case (.boolean, .boolean(let flag)): flag ? writer.literal("true") : writer.literal("false")
        case (.float64, .float64(let number)): writer.jsonNumber(number)
        case (.float32, .float32(let number)): writer.jsonNumber(number)
        case (.bytes, .bytes(let bytes)):
            writer.byte(UInt8(ascii: "\""))
            writer.base64(bytes)
            writer.byte(UInt8(ascii: "\""))
        case (.decimalAsNumber, .bytes(let bytes)):
            writer.utf8(UnscaledDecimal.javaText(bytes, scale: step.decimalScale))
        case (.structure, .structure(let value)): try write(value, structure: step.child, &writer)
        case (.array, .array(let items)):
            writer.byte(UInt8(ascii: "["))
            for index in items.indices {
                if index > 0 { writer.byte(UInt8(ascii: ",")) }
                try write(items[index], step.child, &writer)
            }
            writer.byte(UInt8(ascii: "]"))
        case (.object, .map(let entries)): try write(object: entries, step, &writer)
        case (.pairs, .map(let entries)): try write(pairs: entries, step, &writer)
        case (_, let other):
            throw DataError(
                "Conversion error: \(step.name.isEmpty ? "the value" : step.name) is \(other.kindName), which does not fit "
                    + "its schema")
        }
    }

    private func write(
        _ value: borrowing Struct, structure index: Int, _ writer: inout ByteWriter
    ) throws(DataError) {
        if value.schema !== structures[index].schema, value.schema !== structures[index].equalSchema {
            guard value.schema == structures[index].schema else { throw DataError("Mismatching schema.") }
            structures[index].equalSchema = value.schema
        }
        let first = structures[index].firstStep
        let count = structures[index].stepCount
        guard count > 0 else { return writer.literal("{}") }
        for offset in 0..<count {
            append(steps[first + offset].prefix, to: &writer)
            try write(value.values[offset], first + offset, &writer)
        }
        writer.byte(UInt8(ascii: "}"))
    }

    private func write(
        object entries: [ConnectValue.MapEntry], _ step: Step, _ writer: inout ByteWriter
    ) throws(DataError) {
        writer.byte(UInt8(ascii: "{"))
        for index in entries.indices {
            if index > 0 { writer.byte(UInt8(ascii: ",")) }
            guard case .string(let key) = entries[index].key else {
                throw DataError("Conversion error: a key of the map \(step.name) is no string")
            }
            writer.jsonString(key)
            writer.byte(UInt8(ascii: ":"))
            try write(entries[index].value, step.child, &writer)
        }
        writer.byte(UInt8(ascii: "}"))
    }

    private func write(
        pairs entries: [ConnectValue.MapEntry], _ step: Step, _ writer: inout ByteWriter
    ) throws(DataError) {
        writer.byte(UInt8(ascii: "["))
        for index in entries.indices {
            writer.literal(index > 0 ? ",[" : "[")
            try write(entries[index].key, step.keyStep, &writer)
            writer.byte(UInt8(ascii: ","))
            try write(entries[index].value, step.child, &writer)
            writer.byte(UInt8(ascii: "]"))
        }
        writer.byte(UInt8(ascii: "]"))
    }
}
