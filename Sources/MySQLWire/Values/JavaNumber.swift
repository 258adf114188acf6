import WireCore

/// Numbers as Java writes them, because that is what Debezium's users have in their topics.
public enum JavaNumber {
    /// `Double.toString` where that is without an exponent, otherwise the value's exact decimal expansion, as
    /// `new BigDecimal(value).toPlainString()` gives it: how Debezium renders the doubles inside streamed JSON.
    public static func plain(_ value: Double) -> String {
        if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity" }
        if value.magnitude >= 1e-3, value.magnitude < 1e7 { return shortPlain(value) }
        return exactExpansion(value)
    }

    /// The shortest digits that give the same double, without an exponent and with at least one digit behind the point.
    private static func shortPlain(_ value: Double) -> String {
        // Swift writes numbers of this range without an exponent.
        let text = "\(value)"
        return text.contains(".") ? text : text + ".0"
    }

    /// All digits of the binary fraction: significand × 2^exponent, multiplied out in base 10^9.
    static func exactExpansion(_ value: Double) -> String {
        let sign = value < 0 ? "-" : ""
        var significand = value.magnitude.significandBitPattern
        var exponent = Int(value.exponentBitPattern) - 1075
        if value.isNormal { significand |= 1 << 52 } else { exponent += 1 }
        let zeros = significand.trailingZeroBitCount
        significand >>= UInt64(zeros)
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
        if text.count <= places { text = String(repeating: "0", count: places - text.count + 1) + text }
        let point = text.index(text.endIndex, offsetBy: -places)
        return "\(sign)\(text[..<point]).\(text[point...])"
    }
}

/// A natural number of any size in base 10^9, least significant group first.
struct DecimalDigits: CustomStringConvertible {
    private var groups: [UInt32]
    private static let base: UInt64 = 1_000_000_000

    init(_ value: UInt64) {
        groups = []
        var rest = value
        repeat {
            groups.append(UInt32(rest % Self.base))
            rest /= Self.base
        } while rest > 0
    }

    mutating func multiply(by factor: UInt32) { multiply(by: factor, adding: 0) }

    mutating func multiply(by factor: UInt32, adding summand: UInt32) {
        var carry = UInt64(summand)
        for index in groups.indices {
            let product = UInt64(groups[index]) * UInt64(factor) + carry
            groups[index] = UInt32(product % Self.base)
            carry = product / Self.base
        }
        if carry > 0 { groups.append(UInt32(carry)) }
    }

    var description: String {
        var text = String(groups.last ?? 0)
        for group in groups.dropLast().reversed() {
            let digits = String(group)
            text += String(repeating: "0", count: 9 - digits.count) + digits
        }
        return text
    }
}
