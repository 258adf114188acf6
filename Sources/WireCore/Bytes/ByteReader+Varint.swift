extension ByteReader {
    /// An unsigned varint of at most 32 bits (Kafka's UNSIGNED_VARINT): groups of 7 bits, least significant first.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func unsignedVarint32() throws(WireError) -> UInt32 {
        let start = position
        var value: UInt32 = 0
        var shift: UInt32 = 0
        while true {
            let byte = try varintByte(from: start)
            if shift == 28, byte > 0x0F {
                position = start
                throw WireError(.varintTooLong, at: absoluteOffset)
            }
            value |= UInt32(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
    }

    /// An unsigned varint of at most 64 bits.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func unsignedVarint64() throws(WireError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try varintByte(from: start)
            if shift == 63, byte > 0x01 {
                position = start
                throw WireError(.varintTooLong, at: absoluteOffset)
            }
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
    }

    /// A signed varint in zig-zag form (Kafka's VARINT).
    @inlinable
    @_lifetime(self: copy self)
    public mutating func zigZagVarint32() throws(WireError) -> Int32 {
        let raw = try unsignedVarint32()
        return Int32(bitPattern: raw &>> 1) ^ -Int32(bitPattern: raw & 1)
    }

    /// A signed varlong in zig-zag form (Kafka's VARLONG).
    @inlinable
    @_lifetime(self: copy self)
    public mutating func zigZagVarint64() throws(WireError) -> Int64 {
        let raw = try unsignedVarint64()
        return Int64(bitPattern: raw &>> 1) ^ -Int64(bitPattern: raw & 1)
    }

    /// The next byte of a varint that began at `start`, where the cursor goes back to if there is none.
    @inlinable
    @_lifetime(self: copy self)
    mutating func varintByte(from start: Int) throws(WireError) -> UInt8 {
        guard !isAtEnd else {
            let error = WireError(.truncated(neededBytes: 1, remainingBytes: 0), at: absoluteOffset)
            position = start
            throw error
        }
        defer { position &+= 1 }
        return bytes.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
    }
}
