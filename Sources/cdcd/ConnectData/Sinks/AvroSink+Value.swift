import WireCore

/// Values of the data model.
extension AvroSink {
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
                self.value(items[index])
            }
            endArray(array)
        case .map(let entries): map(entries)
        case .structure(let row):
            if steps[cursor].kind == .union { return union(row) }
            beginStructure(row.schema)
            for index in row.values.indices { self.value(row.values[index]) }
            endStructure()
        case .instant: fail(.misfit("an instant"))
        }
    }

    private mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { self.text(UnsafeRawBufferPointer($0)) }
    }

    /// The first field that is set, as its branch.
    private mutating func union(_ row: Struct) {
        let step = steps + cursor
        guard accepts(row.schema, step.pointee.detail) else { return fail(.mismatchingSchema) }
        var field = cursor + 1
        for index in row.values.indices {
            if !row.values[index].isNull || steps[field].nullCount > 0 {
                cursor = field
                value(row.values[index])
                if failure == nil { cursor = Int(step.pointee.next) }
                return
            }
            field = Int(steps[field].next)
        }
        null()
    }

    private mutating func map(_ entries: [ConnectValue.MapEntry]) {
        let step = steps + cursor
        let kind = step.pointee.kind
        guard kind == .map || kind == .entries else { return fail(.misfit("a map")) }
        let keyStep = cursor + 1
        let target = branch(step, room: AvroSink.varintRoom)
        writer.end = entries.isEmpty ? target : AvroSink.write(Int64(entries.count), to: target)
        if kind == .map {
            // Java copies the entries into a HashMap.
            let hashed = JavaHashOrder.sorted(Array(entries.indices)) { index in
                (entries[index].key.stringValue ?? "").javaHashCode
            }
            for index in hashed {
                guard let key = entries[index].key.stringValue else { return fail(.keyIsNoString) }
                writer.zigZagVarint(Int64(key.utf8.count))
                writer.utf8(key)
                if failure == nil { cursor = Int(step.pointee.mapValue) }
                value(entries[index].value)
            }
        } else {
            for index in entries.indices {
                if failure == nil { cursor = keyStep }
                value(entries[index].key)
                if failure == nil { cursor = Int(step.pointee.mapValue) }
                value(entries[index].value)
            }
        }
        writer.byte(0)
        if failure == nil { cursor = Int(step.pointee.next) }
    }
}
