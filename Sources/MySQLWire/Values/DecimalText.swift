/// Decimal numbers as text.
public enum DecimalText {
    /// `BigDecimal.toPlainString` of the digits with `scale` of them behind the point.
    public static func plain(isNegative: Bool, digits: [UInt8], scale: Int) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(digits.count + 3)
        let isZero = digits.allSatisfy { $0 == 0 }
        if isNegative && !isZero { text.append(UInt8(ascii: "-")) }
        let whole = digits.dropLast(scale).drop { $0 == 0 }
        if whole.isEmpty { text.append(0x30) }
        for digit in whole { text.append(0x30 + digit) }
        if scale > 0 {
            text.append(UInt8(ascii: "."))
            let fraction = digits.suffix(scale)
            text.append(contentsOf: repeatElement(0x30, count: scale - fraction.count))
            for digit in fraction { text.append(0x30 + digit) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The minimal big-endian two's complement of a decimal integer (Java's `BigInteger.toByteArray`).
    public static func twosComplement(isNegative: Bool, digits: [UInt8]) -> [UInt8] {
        // Base 256, least significant byte first.
        var magnitude: [UInt8] = []
        for digit in digits {
            var carry = Int(digit)
            for index in magnitude.indices {
                let product = Int(magnitude[index]) * 10 + carry
                magnitude[index] = UInt8(product & 0xFF)
                carry = product >> 8
            }
            if carry > 0 { magnitude.append(UInt8(carry)) }
        }
        while magnitude.last == 0 { magnitude.removeLast() }
        magnitude.append(0)
        if isNegative {
            var carry = 1
            for index in magnitude.indices {
                let value = Int(~magnitude[index]) + carry
                magnitude[index] = UInt8(value & 0xFF)
                carry = value >> 8
            }
        }
        // Take off bytes that only repeat the sign.
        while magnitude.count > 1 {
            let (last, before) = (magnitude[magnitude.count - 1], magnitude[magnitude.count - 2])
            guard (last == 0 && before < 0x80) || (last == 0xFF && before >= 0x80) else { break }
            magnitude.removeLast()
        }
        return magnitude.reversed()
    }

    /// The same for a number that fits into 64 bits.
    @inlinable
    public static func twosComplement(_ value: Int64) -> [UInt8] {
        let bits = 64 - (value < 0 ? (~value).leadingZeroBitCount : value.leadingZeroBitCount)
        let count = bits / 8 + 1
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count {
                buffer[index] = UInt8(truncatingIfNeeded: value >> Int64((count - 1 - index) * 8))
            }
            filled = count
        }
    }
}
