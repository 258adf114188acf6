import ConnectData
import WireCore

/// Writes values as messages, as `ProtobufData.fromConnectData` and Protobuf's `DynamicMessage` do: fields by number,
/// numbers of a repeated field in one sequence, without zeros and empty texts.
struct ProtobufEncoder {
    /// - Throws: `DataError` if the value does not fit its schema.
    static func write(
        _ value: ConnectValue, _ kind: ProtobufPlan.Kind, into writer: inout ByteWriter
    ) throws(DataError) {
        switch kind {
        case .structure(let plan):
            guard let row = value.structValue else { throw mismatch(value, "STRUCT") }
            try write(row, plan, into: &writer)
        case .wrapper(let scalar): try write(value, 1, .scalar(scalar), hasPresence: false, into: &writer)
        case .decimal, .date, .time, .timestamp: try writeLogical(value, kind, into: &writer)
        case .scalar, .enumeration, .enumerationNumber, .array, .map:
            throw DataError("Unsupported object of \(value.kindName)")
        }
    }

    private static func write(_ row: Struct, _ plan: ProtobufPlan, into writer: inout ByteWriter) throws(DataError) {
        guard row.values.count == plan.schemaFields.count else { throw DataError("Mismatching struct schema") }
        for field in plan.fields { try write(field, row, into: &writer) }
    }

    private static func write(
        _ field: ProtobufPlan.Field, _ row: Struct, into writer: inout ByteWriter
    ) throws(DataError) {
        var value = row.values[field.index]
        if value.isNull, let defaultValue = field.defaultValue { value = defaultValue }
        if value.isNull { return }
        do throws(DataError) {
            if let member = field.member {
                guard let values = value.structValue?.values, values.indices.contains(member) else {
                    throw mismatch(value, "STRUCT")
                }
                guard let chosen = values.firstIndex(where: { !$0.isNull }) else {
                    throw DataError("Cannot find non-null field")
                }
                guard chosen == member else { return }
                value = values[member]
            }
            try write(value, field.number, field.kind, hasPresence: field.hasPresence, into: &writer)
        } catch {
            throw error.message.hasPrefix("Field ") ? error : DataError("Field \(field.name): \(error.message)")
        }
    }

    private static func write(
        _ entries: [ConnectValue.MapEntry], _ number: Int32, _ plan: ProtobufPlan, into writer: inout ByteWriter
    ) throws(DataError) {
        for entry in entries {
            var content = ByteWriter(capacityBytes: 64)
            for (field, value) in zip(plan.fields, [entry.key, entry.value]) where !value.isNull {
                try write(value, field.number, field.kind, hasPresence: false, into: &content)
            }
            writer.protobufMessage(number, content)
        }
    }

    /// A repeated field.
    private static func write(
        _ items: [ConnectValue], _ number: Int32, _ kind: ProtobufPlan.Kind, into writer: inout ByteWriter
    ) throws(DataError) {
        if items.isEmpty { return }
        guard !items.contains(where: \.isNull) else { throw DataError("A repeated field cannot hold null") }
        guard let scalar = kind.packedScalar else {
            for item in items { try write(item, number, kind, hasPresence: true, into: &writer) }
            return
        }
        var content = ByteWriter(capacityBytes: 64)
        for item in items { try content.protobuf(try symbolNumber(item, kind), scalar) }
        writer.protobufMessage(number, content)
    }

    /// The value of a scalar or enumeration, with symbols as numbers.
    private static func symbolNumber(
        _ value: ConnectValue, _ kind: ProtobufPlan.Kind
    ) throws(DataError) -> ConnectValue {
        guard case .enumeration(let numbers) = kind else { return value }
        guard let symbol = value.stringValue else { throw mismatch(value, "STRING") }
        guard let number = numbers[symbol] else { throw DataError("The enumeration has no symbol \(symbol)") }
        return .integer(Int64(number))
    }

    /// A single value with its tag.
    private static func write(
        _ value: ConnectValue, _ number: Int32, _ kind: ProtobufPlan.Kind, hasPresence: Bool,
        into writer: inout ByteWriter
    ) throws(DataError) {
        switch kind {
        case .scalar(let scalar):
            if !hasPresence, value.isProtobufDefault { return }
            writer.protobufTag(number, scalar.wireType)
            try writer.protobuf(value, scalar)
        case .enumeration, .enumerationNumber:
            let value = try symbolNumber(value, kind)
            if !hasPresence, value.isProtobufDefault { return }
            writer.protobufTag(number, .varint)
            try writer.protobuf(value, .int32)
        case .wrapper, .structure, .decimal, .date, .time, .timestamp:
            var content = ByteWriter(capacityBytes: 128)
            try write(value, kind, into: &content)
            writer.protobufMessage(number, content)
        case .array(let element):
            guard case .array(let items) = value else { throw mismatch(value, "ARRAY") }
            try write(items, number, element, into: &writer)
        case .map(let entry):
            guard case .map(let entries) = value else { throw mismatch(value, "MAP") }
            try write(entries, number, entry, into: &writer)
        }
    }

    // MARK: Logical types

    private static func writeLogical(
        _ value: ConnectValue, _ kind: ProtobufPlan.Kind, into writer: inout ByteWriter
    ) throws(DataError) {
        func member(_ number: Int32, _ value: Int64, _ scalar: ProtobufScalar = .int32) throws(DataError) {
            try write(.integer(value), number, .scalar(scalar), hasPresence: false, into: &writer)
        }
        switch kind {
        case .decimal(let scale):
            guard case .bytes(let unscaled) = value else { throw mismatch(value, "Decimal") }
            let digitCount = UnscaledDecimal.javaText(unscaled, scale: 0).utf8.count { $0 != UInt8(ascii: "-") }
            try write(value, 1, .scalar(.bytes), hasPresence: false, into: &writer)
            try member(2, Int64(digitCount))
            try member(3, Int64(scale))
        case .date:
            guard let days = value.integerValue else { throw mismatch(value, "Date") }
            guard Int32(exactly: days) != nil else { throw DataError("The date \(days) is out of range") }
            let date = CivilDate.from(daysSinceEpoch: days)
            try member(1, date.year)
            try member(2, date.month)
            try member(3, date.day)
        case .time:
            guard let milliseconds = value.integerValue else { throw mismatch(value, "Time") }
            guard (0...86_400_000).contains(milliseconds) else {
                throw DataError("Time values must use number of millis greater than 0 and less than 86400000")
            }
            try member(1, milliseconds / 3_600_000 % 24)
            try member(2, milliseconds / 60_000 % 60)
            try member(3, milliseconds / 1000 % 60)
            try member(4, milliseconds % 1000 * 1_000_000)
        case .timestamp:
            guard let milliseconds = value.integerValue else { throw mismatch(value, "Timestamp") }
            let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
            try member(1, remainder < 0 ? quotient - 1 : quotient, .int64)
            try member(2, (remainder < 0 ? remainder + 1000 : remainder) * 1_000_000)
        case .scalar, .wrapper, .enumeration, .enumerationNumber, .structure, .array, .map: break
        }
    }

    private static func mismatch(_ value: ConnectValue, _ type: String) -> DataError {
        DataError("Invalid type for \(type): \(value.kindName)")
    }
}
