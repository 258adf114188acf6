/// The decimal digits that Java up to 18 prints of a floating-point number.
///
/// They are not always the shortest digits that identify the number, as Java 19 and later print: integers below 2^63
/// keep all digits that the number's precision carries, the interval of decimals that round to the number is taken as
/// symmetric, and before an exponent there are at least two digits. The digits are generated one by one (the method of
/// Steele and White) until the remainder is smaller than half the distance to the next number.
struct JavaDigits: Equatable {
    /// Values 0 to 9. The number is 0.DIGITS × 10^pointExponent.
    var digits: [UInt8]
    var pointExponent: Int

    /// - Parameters:
    ///   - significand: 1 to 2^53 - 1.
    ///   - exponent: the number is `significand` × 2^`exponent`.
    ///   - precisionBits: the number of significand bits of numbers of this magnitude.
    init(significand: UInt64, exponent: Int, precisionBits: Int) {
        let zeros = significand.trailingZeroBitCount
        let odd = significand >> UInt64(zeros)
        let bits = 64 - odd.leadingZeroBitCount
        // Of the number's highest bit.
        let binaryExponent = exponent + zeros + bits - 1
        let fractionBits = max(0, bits - binaryExponent - 1)
        if fractionBits == 0, binaryExponent <= 62 {
            self.init(integer: odd << UInt64(binaryExponent - bits + 1), precisionBits, binaryExponent)
        } else {
            let scale = Scale(odd, bits, binaryExponent, fractionBits: fractionBits, precisionBits: precisionBits)
            self.init(scale)
        }
    }

    // MARK: Integers

    private init(integer: UInt64, _ precisionBits: Int, _ binaryExponent: Int) {
        let looseBits = binaryExponent - precisionBits - 1
        // Digits below the number's precision are rounded away: as many as 2^looseBits has after its first.
        let looseDigits = looseBits > 1 ? looseBits * 30_103 / 100_000 : 0
        var value = integer
        if looseDigits > 0 {
            let unit = (0..<looseDigits).reduce(UInt64(1)) { unit, _ in unit * 10 }
            value = integer / unit + (integer % unit >= unit / 2 ? 1 : 0)
        }
        digits = String(value).utf8.map { $0 - 0x30 }
        pointExponent = digits.count + looseDigits
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
    }

    // MARK: Other numbers

    /// The number as B / S × 10^e with S ≤ B < 10 S, and M, half the distance to the next number, in the same scale:
    /// powers of two and of five in each of the three.
    private struct Scale {
        let odd: UInt64
        let exponent: Int
        var b2: Int
        var s2: Int
        var m2: Int
        let b5: Int
        let s5: Int

        init(_ odd: UInt64, _ bits: Int, _ binaryExponent: Int, fractionBits: Int, precisionBits: Int) {
            self.odd = odd
            // The tangent of the logarithm at 1.5: never too small, and at most one too large.
            let mantissa = Double(odd) / Double(UInt64(1) << UInt64(bits - 1))
            let logarithm = (mantissa - 1.5) * 0.289529654 + 0.176091259 + Double(binaryExponent) * 0.301029995663981
            exponent = Int(logarithm.rounded(.down))
            b5 = max(0, -exponent)
            s5 = max(0, exponent)
            b2 = b5 + fractionBits + binaryExponent
            s2 = s5 + fractionBits
            m2 = b2 - precisionBits
            b2 -= bits - 1
            let common = min(b2, s2)
            b2 -= common
            s2 -= common
            m2 -= common
            // The next number below a power of two is only half as far away.
            if bits == 1 { m2 -= 1 }
            if m2 < 0 {
                b2 -= m2
                s2 -= m2
                m2 = 0
            }
        }

        /// The approximate number of bits of B and 10 S.
        var bits: Int {
            let b = 64 - odd.leadingZeroBitCount + b2 + Self.bitsOfPowerOfFive(b5)
            return max(b, s2 + 1 + Self.bitsOfPowerOfFive(s5 + 1))
        }

        private static func bitsOfPowerOfFive(_ power: Int) -> Int {
            guard power < 27 else { return power * 3 }
            return power == 0 ? 0 : 64 - (0..<power).reduce(UInt64(1)) { value, _ in value * 5 }.leadingZeroBitCount
        }
    }

