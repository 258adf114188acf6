/// Numbers as Java writes them, because that is what Debezium's users have in their topics.
public enum JavaNumber {
    /// `Double.toString`: the shortest digits that give the same double (as JDK 19 and later write them), plain
    /// where 10⁻³ ≤ |value| < 10⁷, otherwise with an exponent (`1.0E7`); at least one digit behind the point.
    public static func text(_ value: Double) -> String {
        guard value.isFinite else { return nonFinite(value.isNaN, value < 0) }
        return arranged("\(value)", isSubnormal: value.isSubnormal, exact: value)
    }

    /// `Float.toString`, with the rules of `text(_: Double)`.
    public static func text(_ value: Float) -> String {
        guard value.isFinite else { return nonFinite(value.isNaN, value < 0) }
        return arranged("\(value)", isSubnormal: value.isSubnormal, exact: Double(value))
    }

    private static func nonFinite(_ isNaN: Bool, _ isNegative: Bool) -> String {
        isNaN ? "NaN" : isNegative ? "-Infinity" : "Infinity"
    }

    /// Puts the shortest digits, which Swift's `description` gives, into Java's arrangement.
    private static func arranged(_ shortest: String, isSubnormal: Bool, exact: Double) -> String {
        var digits: [UInt8] = []
        var pointPosition: Int?
        var exponent = 0
        var isNegative = false
        for (index, byte) in shortest.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): pointPosition = digits.count
            case 0x30...0x39: digits.append(byte)
            default: exponent = Int(String(Substring(shortest.utf8.dropFirst(index + 1)))) ?? 0
            }
            if byte | 0x20 == UInt8(ascii: "e") { break }
        }
        // The value is 0.DIGITS × 10^pointExponent once leading zeros are gone.
        var pointExponent = (pointPosition ?? digits.count) + exponent
        while digits.count > 1, digits.first == 0x30 {
            digits.removeFirst()
            pointExponent -= 1
        }
        while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
        let sign = isNegative ? "-" : ""
        if digits == [0x30] { return sign + "0.0" }
        // Java looks for the nearest of two digits where one would do, which only a subnormal can tell apart.
        if digits.count == 1, isSubnormal { (digits, pointExponent) = twoDigits(exact.magnitude, pointExponent) }
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

    /// The two significant digits nearest to a positive value.
    private static func twoDigits(_ value: Double, _ shortestPointExponent: Int) -> ([UInt8], Int) {
        let expansion = exactExpansion(value).utf8.drop { $0 == 0x30 || $0 == UInt8(ascii: ".") }
        let zeros = exactExpansion(value).utf8.drop { $0 != UInt8(ascii: ".") }.dropFirst().prefix { $0 == 0x30 }.count
        let lead = expansion.prefix(3).map { Int($0) - 0x30 } + [0, 0, 0]
        var rounded = lead[0] * 10 + lead[1] + (lead[2] >= 5 ? 1 : 0)
        var pointExponent = -zeros
        if rounded == 100 {
            rounded = 10
            pointExponent += 1
        }
        var digits = [UInt8(0x30 + rounded / 10), UInt8(0x30 + rounded % 10)]
        if digits[1] == 0x30 { digits.removeLast() }
        return (digits, pointExponent)
    }

    /// `Double.toString` where that is without an exponent, otherwise the value's exact decimal expansion, as
    /// `new BigDecimal(value).toPlainString()` gives it: how Debezium renders the doubles inside streamed JSON.
    public static func plain(_ value: Double) -> String {
        if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
        guard value.isFinite else { return nonFinite(value.isNaN, value < 0) }
        return value.magnitude >= 1e-3 && value.magnitude < 1e7 ? text(value) : exactExpansion(value)
    }

    /// All digits of the binary fraction: significand × 2^exponent, multiplied out in base 10^9.
    public static func exactExpansion(_ value: Double) -> String {
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
