extension ByteWriter {
    /// An unsigned varint: groups of 7 bits, least significant first.
    @inlinable
    package mutating func unsignedVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    /// A signed varint in zig-zag form; Kafka's VARINT and VARLONG are the same bytes for values that fit both.
    @inlinable
    package mutating func zigZagVarint(_ value: Int64) {
        unsignedVarint(UInt64(bitPattern: value &<< 1) ^ UInt64(bitPattern: value &>> 63))
    }
}

/// Sizes of variable-length integers, for lengths that precede what they measure.
@usableFromInline package enum Varint {
    /// Bytes that `unsignedVarint(value)` writes: 1 to 10.
    @inlinable
    package static func unsignedSize(_ value: UInt64) -> Int {
        (70 &- (value | 1).leadingZeroBitCount) / 7
    }

    /// Bytes that `zigZagVarint(value)` writes: 1 to 10.
    @inlinable
    package static func zigZagSize(_ value: Int64) -> Int {
        unsignedSize(UInt64(bitPattern: value &<< 1) ^ UInt64(bitPattern: value &>> 63))
    }
}
