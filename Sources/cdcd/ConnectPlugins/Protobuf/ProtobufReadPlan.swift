import ConnectData
import WireCore

/// How messages of one type are read into a struct: computed once.
struct ProtobufReadPlan {
    struct Enumeration {
        let name: String
        let isProto3: Bool
        let isInteger: Bool
        let first: Int32
        let symbols: [Int32: String]

        /// nil: proto2 treats a number without a symbol as an unknown field.
        func value(_ number: Int32) -> ConnectValue? {
            guard let symbol = symbols[number] else {
                guard isProto3 else { return nil }
                return isInteger ? .integer(Int64(number)) : .string("UNKNOWN_ENUM_VALUE_\(name)_\(number)")
            }
            return isInteger ? .integer(Int64(number)) : .string(symbol)
        }
    }

    indirect enum Kind {
        case scalar(ProtobufScalar, SchemaType)
        case enumeration(Enumeration)
        case logical(LogicalType, scale: Int)
        /// A message with one scalar, read as the scalar.
        case wrapper(ProtobufScalar, Schema)
        case message(ProtobufReadPlan)
        case array(Kind)
        case map(ProtobufReadPlan)
    }

    /// The value of a field that a message does not contain.
    enum Absence {
        case null
        case value(ConnectValue)
        /// That of an empty message.
        case emptyMessage
    }

    struct Field {
        /// The place in the struct.
        let index: Int
        /// The place in the union in that place.
        let member: Int?
        let kind: Kind
        /// Of the fields with the same number, at most one has a value.
        let oneof: Int?
        let absence: Absence
    }

    private(set) var schema: Schema
    let isProto3: Bool
    private(set) var fields: [Field] = []
    private(set) var places: [Int32: Int] = [:]
    var unions: [(field: Int, schema: Schema)] = []

    init(schema: Schema, isProto3: Bool) {
        self.schema = schema
        self.isProto3 = isProto3
    }

    mutating func add(_ field: Field, number: Int32) {
        places[number] = fields.count
        fields.append(field)
    }

    func with(_ schema: Schema) -> ProtobufReadPlan {
        var plan = self
        plan.schema = schema
        return plan
    }
}

extension ProtobufReadPlan.Kind {
    /// The same for the finished schema of the field, which structs refer to.
    func with(_ schema: Schema) -> ProtobufReadPlan.Kind {
        switch self {
        case .message(let plan): .message(plan.with(schema))
        case .wrapper(let scalar, _): .wrapper(scalar, schema)
        case .scalar, .enumeration, .logical, .array, .map: self
        }
    }

    /// The schema of a record that is read so.
    var rootSchema: Schema? {
        switch self {
        case .message(let plan): plan.schema
        case .wrapper(_, let schema): schema
        case .scalar, .enumeration, .logical, .array, .map: nil
        }
    }

    /// The default of a scalar or enumeration.
    ///
    /// - Parameter text: the default that proto2 states; nil: none.
    func value(ofDefault text: String?) throws(DataError) -> ConnectValue {
        switch self {
        case .enumeration(let enumeration):
            let number = text.flatMap { text in enumeration.symbols.first { $0.value == text }?.key }
            return enumeration.value(number ?? enumeration.first) ?? .null
        case .scalar(let scalar, _):
            guard let text else { return scalar.zero }
            let value: ConnectValue? =
                switch scalar {
                case .int32, .int64, .uint32, .sint32, .sint64, .fixed32, .sfixed32, .sfixed64:
                    Int64(text).map { .integer($0) }
                case .uint64, .fixed64: UInt64(text).map { .integer(Int64(bitPattern: $0)) }
                case .float: Float(text).map { .float32($0) }
                case .double: Double(text).map { .float64($0) }
                case .bool: Bool(text).map { .boolean($0) }
                case .string: .string(text)
                case .bytes: .bytes(Array(text.utf8))
                }
            guard let value else { throw DataError("Could not parse Protobuf - invalid default \(text)") }
            return value
        case .logical, .wrapper, .message, .array, .map: return .null
        }
    }
}

extension ProtobufScalar {
    /// The value of an absent field.
    var zero: ConnectValue {
        switch self {
        case .double: .float64(0)
        case .float: .float32(0)
        case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .fixed32, .fixed64, .sfixed32, .sfixed64: .integer(0)
        case .bool: .boolean(false)
        case .string: .string("")
        case .bytes: .bytes([])
        }
    }
}
