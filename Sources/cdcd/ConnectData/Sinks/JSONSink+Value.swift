import WireCore

/// Values of the data model.
extension JSONSink {
    @usableFromInline
    package mutating func value(_ value: ConnectValue) {
        switch value {
        case .null: null()
        case .boolean(let flag): boolean(flag)
        case .integer(let number): integer(number)
        case .float32(let number): float32(number)
        case .float64(let number): float64(number)
        case .string(let text): string(text)
        case .bytes(let content): content.withUnsafeBytes { bytes($0) }
        case .array(let items):
            let array = beginArray(count: items.count)
            for index in items.indices {
                item(index, of: array)
                element(items[index])
            }
            endArray(array)
        case .map(let entries): map(entries)
        case .structure(let row) where steps[cursor].kind == .union: union(row)
        case .structure(let row):
            beginStructure(row.schema)
            for index in row.values.indices { self.value(row.values[index]) }
            endStructure()
        case .instant: fail(.misfit(value.kindName))
        }
    }

    /// An element of an array or map, which may have no schema.
    private mutating func element(_ value: ConnectValue) {
        guard steps[cursor].kind == .schemaless else { return self.value(value) }
        do throws(DataError) {
            try SchemalessJSON.write(value, plan.options, into: &writer)
            cursor &+= 1
        } catch {
            fail(.schemaless(error))
        }
    }

    private mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { self.text(UnsafeRawBufferPointer($0)) }
    }

    /// The first value that is not null.
    private mutating func union(_ row: Struct) {
        let step = steps + cursor
        guard accepts(row.schema, step.pointee.structure) else { return fail(.mismatchingSchema) }
        guard let index = row.values.firstIndex(where: { !$0.isNull }) else { return null() }
        writer.end = prefix(step, room: 0)
        cursor &+= 1
        skip(index)
        value(row.values[index])
        if failure == nil { cursor = Int(step.pointee.next) }
    }

    /// An object if the schema's keys are strings, otherwise an array.
    private mutating func map(_ entries: [ConnectValue.MapEntry]) {
        let step = steps + cursor
        let isObject = step.pointee.kind == .object
        let isPairs = step.pointee.kind == .pairs
        guard isObject || isPairs || step.pointee.kind == .entries else { return fail(.misfit("a map")) }
        let keyStep = cursor + 1
        writer.end = prefix(step, room: 0)
        writer.literal(isObject ? "{" : "[")
        for index in entries.indices {
            if isObject, entries[index].key.stringValue == nil { return fail(.keyIsNoString) }
            if index > 0 { writer.literal(",") }
            if !isObject { writer.literal(isPairs ? "[" : "{\"key\":") }
            if failure == nil { cursor = keyStep }
            value(entries[index].key)
            writer.literal(isObject ? ":" : isPairs ? "," : ",\"value\":")
            if failure == nil { cursor = Int(step.pointee.mapValue) }
            element(entries[index].value)
            if !isObject { writer.literal(isPairs ? "]" : "}") }
        }
        writer.literal(isObject ? "}" : "]")
        if failure == nil { cursor = Int(step.pointee.next) }
    }
}
