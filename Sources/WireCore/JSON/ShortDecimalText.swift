/// Floating-point numbers that have few digits as decimal numbers, as most numbers that people enter.
enum ShortDecimalText {
    /// The room that `write` needs.
    static let roomBytes = 64

    /// More digits after the point are left to the general algorithm.
    private static let fractionDigitsMax = 7

    /// Writes the shortest decimal that identifies the number, with at least one digit after the point, at the address,
    /// which has room for `roomBytes` bytes. Returns the address after it; nil if the decimal has too many digits.
    ///
    /// Precondition: the magnitude is below 10^7, so that the decimal's digits form an integer below 10^15. Such a
    /// decimal is the shortest one if it is converted to the number, and one division of exact numbers converts it
    /// correctly: a double has at least 15 significant digits.
    static func write(_ value: Double, to start: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8>? {
        let magnitude = value.magnitude
        var power = 1.0
        for count in 0...fractionDigitsMax {
            let digits = (magnitude * power + 0.5)
            let integer = UInt64(digits)
            if Double(integer) / power == magnitude {
                return write(integer, count, isNegative: value.sign == .minus, to: start)
            }
            power *= 10
        }
        return nil
    }

    private static func write(
        _ digits: UInt64, _ fractionDigits: Int, isNegative: Bool, to start: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var end = start
        end.pointee = UInt8(ascii: "-")
        if isNegative { end += 1 }
        let (whole, fraction) = digits.quotientAndRemainder(dividingBy: IntegerText.power(ofTen: fractionDigits))
        end = IntegerText.write(whole, to: end)
        end.pointee = UInt8(ascii: ".")
        let count = max(1, fractionDigits)
        IntegerText.writeDigits(UInt32(truncatingIfNeeded: fraction), count, to: end + 1)
        return end + 1 + count
    }
}
