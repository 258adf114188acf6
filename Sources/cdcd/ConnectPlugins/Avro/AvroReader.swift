import ConnectData
import WireCore

/// Reads values in Avro's binary encoding (`GenericDatumReader`, `AvroData.toConnectData`).
struct AvroReader {
    private let schema: AvroSchema
    /// The schema of the values; nil if they have none.
    let target: Schema?

    /// The bytes of one value, and how many values may still be read.
    private struct Input: ~Escapable {
        var bytes: ByteReader
        var budget: Int

        @_lifetime(copy bytes)
        init(_ bytes: consuming ByteReader, budget: Int) {
            self.bytes = bytes
            self.budget = budget
        }
    }

    /// Items of an array that have no bytes, such as records without fields.
    private static let emptyItemsMax = 1000
    /// Values that have no bytes.
    private static let emptyValuesMax = 100_000
    private static let valuesPerByteMax = 64
    /// The nesting of values without a schema.
    private static let depthMax = 64

    /// - Throws: `DataError` if Connect cannot express the schema.
    init(_ schema: AvroSchema, _ settings: AvroSettings, _ logger: Logger) throws(DataError) {
        self.schema = schema
        let hasTarget = !schema.isAnything && !schema.rootType.isNull
        target = hasTarget ? try ConnectSchemaBuilder.schema(of: schema, settings, logger) : nil
    }

    /// - Throws: `DataError` if the bytes are not one value of the schema.
    func value(_ bytes: UnsafeRawBufferPointer) throws(DataError) -> ConnectValue {
        var input = Input(
            ByteReader(bytes), budget: Self.emptyValuesMax + bytes.count * Self.valuesPerByteMax)
        do {
            if schema.rootType.isNull { return .null }
            guard let target else { return try anything(&input, depth: 0) }
            return try read(schema.root, target, &input)
        } catch let error as DataError {
            throw error
        } catch {
            throw DataError("Error deserializing Avro message: \(error)")
        }
    }

    /// The depth is that of the Connect schema, which is bounded.
    private func read(_ id: AvroSchema.TypeID, _ target: Schema, _ input: inout Input) throws -> ConnectValue {
        input.budget -= 1
        guard input.budget >= 0 else { throw DataError("The Avro record has too many values for its size") }
        switch schema[id].kind {
        case .null: return .null
        case .boolean: return .boolean(try input.bytes.byte() == 1)
        case .int:
            let number = Int64(try input.bytes.zigZagVarint32())
            if target.logicalType == .time { try Self.checkTime(number) }
            return .integer(target.narrowed(number))
        case .long: return .integer(try input.bytes.zigZagVarint64())
        case .float: return .float32(Float(bitPattern: try input.bytes.littleEndian(UInt32.self)))
        case .double: return .float64(Double(bitPattern: try input.bytes.littleEndian(UInt64.self)))
        case .bytes: return bytes(try input.bytes.array(try length(&input)), target)
        case .fixed(let byteCount): return bytes(try input.bytes.array(byteCount), target)
        case .string: return .string(try text(&input))
        case .enumeration(let symbols, _):
            let index = Int(try input.bytes.zigZagVarint32())
            guard symbols.indices.contains(index) else { throw DataError("Unknown index \(index) of an Avro enum") }
            return .string(symbols[index])
        case .array(let items): return try array(items, target, &input)
        case .map(let values):
            let valueSchema = try element(target.valueSchema)
            var entries: [ConnectValue.MapEntry] = []
            try blocks(&input) { input in
                let key = try text(&input)
                entries.append(.init(key: .string(key), value: try read(values, valueSchema, &input)))
            }
            return .map(entries.lastOfEachKey)
        case .record(let fields):
            guard fields.count == target.fields.count else { throw DataError("Mismatching schema.") }
            var values: ContiguousArray<ConnectValue> = []
            values.reserveCapacity(fields.count)
            for (field, own) in zip(fields, target.fields) { values.append(try read(field.type, own.schema, &input)) }
            return .structure(Struct(schema: target, values: values))
        case .union(let branches): return try union(branches, target, &input)
        }
    }

    private func union(
        _ branches: [AvroSchema.TypeID], _ target: Schema, _ input: inout Input
    ) throws -> ConnectValue {
        let branch = Int(try input.bytes.zigZagVarint32())
        guard branches.indices.contains(branch) else { throw DataError("Unknown branch \(branch) of an Avro union") }
        let id = branches[branch]
        if schema[id].isNull {
            guard target.isOptional else { throw DataError("Found null value for non-optional schema") }
            return .null
        }
        guard target.isAvroUnion else { return try read(id, target, &input) }
        // Each value of the union has all of its fields.
        input.budget -= target.fields.count / 8
        let field = branches[..<branch].count { !schema[$0].isNull }
        guard field < target.fields.count else { throw DataError("Did not find matching union field for data") }
        var values = ContiguousArray(repeating: ConnectValue.null, count: target.fields.count)
        values[field] = try read(id, target.fields[field].schema, &input)
        return .structure(Struct(schema: target, values: values))
    }

