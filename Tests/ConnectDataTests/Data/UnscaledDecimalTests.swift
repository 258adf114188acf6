import Testing

@testable import ConnectData

@Suite struct UnscaledDecimalTests {
    @Test(arguments: [
        (0, [0]), (1, [1]), (127, [0x7F]), (128, [0, 0x80]), (-1, [0xFF]), (-128, [0x80]), (-129, [0xFF, 0x7F]),
        (255, [0, 0xFF]), (-256, [0xFF, 0]), (.max, [0x7F, 255, 255, 255, 255, 255, 255, 255]),
        (.min, [0x80, 0, 0, 0, 0, 0, 0, 0]),
    ] as [(Int64, [UInt8])])
    func encodingHasMinimalLength(value: Int64, bytes: [UInt8]) {
        #expect(UnscaledDecimal.bytes(value) == bytes)
        let digits = Array(String(value.magnitude).utf8)
        #expect(UnscaledDecimal.bytes(digits: digits, isNegative: value < 0) == bytes)
    }

    @Test func numbersBeyond64BitsAreConverted() {
        // 10^30, by Java's new BigInteger("1000000000000000000000000000000").toByteArray().
        let digits: [UInt8] = [0x31] + [UInt8](repeating: 0x30, count: 30)
        #expect(
            UnscaledDecimal.bytes(digits: digits, isNegative: false)
                == [0x0C, 0x9F, 0x2C, 0x9C, 0xD0, 0x46, 0x74, 0xED, 0xEA, 0x40, 0, 0, 0])
    }
}
