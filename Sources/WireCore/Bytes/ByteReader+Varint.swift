extension ByteReader {
    /// An unsigned varint of at most 32 bits (Kafka's UNSIGNED_VARINT): groups of 7 bits, least significant first.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func unsignedVarint32() throws(WireError) -> UInt32 { try unsignedVarint() }

    /// An unsigned varint of at most 64 bits.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func unsignedVarint64() throws(WireError) -> UInt64 { try unsignedVarint() }

    /// A signed varint in zig-zag form (Kafka's VARINT).
    @inlinable
    @_lifetime(self: copy self)
    package mutating func zigZagVarint32() throws(WireError) -> Int32 {
        let raw = try unsignedVarint32()
        return Int32(bitPattern: raw &>> 1) ^ -Int32(bitPattern: raw & 1)
    }

    /// A signed varlong in zig-zag form (Kafka's VARLONG).
    @inlinable
    @_lifetime(self: copy self)
    package mutating func zigZagVarint64() throws(WireError) -> Int64 {
        let raw = try unsignedVarint64()
        return Int64(bitPattern: raw &>> 1) ^ -Int64(bitPattern: raw & 1)
    }

    /// A varint whose value must fit the integer's width. Throws `.varintTooLong` if it does not.
    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func unsignedVarint<Value: FixedWidthInteger & UnsignedInteger>() throws(WireError) -> Value {
        let start = position
        // The maximum value of the last group: the bits that the groups before it leave.
        let lastShift = (Value.bitWidth - 1) / 7 * 7
        let lastBits = Value.bitWidth - lastShift
        var value: Value = 0
        var shift = 0
        while true {
            guard !isAtEnd else {
                let error = WireError(.truncated(neededBytes: 1, remainingBytes: 0), at: absoluteOffset)
                position = start
                throw error
            }
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
            position &+= 1
            if shift == lastShift, byte >> lastBits != 0 {
                position = start
                throw WireError(.varintTooLong, at: absoluteOffset)
            }
            value |= Value(truncatingIfNeeded: byte & 0x7F) &<< Value(truncatingIfNeeded: shift)
            if byte < 0x80 { return value }
            shift &+= 7
        }
    }
}