    private func array(_ items: AvroSchema.TypeID, _ target: Schema, _ input: inout Input) throws -> ConnectValue {
        let valueSchema = try element(target.valueSchema)
        guard target.type == .map else {
            var values: [ConnectValue] = []
            try blocks(&input) { input in values.append(try read(items, valueSchema, &input)) }
            return .array(values)
        }
        let keySchema = try element(target.keySchema)
        guard case .record(let fields) = schema[items].kind else { throw DataError("Mismatching schema.") }
        var entries: [ConnectValue.MapEntry] = []
        try blocks(&input) { input in
            var (key, value) = (ConnectValue.null, ConnectValue.null)
            for field in fields {
                if field.name == AvroProperties.keyField {
                    key = try read(field.type, keySchema, &input)
                } else {
                    value = try read(field.type, valueSchema, &input)
                }
            }
            entries.append(.init(key: key, value: value))
        }
        return .map(entries.lastOfEachKey)
    }

    private func element(_ target: Schema?) throws -> Schema {
        guard let target else { throw DataError("Mismatching schema.") }
        return target
    }

    private func bytes(_ bytes: [UInt8], _ target: Schema) -> ConnectValue {
        guard target.logicalType == .decimal else { return .bytes(bytes) }
        return .bytes(UnscaledDecimal.minimal(bytes))
    }

    private func text(_ input: inout Input) throws -> String {
        try input.bytes.span(try length(&input)).repairedUTF8()
    }

    private func length(_ input: inout Input) throws -> Int {
        let length = try input.bytes.zigZagVarint64()
        guard length >= 0, length <= input.bytes.remainingBytes else {
            throw DataError("Malformed data. Length is \(length) of \(input.bytes.remainingBytes) bytes")
        }
        return Int(length)
    }

    /// The blocks of an array or map: a count and as many items, until a count of 0. A negative count precedes the size
    /// of the block.
    private func blocks(_ input: inout Input, _ item: (inout Input) throws -> Void) throws {
        while true {
            var count = try input.bytes.zigZagVarint64()
            if count == 0 { return }
            if count < 0 {
                guard count > Int64.min else { throw DataError("Malformed data. A block of \(count) items") }
                count = -count
                _ = try input.bytes.zigZagVarint64()
            }
            guard count <= max(Self.emptyItemsMax, input.bytes.remainingBytes) else {
                throw DataError("Malformed data. \(count) items in \(input.bytes.remainingBytes) bytes")
            }
            for _ in 0..<count { try item(&input) }
        }
    }

    private static func checkTime(_ milliseconds: Int64) throws(DataError) {
        guard (0...86_400_000).contains(milliseconds) else {
            throw DataError(
                "Time values must use number of milliseconds greater than 0 and less than 86400000")
        }
    }

    // MARK: Values without a schema

    private func anything(_ input: inout Input, depth: Int) throws -> ConnectValue {
        guard depth < Self.depthMax else {
            throw DataError("A value without a schema is nested deeper than \(Self.depthMax)")
        }
        input.budget -= AvroAnything.Field.allCases.count
        guard input.budget >= 0 else { throw DataError("The Avro record has too many values for its size") }
        var found: ConnectValue?
        for field in AvroAnything.Field.allCases {
            let branch = try input.bytes.zigZagVarint32()
            if branch == 0 { continue }
            guard branch == 1 else { throw DataError("Unknown branch \(branch) of an Avro union") }
            let value: ConnectValue
            switch field {
            case .boolean: value = .boolean(try input.bytes.byte() == 1)
            case .bytes: value = .bytes(try input.bytes.array(try length(&input)))
            case .double: value = .float64(Double(bitPattern: try input.bytes.littleEndian(UInt64.self)))
            case .float: value = .float32(Float(bitPattern: try input.bytes.littleEndian(UInt32.self)))
            case .int: value = .integer(Int64(try input.bytes.zigZagVarint32()))
            case .long: value = .integer(try input.bytes.zigZagVarint64())
            case .string: value = .string(try text(&input))
            case .array:
                var items: [ConnectValue] = []
                try blocks(&input) { input in items.append(try anything(&input, depth: depth + 1)) }
                value = .array(items)
            case .map:
                var entries: [ConnectValue.MapEntry] = []
                try blocks(&input) { input in
                    let key = try anything(&input, depth: depth + 1)
                    entries.append(.init(key: key, value: try anything(&input, depth: depth + 1)))
                }
                value = .map(entries.lastOfEachKey)
            }
            if found == nil { found = value }
        }
        return found ?? .null
    }
}
