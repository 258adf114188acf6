import WireCore

/// DECIMAL as the binlog stores it: groups of nine digits in four big-endian bytes, shorter groups at both ends in
/// fewer, the first bit inverted as a sign, negative numbers in one's complement.
@usableFromInline package enum PackedDecimal {
    /// The number of bytes for 0 to 9 digits.
    @usableFromInline static let groupBytes = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4]

    @usableFromInline package static func storedBytes(precision: Int, scale: Int) -> Int {
        let whole = precision - scale
        return whole / 9 * 4 + groupBytes[whole % 9] + scale / 9 * 4 + groupBytes[scale % 9]
    }

    /// The unscaled value of a number of at most 18 digits, without any allocation.
    @usableFromInline
    package static func unscaledInt64(_ cell: UnsafeRawBufferPointer, precision: Int, scale: Int) -> Int64 {
        precondition(precision <= 18 && cell.count == storedBytes(precision: precision, scale: scale))
        var value: Int64 = 0
        forEachGroup(cell, precision: precision, scale: scale) { group, digits in
            value = value &* Self.power(digits) &+ Int64(group)
        }
        return isNegative(cell) ? 0 &- value : value
    }

    /// The digits of the unscaled value (exactly `precision` of them, including leading zeros) and the sign.
    @usableFromInline package static func digits(
        _ cell: UnsafeRawBufferPointer, precision: Int, scale: Int
    ) -> (isNegative: Bool, digits: [UInt8]) {
        precondition(cell.count == storedBytes(precision: precision, scale: scale))
        var result: [UInt8] = []
        result.reserveCapacity(precision)
        forEachGroup(cell, precision: precision, scale: scale) { group, digits in
            var divisor = power(digits)
            for _ in 0..<digits {
                divisor /= 10
                result.append(UInt8(Int64(group) / divisor % 10))
            }
        }
        return (isNegative(cell), result)
    }

    @inline(__always)
    private static func isNegative(_ cell: UnsafeRawBufferPointer) -> Bool {
        cell.first.map { $0 & 0x80 == 0 } ?? false
    }

    private static let powers: [Int64] = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    ]
    @inline(__always) private static func power(_ digits: Int) -> Int64 { powers[digits] }

    /// Passes each group as a number below 10^digits. The number of a damaged cell may be larger; it is truncated.
    @inline(__always)
    private static func forEachGroup(
        _ cell: UnsafeRawBufferPointer, precision: Int, scale: Int, _ body: (UInt32, Int) -> Void
    ) {
        let mask: UInt8 = isNegative(cell) ? 0xFF : 0
        var offset = 0
        func group(_ digits: Int) {
            let count = groupBytes[digits]
            var value: UInt32 = 0
            for index in 0..<count {
                var byte = cell[offset + index] ^ mask
                // The sign's bit.
                if offset + index == 0 { byte ^= 0x80 }
                value = value << 8 | UInt32(byte)
            }
            offset += count
            body(UInt32(Int64(value) % power(digits)), digits)
        }
        let whole = precision - scale
        if whole % 9 > 0 { group(whole % 9) }
        for _ in 0..<whole / 9 { group(9) }
        for _ in 0..<scale / 9 { group(9) }
        if scale % 9 > 0 { group(scale % 9) }
    }
}
