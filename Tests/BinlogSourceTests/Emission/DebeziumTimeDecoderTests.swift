import Testing

@testable import BinlogSource

/// What Debezium 1.9.5 wrote for these values of a TIME(0), TIME(2) and TIME(6) on MySQL 9.7.
@Suite struct DebeziumTimeDecoderTests {
    private func read(_ clock: Int, fractionBytes: Int, _ fraction: Int = 0) -> Int64 {
        // Minus the time, biased by half the range.
        let stored = 1 << (23 + fractionBytes * 8) - (clock << (fractionBytes * 8) + fraction)
        let count = 3 + fractionBytes
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: stored >> ((count - 1 - $0) * 8)) }
        return bytes.withUnsafeBytes { DebeziumTimeDecoder.microseconds($0) }
    }

    @Test(arguments: [
        // -00:00:01, -00:00:59, -00:01:00, -01:00:00
        (1, [-1_000_000, -2_147_483, -1_048_576]), (59, [-59_000_000, -60_147_483, -59_048_576]),
        (1 << 6, [-63_000_000, -65_147_483, -64_048_576]), (1 << 12, [-3_843_000_000, -3_845_147_483, -3_844_048_576]),
    ] as [(Int, [Int64])])
    func negativeTimesWithoutFractionAreMisread(_ clock: Int, _ expected: [Int64]) {
        #expect([0, 1, 3].map { read(clock, fractionBytes: $0) } == expected)
    }

    @Test func otherTimesAreReadCorrectly() {
        let clock = 1 << 12 | 2 << 6 | 3
        #expect(read(clock, fractionBytes: 1, 99) == -3_723_990_000)
        #expect(read(clock, fractionBytes: 3, 1) == -3_723_000_001)
        let positive: [UInt8] = [0x80, 0x00, 0x3C]
        #expect(positive.withUnsafeBytes { DebeziumTimeDecoder.microseconds($0) } == 60_000_000)
    }
}
