import ConnectData
import WireCore

/// Reads messages as `ProtobufData.toConnectData` does.
struct ProtobufDecoder {
    /// The maximum nesting, also of groups that are skipped.
    private static let depthMax = 100

    /// - Throws: `DataError` if the bytes are no such message.
    static func value(
        _ bytes: UnsafeRawBufferPointer, _ kind: ProtobufReadPlan.Kind
    ) throws(DataError) -> ConnectValue {
        try message(bytes, kind, depth: 0)
    }

    private static func message(
        _ bytes: [UInt8], _ kind: ProtobufReadPlan.Kind, depth: Int
    ) throws(DataError) -> ConnectValue {
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(DataError) in
            try message(bytes, kind, depth: depth)
        }
    }

    /// A value that is a message on the wire.
    private static func message(
        _ bytes: UnsafeRawBufferPointer, _ kind: ProtobufReadPlan.Kind, depth: Int
    ) throws(DataError) -> ConnectValue {
        guard depth < depthMax else {
            throw DataError("Protocol message had too many levels of nesting: more than \(depthMax)")
        }
        switch kind {
        case .message(let plan): return .structure(try structure(bytes, plan, depth))
        case .wrapper(let scalar, let schema):
            var value = scalar.zero
            try eachField(bytes) { (number, type, reader) throws(DataError) in
                guard number == 1, type == scalar.wireType else { return false }
                value = try read(&reader, scalar, schema.type)
                return true
            }
            return value
        case .logical(let logical, let scale): return try self.logical(bytes, logical, scale)
        case .scalar, .enumeration, .array, .map: throw DataError("A message was expected")
        }
    }

    // MARK: Structs

    private static func structure(
        _ bytes: UnsafeRawBufferPointer, _ plan: ProtobufReadPlan, _ depth: Int
    ) throws(DataError) -> Struct {
        var found = [ConnectValue?](repeating: nil, count: plan.fields.count)
        /// Of messages: a message that occurs several times is merged.
        var contents: [Int: [UInt8]] = [:]
        /// The field that each oneof has.
        var chosen: [Int: Int] = [:]
        try eachField(bytes) { (number, type, reader) throws(DataError) in
            guard let place = plan.places[number] else { return false }
            let field = plan.fields[place]
            guard try read(&reader, type, field.kind, depth, &found[place], &contents[place]) else { return false }
            if let oneof = field.oneof, let other = chosen.updateValue(place, forKey: oneof), other != place {
                found[other] = nil
                contents[other] = nil
            }
            return true
        }
        for (place, content) in contents {
            found[place] = try message(content, plan.fields[place].kind, depth: depth + 1)
        }
        return try structure(found, plan, depth)
    }

    private static func structure(
        _ found: [ConnectValue?], _ plan: ProtobufReadPlan, _ depth: Int
    ) throws(DataError) -> Struct {
        var values = ContiguousArray<ConnectValue>(repeating: .null, count: plan.schema.fields.count)
        for (place, field) in plan.fields.enumerated() {
            var found = found[place]
            if found == nil { found = try absent(field, depth) }
            guard var value = found else { continue }
            if case .map(let entries) = value { value = .map(entries.lastOfEachKey) }
            guard let member = field.member else {
                values[field.index] = value
                continue
            }
            guard let schema = plan.unions.first(where: { $0.field == field.index })?.schema else { continue }
            var members = ContiguousArray<ConnectValue>(repeating: .null, count: schema.fields.count)
            members[member] = value
            values[field.index] = .structure(Struct(schema: schema, values: members))
        }
        return Struct(schema: plan.schema, values: values)
    }

    private static func absent(_ field: ProtobufReadPlan.Field, _ depth: Int) throws(DataError) -> ConnectValue? {
        switch field.absence {
        case .null: nil
        case .value(let value): value
        case .emptyMessage: try message([], field.kind, depth: depth + 1)
        }
    }

    /// Reads one occurrence of a field. Returns false if it has another type on the wire: it is unknown then.
    private static func read(
        _ reader: inout ProtobufReader, _ type: ProtobufScalar.WireType, _ kind: ProtobufReadPlan.Kind, _ depth: Int,
        _ value: inout ConnectValue?, _ content: inout [UInt8]?
    ) throws(DataError) -> Bool {
        switch kind {
        case .scalar(let scalar, let schemaType):
            guard type == scalar.wireType else { return false }
            value = try read(&reader, scalar, schemaType)
        case .enumeration(let enumeration):
            guard type == .varint else { return false }
            let number = Int32(truncatingIfNeeded: try reader.varint())
            value = enumeration.value(number) ?? value
        case .logical, .wrapper, .message:
            guard type == .lengthDelimited else { return false }
            let bytes = try reader.lengthDelimited()
            if content == nil { content = [] }
            content?.append(contentsOf: bytes)
        case .array(let element):
            var items: [ConnectValue] = if case .array(let items)? = value { items } else { [] }
            value = nil
            guard try append(&reader, type, element, depth, &items) else {
                value = items.isEmpty ? nil : .array(items)
                return false
            }
            value = .array(items)
        case .map(let plan):
            guard type == .lengthDelimited else { return false }
            let entry = try structure(try reader.lengthDelimited(), plan, depth + 1).values
            var entries: [ConnectValue.MapEntry] = if case .map(let entries)? = value { entries } else { [] }
            value = nil
            entries.append(.init(key: entry[0], value: entry[1]))
            value = .map(entries)
        }
        return true
    }

    /// Reads one occurrence of a repeated field: a value, or a sequence of numbers.
    private static func append(
        _ reader: inout ProtobufReader, _ type: ProtobufScalar.WireType, _ element: ProtobufReadPlan.Kind, _ depth: Int,
        _ items: inout [ConnectValue]
    ) throws(DataError) -> Bool {
        let isPacked =
            switch element {
            case .scalar(let scalar, _): scalar.mayBePacked && type == .lengthDelimited
            case .enumeration: type == .lengthDelimited
            case .logical, .wrapper, .message, .array, .map: false
            }
        guard isPacked else {
            var (value, content): (ConnectValue?, [UInt8]?)
            guard try read(&reader, type, element, depth, &value, &content) else { return false }
            if let content { value = try message(content, element, depth: depth + 1) }
            if let value { items.append(value) }
            return true
        }
        var packed = ProtobufReader(try reader.lengthDelimited())
        while !packed.isAtEnd {
            var (value, content): (ConnectValue?, [UInt8]?)
            _ = try read(&packed, element.packedWireType, element, depth, &value, &content)
            if let value { items.append(value) }
        }
        return true
    }

    // MARK: Scalars

    private static func read(
        _ reader: inout ProtobufReader, _ scalar: ProtobufScalar, _ type: SchemaType
    ) throws(DataError) -> ConnectValue {
        switch scalar {
        case .double: return .float64(Double(bitPattern: try reader.fixed(UInt64.self)))
        case .float: return .float32(Float(bitPattern: try reader.fixed(UInt32.self)))
        case .int32: return try integer(Int64(Int32(truncatingIfNeeded: try reader.varint())), type)
        case .int64, .uint64: return .integer(Int64(bitPattern: try reader.varint()))
        case .uint32: return .integer(Int64(UInt32(truncatingIfNeeded: try reader.varint())))
        case .sint32:
            let raw = UInt32(truncatingIfNeeded: try reader.varint())
            return try integer(Int64(Int32(bitPattern: raw >> 1) ^ -Int32(bitPattern: raw & 1)), type)
        case .sint64:
            let raw = try reader.varint()
            return .integer(Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1))
        case .fixed32: return .integer(Int64(try reader.fixed(UInt32.self)))
        case .sfixed32: return try integer(Int64(try reader.fixed(Int32.self)), type)
        case .fixed64, .sfixed64: return .integer(try reader.fixed(Int64.self))
        case .bool: return .boolean(try reader.varint() != 0)
        case .string:
            guard let text = String(validating: try reader.lengthDelimited(), as: UTF8.self) else {
                throw DataError("Protocol message had invalid UTF-8.")
            }
            return .string(text)
        case .bytes: return .bytes([UInt8](try reader.lengthDelimited()))
        }
    }

    /// Java would cut off the upper bits.
    private static func integer(_ value: Int64, _ type: SchemaType) throws(DataError) -> ConnectValue {
        if type == .int8 && Int8(exactly: value) == nil || type == .int16 && Int16(exactly: value) == nil {
            throw DataError("Invalid value for \(type.javaName): \(value)")
        }
        return .integer(value)
    }

    // MARK: Logical types

    private static func logical(
        _ bytes: UnsafeRawBufferPointer, _ type: LogicalType, _ scale: Int
    ) throws(DataError) -> ConnectValue {
        var numbers: [Int32: Int64] = [:]
        var unscaled: [UInt8] = []
        try eachField(bytes) { (number, wireType, reader) throws(DataError) in
            switch wireType {
            case .varint where (1...4).contains(number):
                numbers[number] = Int64(bitPattern: try reader.varint())
            case .lengthDelimited where number == 1 && type == .decimal:
                unscaled = [UInt8](try reader.lengthDelimited())
            case .varint, .fixed64, .lengthDelimited, .startGroup, .endGroup, .fixed32: return false
            }
            return true
        }
        func member(_ number: Int32) -> Int64 { Int64(Int32(truncatingIfNeeded: numbers[number] ?? 0)) }
        switch type {
        case .decimal: return .bytes(try decimal(unscaled, from: Int(member(3)), to: scale))
        case .date:
            let days = CivilDate.daysSinceEpoch(year: member(1), month: member(2), day: member(3))
            let date = CivilDate.from(daysSinceEpoch: days)
            guard date == (member(1), member(2), member(3)), Int32(exactly: days) != nil else {
                throw DataError("Invalid date \(member(1))-\(member(2))-\(member(3))")
            }
            return .integer(days)
        case .time:
            guard (0..<24).contains(member(1)), (0..<60).contains(member(2)), (0..<60).contains(member(3)),
                (0..<1_000_000_000).contains(member(4))
            else { throw DataError("Invalid time of day") }
            return .integer((member(1) * 3600 + member(2) * 60 + member(3)) * 1000 + member(4) / 1_000_000)
        case .timestamp:
            // 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z
            let seconds = numbers[1] ?? 0
            guard (-62_135_596_800...253_402_300_799).contains(seconds), (0..<1_000_000_000).contains(member(2)) else {
                throw DataError("Timestamp is not valid. Seconds: \(seconds), nanos: \(member(2))")
            }
            return .integer(seconds * 1000 + member(2) / 1_000_000)
        }
    }

    /// An unscaled value in the scale of the schema.
    private static func decimal(_ unscaled: [UInt8], from scale: Int, to wanted: Int) throws(DataError) -> [UInt8] {
        guard !unscaled.isEmpty else { throw DataError("Zero length BigInteger") }
        if scale == wanted { return unscaled }
        let text = UnscaledDecimal.javaText(unscaled, scale: scale)
        guard let value = DecimalText(text)?.unscaled(scale: wanted) else {
            throw DataError("The number \(text) cannot be held by a Decimal of scale \(wanted)")
        }
        return value
    }

    /// Calls `body` for each field, which returns false to have it skipped.
    private static func eachField(
        _ bytes: UnsafeRawBufferPointer,
        _ body: (Int32, ProtobufScalar.WireType, inout ProtobufReader) throws(DataError) -> Bool
    ) throws(DataError) {
        var reader = ProtobufReader(bytes)
        while !reader.isAtEnd {
            let (number, type) = try reader.tag()
            if try !body(number, type, &reader) { try reader.skip(type, number, depthLeft: depthMax) }
        }
    }
}

extension ProtobufReadPlan.Kind {
    /// The type of each number of a sequence.
    fileprivate var packedWireType: ProtobufScalar.WireType {
        if case .scalar(let scalar, _) = self { scalar.wireType } else { .varint }
    }
}
