extension UnsafeRawBufferPointer {
    /// The first `count` bytes, at most 8, as an unsigned little-endian number. Precondition: the buffer has them.
    @inlinable @inline(__always)
    package func littleEndian(_ count: Int) -> UInt64 {
        switch count {
        case 1: return UInt64(load(as: UInt8.self))
        case 2: return UInt64(UInt16(littleEndian: loadUnaligned(as: UInt16.self)))
        case 4: return UInt64(UInt32(littleEndian: loadUnaligned(as: UInt32.self)))
        case 8: return UInt64(littleEndian: loadUnaligned(as: UInt64.self))
        default:
            var value: UInt64 = 0
            for index in 0..<count { value |= UInt64(self[index]) &<< UInt64(index &* 8) }
            return value
        }
    }
}