    private init(_ scale: Scale) {
        switch scale.bits {
        case ..<32: self.init(FixedRemainder<Int32>(scale), scale.exponent)
        case ..<64: self.init(FixedRemainder<Int64>(scale), scale.exponent)
        default: self.init(LargeRemainder(scale), scale.exponent)
        }
    }

    private init(_ start: consuming some DigitRemainder, _ estimatedExponent: Int) {
        var remainder = start
        var exponent = estimatedExponent
        digits = []
        digits.reserveCapacity(18)
        let first = remainder.nextDigit()
        var (isLow, isHigh) = (remainder.isLow, remainder.isHigh)
        if first == 0, !isHigh { exponent -= 1 } else { digits.append(first) }
        if exponent < -3 || exponent >= 8 { (isLow, isHigh) = (false, false) }
        while !isLow, !isHigh {
            digits.append(remainder.nextDigit())
            (isLow, isHigh) = (remainder.isLow, remainder.isHigh)
        }
        pointExponent = exponent + 1
        guard isHigh else { return }
        let rest = isLow ? remainder.comparedToHalf : 1
        if rest > 0 || (rest == 0 && digits.last.map { $0 & 1 == 1 } ?? false) { roundUp() }
    }

    private mutating func roundUp() {
        var index = digits.count - 1
        while index > 0, digits[index] == 9 {
            digits[index] = 0
            index -= 1
        }
        if digits[index] == 9 {
            digits[index] = 1
            pointExponent += 1
        } else {
            digits[index] += 1
        }
    }

    // MARK: What is left of a number while its digits are taken off

    /// Numbers of unlimited and of fixed size; the fixed ones overflow as Java's do.
    private protocol DigitRemainder {
        /// Removes the next digit and scales the remainder and M by ten.
        mutating func nextDigit() -> UInt8
        /// Whether the remainder is below M: the digits so far identify the number.
        var isLow: Bool { get }
        /// Whether the remainder is within M of the next digit: the digits so far identify the number when rounded up.
        var isHigh: Bool { get }
        /// -1, 0, 1: the remainder is below, at or above half a digit.
        var comparedToHalf: Int { get }
    }

    private struct FixedRemainder<Number: FixedWidthInteger & SignedInteger>: DigitRemainder {
        private var b: Number
        private let s: Number
        private var m: Number
        private let tens: Number

        init(_ scale: Scale) {
            func power(_ fives: Int, _ twos: Int) -> Number {
                (0..<fives).reduce(1 as Number) { value, _ in value &* 5 } << Number(twos)
            }
            b = Number(truncatingIfNeeded: scale.odd) &* power(scale.b5, scale.b2)
            s = power(scale.s5, scale.s2)
            m = power(scale.b5, scale.m2)
            tens = s &* 10
        }

        mutating func nextDigit() -> UInt8 {
            let (digit, rest) = b.quotientAndRemainder(dividingBy: s)
            b = rest &* 10
            m = m &* 10
            return UInt8(truncatingIfNeeded: digit)
        }

        var isLow: Bool { m <= 0 || b < m }
        var isHigh: Bool { m <= 0 || b &+ m > tens }
        var comparedToHalf: Int { Int(((b << 1) &- tens).signum()) }
    }

    private struct LargeRemainder: DigitRemainder {
        private var b: Natural
        private let s: Natural
        private var m: Natural
        private let tens: Natural

        init(_ scale: Scale) {
            b = Natural(scale.odd, fives: scale.b5, twos: scale.b2)
            s = Natural(1, fives: scale.s5, twos: scale.s2)
            m = Natural(1, fives: scale.b5, twos: scale.m2)
            tens = Natural(1, fives: scale.s5 + 1, twos: scale.s2 + 1)
        }

        mutating func nextDigit() -> UInt8 {
            var digit: UInt8 = 0
            while !(b < s) {
                b.subtract(s)
                digit += 1
            }
            b.multiply(by: 10)
            m.multiply(by: 10)
            return digit
        }

        var isLow: Bool { b < m }
        var isHigh: Bool {
            var sum = b
            sum.add(m)
            return !(sum < tens)
        }
        var comparedToHalf: Int {
            var double = b
            double.multiply(by: 2)
            return double < tens ? -1 : tens < double ? 1 : 0
        }
    }
}
