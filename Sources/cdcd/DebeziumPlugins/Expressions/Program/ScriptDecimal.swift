import ConnectData

/// A number of arbitrary precision as `java.math.BigDecimal`: an integer, and the number of its digits after the point.
///
/// The number of digits is bounded by `ExpressionLimits.digits`.
struct ScriptDecimal: Sendable {
    private(set) var isNegative: Bool
    /// Base 10⁹, least significant first, without leading zeros; empty is zero.
    private var limbs: [UInt32]
    let scale: Int

    private static let base: UInt64 = 1_000_000_000

    private init(isNegative: Bool, limbs: [UInt32], scale: Int) {
        self.limbs = limbs
        while self.limbs.last == 0 { self.limbs.removeLast() }
        self.isNegative = isNegative && !self.limbs.isEmpty
        self.scale = scale
    }

    init(_ value: Int64) {
        var limbs: [UInt32] = []
        var rest = value.magnitude
        while rest > 0 {
            limbs.append(UInt32(rest % Self.base))
            rest /= Self.base
        }
        self.init(isNegative: value < 0, limbs: limbs, scale: 0)
    }

    /// Text as the constructor of BigDecimal accepts it: sign, digits with a point, exponent. Nil for other text.
    init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
        var digits: [UInt8] = []
        var scale = 0
        var hasPoint = false
        while let byte = bytes.first, byte != UInt8(ascii: "e"), byte != UInt8(ascii: "E") {
            bytes.removeFirst()
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
                continue
            }
            guard (0x30...0x39).contains(byte), digits.count < ExpressionLimits.digits else { return nil }
            digits.append(byte - 0x30)
            if hasPoint { scale += 1 }
        }
        guard !digits.isEmpty else { return nil }
        if !bytes.isEmpty {
            bytes.removeFirst()
            guard let exponent = Int32(String(decoding: bytes, as: UTF8.self)), exponent > Int32.min else { return nil }
            scale -= Int(exponent)
        }
        self.init(isNegative: isNegative, limbs: Self.limbs(digits), scale: scale)
    }

    /// Connect's encoding of a Decimal.
    init(unscaled: [UInt8], scale: Int) {
        let text = UnscaledDecimal.javaText(unscaled, scale: 0)
        let digits = text.utf8.compactMap { $0 == UInt8(ascii: "-") ? nil : $0 - 0x30 }
        self.init(isNegative: text.hasPrefix("-"), limbs: Self.limbs(digits), scale: scale)
    }

    private static func limbs(_ digits: [UInt8]) -> [UInt32] {
        stride(from: digits.count, to: 0, by: -9).map { end in
            digits[max(0, end - 9)..<end].reduce(0) { $0 * 10 + UInt32($1) }
        }
    }

    // MARK: Properties

    var isZero: Bool { limbs.isEmpty }
    var signum: Int { isZero ? 0 : isNegative ? -1 : 1 }

    /// The digits of the integer, most significant first, in ASCII.
    private var digits: [UInt8] {
        guard let highest = limbs.last else { return [0x30] }
        var digits = Array(String(highest).utf8)
        for limb in limbs.dropLast().reversed() {
            let part = Array(String(limb).utf8)
            digits += Array(repeating: 0x30, count: 9 - part.count) + part
        }
        return digits
    }

    /// The number of digits of the integer (`BigDecimal.precision`).
    var precision: Int { limbs.last.map { (limbs.count - 1) * 9 + String($0).utf8.count } ?? 1 }

    /// `BigDecimal.toString`.
    var description: String {
        UnscaledDecimal.javaText(UnscaledDecimal.bytes(digits: digits, isNegative: isNegative), scale: scale)
    }

    /// `BigDecimal.toPlainString`. Nil if it has too many digits.
    var plainText: String? {
        guard scale > -ExpressionLimits.digits, scale < ExpressionLimits.digits else { return nil }
        return UnscaledDecimal.plainText(
            UnscaledDecimal.bytes(digits: digits, isNegative: isNegative), scale: scale)
    }

    var doubleValue: Double {
        Double("\(isNegative ? "-" : "")\(String(decoding: digits, as: UTF8.self))e\(-scale)") ?? 0
    }

    /// The integral part as `BigDecimal.longValue` gives it: its lowest 64 bits.
    var longValue: Int64 {
        guard scale > -64 * 4, let integer = try? rescaled(to: 0, rounding: .down) else { return 0 }
        var value: UInt64 = 0
        for limb in integer.limbs.reversed() { value = value &* Self.base &+ UInt64(limb) }
        return Int64(bitPattern: isNegative ? 0 &- value : value)
    }

    /// The value if it is an integer that fits.
    var exactInteger: Int64? {
        guard scale == 0 else { return nil }
        return Int64(String(decoding: (isNegative ? [0x2D] : []) + digits, as: UTF8.self))
    }

    // MARK: Arithmetic

    enum Rounding { case down, halfUp, exact }

    static prefix func - (value: ScriptDecimal) -> ScriptDecimal {
        ScriptDecimal(isNegative: !value.isNegative, limbs: value.limbs, scale: value.scale)
    }

    var magnitude: ScriptDecimal { ScriptDecimal(isNegative: false, limbs: limbs, scale: scale) }

    func adding(_ other: ScriptDecimal) throws(ExpressionError) -> ScriptDecimal {
        let common = max(scale, other.scale)
        let (a, b) = (try rescaled(to: common, rounding: .exact), try other.rescaled(to: common, rounding: .exact))
        if a.isNegative == b.isNegative {
            return ScriptDecimal(isNegative: a.isNegative, limbs: Self.sum(a.limbs, b.limbs), scale: common)
        }
        return Self.isLess(a.limbs, b.limbs)
            ? ScriptDecimal(isNegative: b.isNegative, limbs: Self.difference(b.limbs, a.limbs), scale: common)
            : ScriptDecimal(isNegative: a.isNegative, limbs: Self.difference(a.limbs, b.limbs), scale: common)
    }

    func multiplied(by other: ScriptDecimal) throws(ExpressionError) -> ScriptDecimal {
        guard precision + other.precision <= ExpressionLimits.digits else { throw Self.tooLong }
        var product = [UInt32](repeating: 0, count: limbs.count + other.limbs.count)
        for (index, limb) in limbs.enumerated() {
            var carry: UInt64 = 0
            for (offset, factor) in other.limbs.enumerated() {
                let sum = UInt64(limb) * UInt64(factor) + UInt64(product[index + offset]) + carry
                product[index + offset] = UInt32(sum % Self.base)
                carry = sum / Self.base
            }
            product[index + other.limbs.count] = UInt32(carry)
        }
        return ScriptDecimal(
            isNegative: isNegative != other.isNegative, limbs: product, scale: try Self.checked(scale + other.scale))
    }

    /// Groovy's division: exact if the quotient is finite, otherwise with 10 digits more than the operands.
    func divided(by other: ScriptDecimal) throws(ExpressionError) -> ScriptDecimal {
        guard !other.isZero else { throw ExpressionError("Division by zero") }
        let preferred = scale - other.scale
        guard !isZero else { return ScriptDecimal(isNegative: false, limbs: [], scale: preferred) }
        let extra = (other.precision * 10 + 2) / 3
        let (exact, rest) = try Self.divided(try shifted(extra), other)
        if rest.isEmpty {
            return try ScriptDecimal(
                isNegative: isNegative != other.isNegative, limbs: exact, scale: try Self.checked(preferred + extra)
            ).stripped(to: preferred)
        }
        // MathContext(precision), rounding half up.
        let wanted = max(precision, other.precision) + 10
        let shift = max(0, wanted + other.precision - precision + 1)
        let (digits, remainder) = try Self.divided(try shifted(shift), other)
        // A digit beyond the quotient's stands for the remainder, so that half way is recognized.
        var quotient = ScriptDecimal(
            isNegative: isNegative != other.isNegative, limbs: digits, scale: try Self.checked(preferred + shift))
        if !remainder.isEmpty {
            let longer = try quotient.shifted(1)
            quotient = ScriptDecimal(
                isNegative: quotient.isNegative, limbs: Self.sum(longer.limbs, [1]), scale: quotient.scale + 1)
        }
        let rounded = try quotient.rescaled(
            to: quotient.scale - (quotient.precision - wanted), rounding: .halfUp)
        let limit = max(scale, other.scale, 10)
        return rounded.scale > limit ? try rounded.rescaled(to: limit, rounding: .halfUp) : rounded
    }

    /// The integral quotient and the remainder of integers (`BigInteger.divideAndRemainder`).
    func dividedAsInteger(
        by other: ScriptDecimal
    ) throws(ExpressionError) -> (quotient: ScriptDecimal, remainder: ScriptDecimal) {
        guard !other.isZero else { throw ExpressionError("BigInteger divide by zero") }
        let (quotient, remainder) = try Self.divided(self, other)
        return (
            ScriptDecimal(isNegative: isNegative != other.isNegative, limbs: quotient, scale: 0),
            ScriptDecimal(isNegative: isNegative, limbs: remainder, scale: 0)
        )
    }

    /// The same number with another scale, or rounded to it.
    func rescaled(to wanted: Int, rounding: Rounding) throws(ExpressionError) -> ScriptDecimal {
        if wanted == scale { return self }
        if isZero { return ScriptDecimal(isNegative: false, limbs: [], scale: wanted) }
        if wanted > scale {
            let shifted = try shifted(wanted - scale)
            return ScriptDecimal(isNegative: isNegative, limbs: shifted.limbs, scale: wanted)
        }
        let drop = scale - wanted
        guard drop <= precision else { return ScriptDecimal(isNegative: false, limbs: [], scale: wanted) }
        let ascii = digits
        let kept = ascii.dropLast(drop).map { $0 - 0x30 }
        var limbs = Self.limbs(kept)
        if rounding == .halfUp, ascii[ascii.count - drop] >= 0x35 { limbs = Self.sum(limbs, [1]) }
        return ScriptDecimal(isNegative: isNegative, limbs: limbs, scale: wanted)
    }

    private func stripped(to preferred: Int) throws(ExpressionError) -> ScriptDecimal {
        let zeros = digits.reversed().prefix { $0 == 0x30 }.count
        let drop = min(zeros, scale - preferred)
        return drop > 0 ? try rescaled(to: scale - drop, rounding: .down) : self
    }

    /// The integer multiplied by a power of ten; the scale stays.
    private func shifted(_ count: Int) throws(ExpressionError) -> ScriptDecimal {
        guard count >= 0, precision + count <= ExpressionLimits.digits * 2 else { throw Self.tooLong }
        let values = digits.map { $0 - 0x30 } + Array(repeating: 0, count: count)
        return ScriptDecimal(isNegative: isNegative, limbs: Self.limbs(values), scale: scale)
    }

    private static let tooLong = ExpressionError("A number has more than \(ExpressionLimits.digits) digits")

    private static func checked(_ scale: Int) throws(ExpressionError) -> Int {
        guard Int(Int32.min)...Int(Int32.max) ~= scale else { throw tooLong }
        return scale
    }

    // MARK: Comparison

    /// Negative, zero or positive, as `BigDecimal.compareTo`: regardless of the scale.
    func compare(_ other: ScriptDecimal) -> Int {
        if signum != other.signum { return signum < other.signum ? -1 : 1 }
        if isZero { return 0 }
        let sign = isNegative ? -1 : 1
        // The position of the highest digit decides unless it is the same.
        let (a, b) = (precision - scale, other.precision - other.scale)
        if a != b { return a < b ? -sign : sign }
        let (left, right) = (digits, other.digits)
        for index in 0..<max(left.count, right.count) {
            let (x, y) = (index < left.count ? left[index] : 0x30, index < right.count ? right[index] : 0x30)
            if x != y { return x < y ? -sign : sign }
        }
        return 0
    }

    // MARK: Limbs

    private static func sum(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var carry: UInt64 = 0
        for index in 0..<max(a.count, b.count) {
            let sum = UInt64(index < a.count ? a[index] : 0) + UInt64(index < b.count ? b[index] : 0) + carry
            result.append(UInt32(sum % base))
            carry = sum / base
        }
        if carry > 0 { result.append(UInt32(carry)) }
        return result
    }

    /// Precondition: `a` is not less than `b`.
    private static func difference(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var borrow: Int64 = 0
        for index in a.indices {
            var value = Int64(a[index]) - (index < b.count ? Int64(b[index]) : 0) - borrow
            borrow = value < 0 ? 1 : 0
            if value < 0 { value += Int64(base) }
            result.append(UInt32(value))
        }
        while result.last == 0 { result.removeLast() }
        return result
    }

    private static func isLess(_ a: [UInt32], _ b: [UInt32]) -> Bool {
        if a.count != b.count { return a.count < b.count }
        for index in a.indices.reversed() where a[index] != b[index] { return a[index] < b[index] }
        return false
    }

    /// Divides the magnitudes of the integers, digit by digit unless the divisor is small.
    private static func divided(
        _ dividend: ScriptDecimal, _ divisor: ScriptDecimal
    ) throws(ExpressionError) -> (quotient: [UInt32], remainder: [UInt32]) {
        if divisor.limbs.count == 1 {
            let divisor = UInt64(divisor.limbs[0])
            var quotient = dividend.limbs
            var rest: UInt64 = 0
            for index in quotient.indices.reversed() {
                let value = rest * base + UInt64(quotient[index])
                quotient[index] = UInt32(value / divisor)
                rest = value % divisor
            }
            return (quotient, rest == 0 ? [] : [UInt32(rest)])
        }
        var quotient: [UInt8] = []
        var rest: [UInt32] = []
        for digit in dividend.digits {
            // rest × 10 + digit
            var carry = UInt64(digit - 0x30)
            for index in rest.indices {
                let value = UInt64(rest[index]) * 10 + carry
                rest[index] = UInt32(value % base)
                carry = value / base
            }
            if carry > 0 { rest.append(UInt32(carry)) }
            var count: UInt8 = 0
            while !isLess(rest, divisor.limbs) {
                rest = difference(rest, divisor.limbs)
                count += 1
            }
            quotient.append(count)
        }
        return (limbs(quotient), rest)
    }
}
