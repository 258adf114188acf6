extension UnsafeRawBufferPointer {
    /// Whether no byte has its highest bit set.
    @inlinable
    package var isASCII: Bool { asciiPrefixCount == count }

    /// The number of bytes before the first block that is not ASCII: at most 15 fewer than the bytes before the first
    /// byte that is not ASCII, and `count` only if all are.
    @inlinable
    package var asciiPrefixCount: Int {
        let high: UInt64 = 0x8080_8080_8080_8080
        var offset = 0
        while offset &+ 16 <= count {
            let first = loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let second = loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self)
            if (first | second) & high != 0 { return offset }
            offset &+= 16
        }
        while offset &+ 8 <= count {
            if loadUnaligned(fromByteOffset: offset, as: UInt64.self) & high != 0 { return offset }
            offset &+= 8
        }
        var bits: UInt8 = 0
        for index in offset..<count { bits |= self[index] }
        return bits < 0x80 ? count : offset
    }
}
