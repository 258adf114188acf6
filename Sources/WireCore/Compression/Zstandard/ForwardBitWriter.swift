/// Writes a bit stream that `ReverseBitReader` reads: what is written last is read first.
struct ForwardBitWriter {
    private var target: UnsafeMutablePointer<UInt8>
    private var container: UInt64 = 0
    private var bitCount = 0

    /// - Parameter target: memory for the stream and 8 bytes more.
    init(to target: UnsafeMutablePointer<UInt8>) { self.target = target }

    /// Precondition: `bits` has no bits set above `count`.
    @inline(__always)
    mutating func append(_ bits: UInt64, _ count: Int) {
        container |= bits &<< UInt64(truncatingIfNeeded: bitCount)
        bitCount &+= count
    }

    /// Moves whole bytes to the target, so that 56 bits can be appended.
    @inline(__always)
    mutating func flush() {
        UnsafeMutableRawPointer(target).storeBytes(of: container.littleEndian, as: UInt64.self)
        let bytes = bitCount &>> 3
        target += bytes
        container &>>= UInt64(truncatingIfNeeded: bytes &* 8)
        bitCount &= 7
    }

    /// Marks the end. Returns the address after the stream.
    mutating func finish() -> UnsafeMutablePointer<UInt8> {
        append(1, 1)
        flush()
        if bitCount > 0 { target += 1 }
        return target
    }
}
