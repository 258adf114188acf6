/// The 32-bit variant of xxHash: the checksum of LZ4 frames.
package enum XXHash32 {
    private static let primes: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
        2_654_435_761, 2_246_822_519, 3_266_489_917, 668_265_263, 374_761_393
    )

    package static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        let (p1, p2, p3, p4, p5) = primes
        var position = 0
        var hash = seed &+ p5
        if bytes.count >= 16 {
            var sums = SIMD4<UInt32>(seed &+ p1 &+ p2, seed &+ p2, seed, seed &- p1)
            repeat {
                let block = bytes.loadUnaligned(fromByteOffset: position, as: SIMD4<UInt32>.self)
                sums = sums &+ block &* p2
                sums = (sums &<< 13 | sums &>> 19) &* p1
                position &+= 16
            } while position <= bytes.count &- 16
            hash = rotated(sums[0], 1) &+ rotated(sums[1], 7) &+ rotated(sums[2], 12) &+ rotated(sums[3], 18)
        }
        hash &+= UInt32(truncatingIfNeeded: bytes.count)
        while position <= bytes.count &- 4 {
            let word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            hash = rotated(hash &+ word &* p3, 17) &* p4
            position &+= 4
        }
        while position < bytes.count {
            hash = rotated(hash &+ UInt32(bytes[position]) &* p5, 11) &* p1
            position &+= 1
        }
        hash = (hash ^ hash &>> 15) &* p2
        hash = (hash ^ hash &>> 13) &* p3
        return hash ^ hash &>> 16
    }

    @inline(__always)
    private static func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 {
        value &<< count | value &>> (32 &- count)
    }
}
