import ConnectData

/// The 64-bit variant of MurmurHash3 that Debezium has (`io.debezium.util.MurmurHash3`).
enum MurmurHash {
    private static let seed: UInt64 = 9001

    /// The hash of a value: of the UTF-8 bytes of a string, else of the value's `hashCode()`.
    static func hash(_ value: ConnectValue, _ schema: Schema?) -> Int32 {
        if case .string(let text) = value { return hash(Array(text.utf8)) }
        let number = value.javaHash(schema)
        var state = State()
        // Java extends the sign of each byte.
        for (shift, byte) in withUnsafeBytes(of: number.littleEndian, Array.init).enumerated() {
            state.k1 ^= UInt64(bitPattern: Int64(Int8(bitPattern: byte))) << UInt64(shift * 8)
        }
        state.mix()
        return state.finish(count: 4)
    }

    private static func hash(_ bytes: [UInt8]) -> Int32 {
        var state = State()
        let tail = bytes.count & ~15
        for start in stride(from: 0, to: tail, by: 16) {
            state.k1 = word(bytes[start..<start + 8])
            state.k2 = word(bytes[start + 8..<start + 16])
            state.mix()
        }
        state.k1 = 0
        state.k2 = 0
        if tail < bytes.count {
            for index in tail..<bytes.count {
                // Java extends the sign of each byte of the tail.
                let byte = UInt64(bitPattern: Int64(Int8(bitPattern: bytes[index])))
                let shift = UInt64((index & 7) * 8)
                if index & 8 == 0 { state.k1 ^= byte << shift } else { state.k2 ^= byte << shift }
            }
            state.mix()
        }
        return state.finish(count: bytes.count)
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private struct State {
        var h1: UInt64 = 0x9368_E53C_2F6A_F274 ^ seed
        var h2: UInt64 = 0x586D_CD20_8F7C_D3FD ^ seed
        var k1: UInt64 = 0
        var k2: UInt64 = 0
        private var c1: UInt64 = 0x87C3_7B91_1142_53D5
        private var c2: UInt64 = 0x4CF5_AD43_2745_937F

        mutating func mix() {
            k1 = Self.rotated(k1 &* c1, by: 23) &* c2
            h1 ^= k1
            h1 &+= h2
            h2 = Self.rotated(h2, by: 41)
            k2 = Self.rotated(k2 &* c2, by: 23) &* c1
            h2 ^= k2
            h2 &+= h1
            h1 = h1 &* 3 &+ 0x52DC_E729
            h2 = h2 &* 3 &+ 0x3849_5AB5
            c1 = c1 &* 5 &+ 0x7B7D_159C
            c2 = c2 &* 5 &+ 0x6BCE_6396
        }

        mutating func finish(count: Int) -> Int32 {
            h2 ^= UInt64(count)
            h1 &+= h2
            h2 &+= h1
            h1 = Self.finished(h1)
            h2 = Self.finished(h2)
            h1 &+= h2
            return Int32(truncatingIfNeeded: h1 >> 32)
        }

        private static func rotated(_ word: UInt64, by count: UInt64) -> UInt64 { word << count | word >> (64 - count) }

        private static func finished(_ word: UInt64) -> UInt64 {
            var word = word ^ word >> 33
            word &*= 0xFF51_AFD7_ED55_8CCD
            word ^= word >> 33
            word &*= 0xC4CE_B9FE_1A85_EC53
            return word ^ word >> 33
        }
    }
}
