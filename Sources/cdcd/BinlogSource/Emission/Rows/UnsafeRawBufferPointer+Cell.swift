import WireCore

extension UnsafeRawBufferPointer {
    @inline(__always) var float: Float { Float(bitPattern: UInt32(truncatingIfNeeded: littleEndian(4))) }
    @inline(__always) var double: Double { Double(bitPattern: littleEndian(8)) }
}
