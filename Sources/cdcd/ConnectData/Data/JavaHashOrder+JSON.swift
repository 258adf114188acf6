import WireCore

extension JavaHashOrder {
    /// The `hashCode()` of the object that Connect's schemaless JSON converter creates for a value: `Long`, `Double`,
    /// `String`, `Boolean`, `List`, `Map` or null.
    package static func hash(_ value: JSONValue) -> Int32 {
        switch value {
        case .null: 0
        case .bool(let value): value ? 1231 : 1237
        case .integer(let value): folded(UInt64(bitPattern: value))
        case .double(let value): folded(value.bitPattern)
        case .string(let text): text.javaHashCode
        case .array(let items): items.reduce(1) { $0 &* 31 &+ hash($1) }
        case .object(let object): hash(object)
        }
    }

    package static func hash(_ object: JSONObject) -> Int32 {
        object.names.reduce(0) { $0 &+ ($1.javaHashCode ^ hash(object[$1] ?? .null)) }
    }

    static func folded(_ bits: UInt64) -> Int32 { Int32(truncatingIfNeeded: bits ^ bits >> 32) }
}
