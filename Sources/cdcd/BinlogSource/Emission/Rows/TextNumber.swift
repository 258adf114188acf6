/// Floating-point numbers from the server's text.
///
/// Most have so few digits that mantissa and power of ten are exact; one division or multiplication of exact operands
/// rounds once, which gives the nearest number. All others are parsed by the standard library.
enum TextNumber {
    static func double(_ text: UnsafeRawBufferPointer) -> Double? {
        // 2^53, and 10^22 = 2^22 * 5^22 with 5^22 < 2^53.
        if let short = ShortDecimal(text, mantissaMax: 1 << 53), short.scale < doublePowers.count {
            let number = Double(short.mantissa) / doublePowers[short.scale]
            return short.isNegative ? -number : number
        }
        return Double(JavaUTF8.decode(text))
    }

    static func float(_ text: UnsafeRawBufferPointer) -> Float? {
        // 2^24, and 10^10 = 2^10 * 5^10 with 5^10 < 2^24.
        if let short = ShortDecimal(text, mantissaMax: 1 << 24), short.scale < floatPowers.count {
            let number = Float(short.mantissa) / floatPowers[short.scale]
            return short.isNegative ? -number : number
        }
        return Float(JavaUTF8.decode(text))
    }

    /// The digits of a DECIMAL as an integer. Returns nil unless it has exactly `scale` digits after the point, and at
    /// most 18 digits in all.
    static func unscaled(_ text: UnsafeRawBufferPointer, scale: Int) -> Int64? {
        guard let short = ShortDecimal(text, mantissaMax: 999_999_999_999_999_999), short.scale == scale else {
            return nil
        }
        return short.isNegative ? -Int64(short.mantissa) : Int64(short.mantissa)
    }

    private static let doublePowers: ContiguousArray<Double> = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
    private static let floatPowers: ContiguousArray<Float> = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]

    /// `[-]digits[.digits]` whose digits form a small integer.
    private struct ShortDecimal {
        var mantissa: UInt64 = 0
        /// Digits after the point.
        var scale = 0
        var isNegative = false

        /// Returns nil if the text has another form or more digits.
        init?(_ text: UnsafeRawBufferPointer, mantissaMax: UInt64) {
            var index = 0
            if text.first == UInt8(ascii: "-") {
                isNegative = true
                index = 1
            }
            let firstDigit = index
            var pointIndex: Int?
            while index < text.count {
                let byte = text[index]
                if byte == UInt8(ascii: "."), pointIndex == nil, index > firstDigit {
                    pointIndex = index
                } else {
                    guard byte >= 0x30, byte <= 0x39 else { return nil }
                    mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
                    guard mantissa <= mantissaMax else { return nil }
                }
                index += 1
            }
            guard index > firstDigit else { return nil }
            if let pointIndex { scale = text.count - pointIndex - 1 }
            if scale == 0, pointIndex != nil { return nil }
        }
    }
}
