/// Numbers as Java writes them, which is how Debezium writes them to topics.
package enum JavaNumber {
    /// `Double.toString` of Java up to 18 (see `JavaDigits`): plain if 10⁻³ ≤ |value| < 10⁷, otherwise with an exponent
    /// (`1.0E7`); at least one digit after the point.
    package static func text(_ value: Double) -> String {
        guard value.isFinite else { return nonFinite(value.isNaN, value < 0) }
        let fraction = value.significandBitPattern
        let digits = value == 0 ? nil : JavaDigits(
            significand: value.isNormal ? fraction | 1 << 52 : fraction,
            exponent: (value.isNormal ? Int(value.exponentBitPattern) : 1) - 1075,
            precisionBits: value.isNormal ? 53 : 64 - fraction.leadingZeroBitCount)
        return arranged(digits, isNegative: value.sign == .minus)
    }

    /// `Float.toString`, with the rules of `text(_: Double)`.
    package static func text(_ value: Float) -> String {
        guard value.isFinite else { return nonFinite(value.isNaN, value < 0) }
        let fraction = UInt64(value.significandBitPattern)
        let digits = value == 0 ? nil : JavaDigits(
            significand: value.isNormal ? fraction | 1 << 23 : fraction,
            exponent: (value.isNormal ? Int(value.exponentBitPattern) : 1) - 150,
            precisionBits: value.isNormal ? 24 : 64 - fraction.leadingZeroBitCount)
        return arranged(digits, isNegative: value.sign == .minus)
    }

    private static func nonFinite(_ isNaN: Bool, _ isNegative: Bool) -> String {
        isNaN ? "NaN" : isNegative ? "-Infinity" : "Infinity"
    }

    /// - Parameter number: nil is zero.
    private static func arranged(_ number: JavaDigits?, isNegative: Bool) -> String {
        let sign = isNegative ? "-" : ""
        guard let number else { return sign + "0.0" }
        let digits = number.digits.map { $0 + 0x30 }
        let pointExponent = number.pointExponent
        if pointExponent > -3, pointExponent <= 7 { return sign + plain(digits, pointExponent) }
        let fraction = digits.count > 1 ? digits[1...] : [0x30]
        return "\(sign)\(ascii(digits[..<1])).\(ascii(fraction))E\(pointExponent - 1)"
    }

    private static func plain(_ digits: [UInt8], _ pointExponent: Int) -> String {
        if pointExponent <= 0 { return "0." + String(repeating: "0", count: -pointExponent) + ascii(digits[...]) }
        if digits.count <= pointExponent {
            return ascii(digits[...]) + String(repeating: "0", count: pointExponent - digits.count) + ".0"
        }
        return "\(ascii(digits[..<pointExponent])).\(ascii(digits[pointExponent...]))"
    }

    private static func ascii(_ digits: ArraySlice<UInt8>) -> String { String(decoding: digits, as: UTF8.self) }

    /// `Double.toString` if it has no exponent, otherwise the value's exact decimal expansion, as `new
    /// BigDecimal(value).toPlainString()` gives it: how Debezium renders the doubles inside streamed JSON.
    package static func plain(_ value: Double) -> String {
        if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
        guard value.isFinite else { return nonFinite(value.isNaN, value < 0) }
        return value.magnitude >= 1e-3 && value.magnitude < 1e7 ? text(value) : exactExpansion(value)
    }

    /// All digits of the binary fraction: significand × 2^exponent, multiplied out in base 10^9.
    package static func exactExpansion(_ value: Double) -> String {
        if value == 0 { return "0" }
        let sign = value < 0 ? "-" : ""
        var significand = value.magnitude.significandBitPattern
        var exponent = Int(value.exponentBitPattern) - 1075
        if value.isNormal { significand |= 1 << 52 } else { exponent += 1 }
        let zeros = significand.trailingZeroBitCount
        significand >>= UInt64(min(zeros, 63))
        exponent += zeros
        var digits = DecimalDigits(significand)
        if exponent >= 0 {
            for _ in 0..<exponent { digits.multiply(by: 2) }
            return sign + digits.description
        }
        // m / 2^k = m × 5^k / 10^k
        for _ in 0..<(-exponent) { digits.multiply(by: 5) }
        var text = digits.description
        let places = -exponent
        if text.utf8.count <= places { text = String(repeating: "0", count: places - text.utf8.count + 1) + text }
        let point = text.utf8.index(text.endIndex, offsetBy: -places)
        return "\(sign)\(text[..<point]).\(text[point...])"
    }
}
