import ConnectData
import WireCore

extension ConnectValue {
    /// `hashCode()` of the object that has the value in Java.
    ///
    /// Bytes are a `java.nio.ByteBuffer`, as connectors produce them. The hash of a struct differs between two Java
    /// virtual machines; here it is that of the list of its values.
    ///
    /// - Parameter schema: of the value.
    func javaHash(_ schema: Schema?) -> Int32 {
        switch self {
        case .null: return 0
        case .boolean(let flag): return flag ? 1231 : 1237
        case .integer(let number): return Self.hash(number, schema)
        case .float32(let number):
            return Int32(bitPattern: number.isNaN ? 0x7FC0_0000 : number.bitPattern)
        case .float64(let number):
            return Self.folded(Int64(bitPattern: number.isNaN ? 0x7FF8_0000_0000_0000 : number.bitPattern))
        case .string(let text): return text.javaHashCode
        case .bytes(let bytes):
            if schema?.logicalType == .decimal { return Self.decimalHash(bytes, scale: schema?.decimalScale ?? 0) }
            return bytes.reversed().reduce(1) { 31 &* $0 &+ Int32(Int8(bitPattern: $1)) }
        case .array(let items): return items.reduce(1) { 31 &* $0 &+ $1.javaHash(schema?.valueSchema) }
        case .map(let entries):
            return entries.reduce(0) {
                $0 &+ ($1.key.javaHash(schema?.keySchema) ^ $1.value.javaHash(schema?.valueSchema))
            }
        case .structure(let row):
            return zip(row.values, row.schema.fields).reduce(1) { 31 &* $0 &+ $1.0.javaHash($1.1.schema) }
        case .instant(let milliseconds): return Self.folded(milliseconds)
        }
    }

    private static func hash(_ number: Int64, _ schema: Schema?) -> Int32 {
        switch schema?.logicalType {
        case .date: return folded(number &* 86_400_000)
        case .time, .timestamp: return folded(number)
        case .decimal, nil: break
        }
        switch schema?.type {
        case .int8, .int16, .int32: return Int32(truncatingIfNeeded: number)
        case .int64, .boolean, .string, .bytes, .array, .map, .float32, .float64, .structure, nil: return folded(number)
        }
    }

    private static func folded(_ number: Int64) -> Int32 {
        Int32(truncatingIfNeeded: number ^ Int64(bitPattern: UInt64(bitPattern: number) >> 32))
    }

    /// `BigDecimal.hashCode`.
    private static func decimalHash(_ unscaled: [UInt8], scale: Int) -> Int32 {
        let isNegative = (unscaled.first ?? 0) & 0x80 != 0
        var magnitude = isNegative ? unscaled.map { ~$0 } : unscaled
        if isNegative {
            for index in magnitude.indices.reversed() {
                magnitude[index] &+= 1
                if magnitude[index] != 0 { break }
            }
        }
        // Words of 32 bits, most significant first, without leading zeros; those of zero have no effect.
        var hash: Int32 = 0
        var word: UInt32 = 0
        for (index, byte) in magnitude.enumerated() {
            word = word << 8 | UInt32(byte)
            if (magnitude.count - 1 - index).isMultiple(of: 4) {
                hash = 31 &* hash &+ Int32(bitPattern: word)
                word = 0
            }
        }
        return 31 &* (isNegative ? 0 &- hash : hash) &+ Int32(truncatingIfNeeded: scale)
    }
}
