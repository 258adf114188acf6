import WireCore

/// DECIMAL as the binlog stores it: groups of nine digits in four big-endian bytes, shorter groups at both ends in
/// fewer, the first bit inverted as a sign, negative numbers in one's complement.
@usableFromInline package enum PackedDecimal {
    /// The number of bytes for 0 to 9 digits.
    @inline(__always) private static func groupBytes(_ digits: Int) -> Int { min(4, (digits &+ 1) &>> 1) }

    @usableFromInline package static func storedBytes(precision: Int, scale: Int) -> Int {
        let whole = precision - scale
        return whole / 9 * 4 + groupBytes(whole % 9) + scale / 9 * 4 + groupBytes(scale % 9)
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

    /// The number without an exponent, as the server prints a DECIMAL: no leading zeros, all `scale` digits.
    static func text(_ cell: UnsafeRawBufferPointer, precision: Int, scale: Int) -> String {
        precondition(cell.count == storedBytes(precision: precision, scale: scale))
        // A sign, a zero before the decimal point, and the point.
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: precision + 3) { text in
            let first = 2
            var end = first
            var isZero = true
            forEachGroup(cell, precision: precision, scale: scale) { group, digits in
                if end == first + precision - scale { end += 1 }
                if group != 0 { isZero = false }
                var (rest, place) = (group, end &+ digits)
                while place > end {
                    place &-= 1
                    let higher = rest / 10
                    text[place] = 0x30 &+ UInt8(truncatingIfNeeded: rest &- higher &* 10)
                    rest = higher
                }
                end += digits
            }
            let point = first + precision - scale
            if scale > 0 { text[point] = UInt8(ascii: ".") }
            var start = first
            while start < point, text[start] == 0x30 { start += 1 }
            if start == point {
                start -= 1
                text[start] = 0x30
            }
            if isNegative(cell), !isZero {
                start -= 1
                text[start] = UInt8(ascii: "-")
            }
            return String(decoding: text[start..<end], as: UTF8.self)
        }
    }

    @inline(__always)
    private static func isNegative(_ cell: UnsafeRawBufferPointer) -> Bool {
        cell.first.map { $0 & 0x80 == 0 } ?? false
    }

    @inline(__always) private static func power(_ digits: Int) -> Int64 { Int64(IntegerText.power(ofTen: digits)) }

    /// Passes each group as a number below 10^digits. The number of a damaged cell may be larger; it is truncated.
    @inline(__always)
    private static func forEachGroup(
        _ cell: UnsafeRawBufferPointer, precision: Int, scale: Int, _ body: (UInt32, Int) -> Void
    ) {
        guard let start = cell.baseAddress else { return }
        let mask: UInt32 = isNegative(cell) ? .max : 0
        var offset = 0
        func group(_ digits: Int) {
            let count = groupBytes(digits)
            let bits = UInt32(truncatingIfNeeded: count &* 8)
            var value = (bigEndian(start + offset, count) ^ mask) &>> (32 &- bits)
            // The sign's bit.
            if offset == 0 { value ^= 1 &<< (bits &- 1) }
            offset &+= count
            let limit = UInt32(truncatingIfNeeded: power(digits))
            body(value < limit ? value : value % limit, digits)
        }
        let whole = precision - scale
        if whole % 9 > 0 { group(whole % 9) }
        for _ in 0..<whole / 9 { group(9) }
        for _ in 0..<scale / 9 { group(9) }
        if scale % 9 > 0 { group(scale % 9) }
    }

    /// A number of 1 to 4 bytes in the highest bytes of the result; the lower ones are 0.
    @inline(__always)
    private static func bigEndian(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt32 {
        switch count {
        case 1: UInt32(bytes.load(as: UInt8.self)) &<< 24
        case 2: UInt32(UInt16(bigEndian: bytes.loadUnaligned(as: UInt16.self))) &<< 16
        case 3:
            UInt32(UInt16(bigEndian: bytes.loadUnaligned(as: UInt16.self))) &<< 16
                | UInt32(bytes.load(fromByteOffset: 2, as: UInt8.self)) &<< 8
        default: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
        }
    }
}
