/// The 64-bit variant of xxHash: the checksum of Zstandard frames is its low half.
package enum XXHash64 {
    private static let primes: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
        11_400_714_785_074_694_791, 14_029_467_366_897_019_727, 1_609_587_929_392_839_161,
        9_650_029_242_287_828_579, 2_870_177_450_012_600_261
    )

    package static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
        let (p1, p2, p3, p4, p5) = primes
        var position = 0
        var hash = seed &+ p5
        if bytes.count >= 32 {
            var (a, b, c, d) = (seed &+ p1 &+ p2, seed &+ p2, seed, seed &- p1)
            repeat {
                a = round(a, word(bytes, position))
                b = round(b, word(bytes, position &+ 8))
                c = round(c, word(bytes, position &+ 16))
                d = round(d, word(bytes, position &+ 24))
                position &+= 32
            } while position <= bytes.count &- 32
            hash = rotated(a, 1) &+ rotated(b, 7) &+ rotated(c, 12) &+ rotated(d, 18)
            for sum in [a, b, c, d] { hash = (hash ^ round(0, sum)) &* p1 &+ p4 }
        }
        hash &+= UInt64(truncatingIfNeeded: bytes.count)
        while position <= bytes.count &- 8 {
            hash = rotated(hash ^ round(0, word(bytes, position)), 27) &* p1 &+ p4
            position &+= 8
        }
        if position <= bytes.count &- 4 {
            let half = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            hash = rotated(hash ^ UInt64(half) &* p1, 23) &* p2 &+ p3
            position &+= 4
        }
        while position < bytes.count {
            hash = rotated(hash ^ UInt64(bytes[position]) &* p5, 11) &* p1
            position &+= 1
        }
        hash = (hash ^ hash &>> 33) &* p2
        hash = (hash ^ hash &>> 29) &* p3
        return hash ^ hash &>> 32
    }

    @inline(__always)
    private static func round(_ sum: UInt64, _ word: UInt64) -> UInt64 {
        rotated(sum &+ word &* primes.1, 31) &* primes.0
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    @inline(__always)
    private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value &<< count | value &>> (64 &- count)
    }
}
