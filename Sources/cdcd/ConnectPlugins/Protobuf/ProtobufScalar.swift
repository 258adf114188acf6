/// The scalar types of Protocol Buffers.
enum ProtobufScalar: String, Sendable {
    case double, float, int32, int64, uint32, uint64, sint32, sint64, fixed32, fixed64, sfixed32, sfixed64
    case bool, string, bytes

    /// How values are written on the wire.
    enum WireType: UInt8 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case startGroup = 3
        case endGroup = 4
        case fixed32 = 5
    }

    var wireType: WireType {
        switch self {
        case .double, .fixed64, .sfixed64: .fixed64
        case .float, .fixed32, .sfixed32: .fixed32
        case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .bool: .varint
        case .string, .bytes: .lengthDelimited
        }
    }

    /// Whether several values of a field may be one sequence of bytes.
    var mayBePacked: Bool { wireType != .lengthDelimited }

    /// The message with a single field `value` of this type, in `google/protobuf/wrappers.proto`.
    var wrapper: String? {
        switch self {
        case .double: "google.protobuf.DoubleValue"
        case .float: "google.protobuf.FloatValue"
        case .int64: "google.protobuf.Int64Value"
        case .uint64: "google.protobuf.UInt64Value"
        case .int32: "google.protobuf.Int32Value"
        case .uint32: "google.protobuf.UInt32Value"
        case .bool: "google.protobuf.BoolValue"
        case .string: "google.protobuf.StringValue"
        case .bytes: "google.protobuf.BytesValue"
        case .sint32, .sint64, .fixed32, .fixed64, .sfixed32, .sfixed64: nil
        }
    }

    /// The scalars that have wrappers, in the order of the messages in their file.
    static let wrapped: [ProtobufScalar] = [.double, .float, .int64, .uint64, .int32, .uint32, .bool, .string, .bytes]
}
