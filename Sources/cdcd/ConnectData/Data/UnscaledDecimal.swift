/// A decimal number as Connect's `Decimal` holds it: the unscaled value in big-endian two's complement bytes, with the
/// scale in the schema.
@usableFromInline package enum UnscaledDecimal {
    /// `BigDecimal.toString`: plain digits, or with an exponent if the scale is negative or the number is small
    /// (`1E-7`).
    @usableFromInline package static func javaText(_ unscaled: [UInt8], scale: Int) -> String {
        let (isNegative, digits) = decimalDigits(unscaled)
        let sign = isNegative ? "-" : ""
        if scale == 0 { return sign + text(digits[...]) }
        let exponent = digits.count - 1 - scale
        guard scale > 0, exponent >= -6 else {
            let fraction = digits.count > 1 ? "." + text(digits[1...]) : ""
            let power = exponent == 0 ? "" : exponent > 0 ? "E+\(exponent)" : "E\(exponent)"
            return sign + text(digits[..<1]) + fraction + power
        }
        return sign + plain(digits, scale)
    }

    /// `BigDecimal.toPlainString`: never an exponent.
    package static func plainText(_ unscaled: [UInt8], scale: Int) -> String {
        let (isNegative, digits) = decimalDigits(unscaled)
        let sign = isNegative ? "-" : ""
        if scale > 0 { return sign + plain(digits, scale) }
        if digits == [0x30] { return "0" }
        return sign + text(digits[...]) + String(repeating: "0", count: -scale)
    }

    /// The number of bytes of an unscaled value in two's complement, 1 to 8.
    @inlinable
    package static func byteCount(_ value: Int64) -> Int {
        let bits = 64 &- (value < 0 ? ~value : value).leadingZeroBitCount
        return bits &>> 3 &+ 1
    }

    /// The same number without bytes that only repeat the sign, as a `BigInteger` holds it. No bytes are 0.
    package static func minimal(_ unscaled: [UInt8]) -> [UInt8] {
        guard !unscaled.isEmpty else { return [0] }
        var start = 0
        while start < unscaled.count - 1, unscaled[start] == (unscaled[start + 1] & 0x80 == 0 ? 0 : 0xFF) { start += 1 }
        return start == 0 ? unscaled : Array(unscaled[start...])
    }

    /// Big-endian two's complement bytes of minimal length, as `BigInteger.toByteArray` gives them.
    package static func bytes(_ value: Int64) -> [UInt8] {
        let count = byteCount(value)
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count {
                buffer[index] = UInt8(truncatingIfNeeded: value >> Int64((count - 1 - index) * 8))
            }
            filled = count
        }
    }

    /// Big-endian two's complement bytes of minimal length, as `BigInteger.toByteArray` gives them.
    ///
    /// - Parameter digits: ASCII digits, most significant first.
    package static func bytes(digits: [UInt8], isNegative: Bool) -> [UInt8] {
        // Base 256, least significant first.
        var magnitude: [UInt8] = [0]
        for digit in digits {
            var carry = UInt32(digit - UInt8(ascii: "0"))
            for index in magnitude.indices {
                let product = UInt32(magnitude[index]) * 10 + carry
                magnitude[index] = UInt8(truncatingIfNeeded: product)
                carry = product >> 8
            }
            if carry > 0 { magnitude.append(UInt8(carry)) }
        }
        if isNegative {
            var carry = true
            for index in magnitude.indices {
                let (sum, overflow) = (~magnitude[index]).addingReportingOverflow(carry ? 1 : 0)
                magnitude[index] = sum
                carry = overflow
            }
        }
        // A sign byte, unless the highest bit already is the sign.
        let sign: UInt8 = isNegative ? 0xFF : 0
        magnitude.append(sign)
        while magnitude.count > 1, magnitude[magnitude.count - 1] == sign,
            magnitude[magnitude.count - 2] & 0x80 == sign & 0x80 { magnitude.removeLast() }
        return magnitude.reversed()
    }

    private static func text(_ digits: ArraySlice<UInt8>) -> String { String(decoding: digits, as: UTF8.self) }

    private static func plain(_ digits: [UInt8], _ scale: Int) -> String {
        guard digits.count > scale else {
            return "0." + String(repeating: "0", count: scale - digits.count) + text(digits[...])
        }
        let point = digits.count - scale
        return text(digits[..<point]) + "." + text(digits[point...])
    }

    /// The number's sign and its digits, most significant first, without leading zeros.
    private static func decimalDigits(_ bytes: [UInt8]) -> (isNegative: Bool, digits: [UInt8]) {
        if bytes.count <= 8 {
            var value: Int64 = (bytes.first ?? 0) & 0x80 == 0 ? 0 : -1
            for byte in bytes { value = value << 8 | Int64(byte) }
            return (value < 0, Array(String(value.magnitude).utf8))
        }
        let isNegative = bytes[0] & 0x80 != 0
        var magnitude = isNegative ? bytes.map { ~$0 } : bytes
        if isNegative {
            for index in magnitude.indices.reversed() {
                magnitude[index] &+= 1
                if magnitude[index] != 0 { break }
            }
        }
        // Base 10^9, least significant group first.
        var groups: [UInt64] = [0]
        for byte in magnitude {
            var carry = UInt64(byte)
            for index in groups.indices {
                let product = groups[index] << 8 | carry
                groups[index] = product % 1_000_000_000
                carry = product / 1_000_000_000
            }
            if carry > 0 { groups.append(carry) }
        }
        var digits = Array(String(groups.removeLast()).utf8)
        for group in groups.reversed() {
            let part = Array(String(group).utf8)
            digits += Array(repeating: 0x30, count: 9 - part.count) + part
        }
        return (isNegative, digits)
    }
}
