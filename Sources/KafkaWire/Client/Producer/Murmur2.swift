import KafkaProtocol

/// The hash by which Kafka's Java client selects a key's partition: murmur2 with seed 0x9747b28c.
enum Murmur2 {
    static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let multiplier: UInt32 = 0x5bd1_e995
        var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
        var offset = 0
        while offset &+ 4 <= bytes.count {
            var word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            word &*= multiplier
            word ^= word &>> 24
            word &*= multiplier
            hash = hash &* multiplier ^ word
            offset &+= 4
        }
        let rest = bytes.count &- offset
        if rest > 0 {
            if rest > 2 { hash ^= UInt32(bytes[offset &+ 2]) &<< 16 }
            if rest > 1 { hash ^= UInt32(bytes[offset &+ 1]) &<< 8 }
            hash ^= UInt32(bytes[offset])
            hash &*= multiplier
        }
        hash ^= hash &>> 13
        hash &*= multiplier
        return hash ^ hash &>> 15
    }

    /// The partition of a key: the non-negative hash modulo the number of partitions, including those without a leader.
    static func partition(ofKey key: UnsafeRawBufferPointer, count: Int) -> Int {
        Int(hash(key) & 0x7fff_ffff) % count
    }
}
