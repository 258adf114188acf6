/// Decimal numbers as text.
package enum DecimalText {
    /// The number without an exponent, as the server prints a DECIMAL.
    ///
    /// - Parameters:
    ///   - digits: values 0 to 9, the highest first.
    ///   - scale: the number of digits after the decimal point.
    package static func plain(isNegative: Bool, digits: [UInt8], scale: Int) -> String {
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
}
