import ConnectData
import WireCore

/// The wire format of Protocol Buffers.
extension ByteWriter {
    mutating func protobufTag(_ number: Int32, _ type: ProtobufScalar.WireType) {
        unsignedVarint(UInt64(UInt32(bitPattern: number)) << 3 | UInt64(type.rawValue))
    }

    /// A field that is a sequence of bytes.
    mutating func protobufMessage(_ number: Int32, _ content: borrowing ByteWriter) {
        protobufTag(number, .lengthDelimited)
        unsignedVarint(UInt64(content.count))
        bytes(of: content)
    }

    /// A value without its tag.
    ///
    /// - Throws: `DataError` if it is not of the type.
    mutating func protobuf(_ value: ConnectValue, _ scalar: ProtobufScalar) throws(DataError) {
        switch (scalar, value) {
        case (.int32, .integer(let number)), (.int64, .integer(let number)), (.uint64, .integer(let number)):
            unsignedVarint(UInt64(bitPattern: number))
        case (.uint32, .integer(let number)): unsignedVarint(UInt64(UInt32(truncatingIfNeeded: number)))
        case (.sint32, .integer(let number)), (.sint64, .integer(let number)): zigZagVarint(number)
        case (.fixed32, .integer(let number)), (.sfixed32, .integer(let number)):
            littleEndian(UInt32(truncatingIfNeeded: number))
        case (.fixed64, .integer(let number)), (.sfixed64, .integer(let number)): littleEndian(number)
        case (.float, .float32(let number)): littleEndian(number.bitPattern)
        case (.double, .float64(let number)): littleEndian(number.bitPattern)
        case (.bool, .boolean(let flag)): byte(flag ? 1 : 0)
        case (.string, .string(let text)):
            unsignedVarint(UInt64(text.utf8.count))
            utf8(text)
        case (.bytes, .bytes(let content)):
            unsignedVarint(UInt64(content.count))
            bytes(content)
        case (.int32, _), (.int64, _), (.uint32, _), (.uint64, _), (.sint32, _), (.sint64, _), (.fixed32, _),
            (.sfixed32, _), (.fixed64, _), (.sfixed64, _), (.float, _), (.double, _), (.bool, _), (.string, _),
            (.bytes, _):
            throw DataError("Invalid type for \(scalar.rawValue): \(value.kindName)")
        }
    }
}

extension ConnectValue {
    /// Whether a scalar is the one that an absent field has.
    var isProtobufDefault: Bool {
        switch self {
        case .integer(let number): number == 0
        case .float32(let number): number.bitPattern == 0
        case .float64(let number): number.bitPattern == 0
        case .boolean(let flag): !flag
        case .string(let text): text.isEmpty
        case .bytes(let content): content.isEmpty
        case .null, .array, .map, .structure, .instant: false
        }
    }
}

extension ProtobufPlan.Kind {
    /// The type of a repeated field's values if they are one sequence of bytes.
    var packedScalar: ProtobufScalar? {
        switch self {
        case .scalar(let scalar): scalar.mayBePacked ? scalar : nil
        case .enumeration, .enumerationNumber: ProtobufScalar.int32
        case .wrapper, .decimal, .date, .time, .timestamp, .structure, .array, .map: nil
        }
    }
}
