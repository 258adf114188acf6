/// One value of Connect's data model, in the encoded form of its schema.
///
/// - Integers of every width are `.integer`; the schema has the width.
/// - `Decimal` is `.bytes`: the unscaled value, big-endian two's complement, minimal length.
/// - Connect's and Debezium's dates and times are the `.integer` or `.string` of their primitive type.
/// - Only a value without a schema can be an `.instant`: Java's `java.util.Date`, which transforms create from texts
///   and numbers. Converters that need a schema reject it.
@usableFromInline package enum ConnectValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case float32(Float)
    case float64(Double)
    case string(String)
    case bytes([UInt8])
    case array([ConnectValue])
    case map([MapEntry])
    case structure(Struct)
    /// Milliseconds since the epoch.
    case instant(Int64)

    @usableFromInline package struct MapEntry: Sendable, Hashable {
        package let key: ConnectValue
        package let value: ConnectValue

        package init(key: ConnectValue, value: ConnectValue) {
            self.key = key
            self.value = value
        }
    }

    @inlinable package var isNull: Bool { if case .null = self { true } else { false } }
    @inlinable package var structValue: Struct? { if case .structure(let value) = self { value } else { nil } }
    @inlinable package var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    @inlinable package var integerValue: Int64? { if case .integer(let value) = self { value } else { nil } }
}

/// A row of values, one per field of `schema`, in the schema's order.
@usableFromInline package struct Struct: Sendable, Hashable {
    @usableFromInline package let schema: Schema
    @usableFromInline package var values: ContiguousArray<ConnectValue>

    /// Precondition: as many values as fields.
    @inlinable
    package init(schema: Schema, values: ContiguousArray<ConnectValue>) {
        precondition(values.count == schema.fields.count)
        self.schema = schema
        self.values = values
    }

    /// The value of the named field. A linear search: for set-up and tests, not for the row loop.
    package subscript(name: String) -> ConnectValue? { schema.index(of: name).map { values[$0] } }
}

extension ConnectValue {
    /// The kind of the value, for messages.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .integer: "an integer"
        case .float32: "a 32-bit float"
        case .float64: "a 64-bit float"
        case .string: "a string"
        case .bytes: "bytes"
        case .array: "an array"
        case .map: "a map"
        case .structure: "a struct"
        case .instant: "an instant"
        }
    }
}

extension [ConnectValue.MapEntry] {
    /// Without the entries whose key occurs again later, whose value replaces theirs.
    package var lastOfEachKey: [ConnectValue.MapEntry] {
        var places: [ConnectValue: Int] = [:]
        var entries: [ConnectValue.MapEntry] = []
        for entry in self {
            if let place = places[entry.key] {
                entries[place] = entry
            } else {
                places[entry.key] = entries.count
                entries.append(entry)
            }
        }
        return entries
    }
}
