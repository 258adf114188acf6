extension UnsafeRawBufferPointer {
    /// An unsigned little-endian number of `count` bytes (at most 8, and at most the size of the buffer).
    @inline(__always)
    func littleEndian(_ count: Int) -> Int64 {
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(self[index]) &<< UInt64(index &* 8) }
        return Int64(bitPattern: value)
    }

    @inline(__always) var float: Float { Float(bitPattern: UInt32(truncatingIfNeeded: littleEndian(4))) }
    @inline(__always) var double: Double { Double(bitPattern: UInt64(bitPattern: littleEndian(8))) }
}
