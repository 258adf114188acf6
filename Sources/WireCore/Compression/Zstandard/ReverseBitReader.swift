/// Reads a bit stream of Zstandard from its end: the highest set bit of the last byte marks the end, the bit below it
/// comes first.
///
/// Beyond the beginning of the stream it gives arbitrary bits; `isExhausted` is true afterwards.
struct ReverseBitReader {
    private let start: UnsafePointer<UInt8>
    /// Of the eight bytes in `container`.
    private var position: UnsafePointer<UInt8>
    private var container: UInt64
    /// How many bits of the container were read, from the highest on; more than 64 if the stream is exhausted.
    private var consumedBits: Int

    /// Returns nil if the stream is empty or its last byte 0.
    @inline(__always)
    init?(_ stream: UnsafeRawBufferPointer) {
        guard let base = stream.baseAddress?.assumingMemoryBound(to: UInt8.self), !stream.isEmpty else { return nil }
        let last = base[stream.count - 1]
        guard last != 0 else { return nil }
        start = base
        consumedBits = last.leadingZeroBitCount &+ 1
        if stream.count >= 8 {
            position = base + (stream.count - 8)
            container = UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
        } else {
            position = base
            container = stream.littleEndian(stream.count)
            consumedBits &+= (8 &- stream.count) &* 8
        }
    }

    /// The next bits, which stay unread. Precondition: `count` is 0 to 63, and that many bits are in the container.
    @inline(__always)
    func peek(_ count: Int) -> Int {
        Int(truncatingIfNeeded: ((container &<< UInt64(consumedBits)) &>> 1) &>> UInt64(63 &- count))
    }

    @inline(__always)
    mutating func skip(_ count: Int) { consumedBits &+= count }

    @inline(__always)
    mutating func read(_ count: Int) -> Int {
        let bits = peek(count)
        skip(count)
        return bits
    }

    /// Fills the container, so that 57 bits can be read if the stream has them. Returns false if the stream has no
    /// further bytes.
    @inline(__always) @discardableResult
    mutating func refill() -> Bool {
        guard consumedBits <= 64 else { return false }
        let bytes = min(consumedBits &>> 3, position - start)
        guard bytes > 0 else { return position > start }
        position -= bytes
        consumedBits &-= bytes &* 8
        container = UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
        return true
    }

    /// Whether all bits were read, and no more.
    var isAtEnd: Bool { position == start && consumedBits == 64 }

    /// Whether more bits were read than the stream has.
    @inline(__always)
    var isExhausted: Bool { consumedBits > 64 }
}
