/// A number as `NumberFormat.getIntegerInstance` of Java reads it in the locale `en` without grouping: digits of any
/// script, an exponent, `NaN` and `∞`. Its value is that of `Number.intValue()`.
package struct JavaIntegerText {
    let value: Int32
    /// The index after the number.
    let end: Int

    /// Reads the number with which the units begin; nil if they begin with no number.
    init?(_ units: ArraySlice<UInt16>) {
        if units.starts(with: "NaN".utf16) {
            (value, end) = (0, units.startIndex + 3)
            return
        }
        var index = units.startIndex
        let isNegative = units.first == Self.minus
        if isNegative { index += 1 }
        if index < units.endIndex, units[index] == 0x221E {
            (value, end) = (isNegative ? .min : .max, index + 1)
            return
        }
        let first = index
        let digits = Self.digits(units, &index)
        guard index > first else { return nil }
        var significant = Array(digits.drop { $0 == 0 })
        var pointPlace = Int32(clamping: significant.count)
        if let exponent = Self.exponent(units, &index) { pointPlace &+= exponent }
        end = index
        while significant.last == 0 { significant.removeLast() }
        value = Self.intValue(significant, pointPlace, isNegative)
    }

    private static let minus = UInt16(UInt8(ascii: "-"))

    /// Java's `Character.digit` for digits.
    static func digit(_ unit: UInt16) -> UInt8? {
        if unit < 0x80 { return (0x30...0x39).contains(unit) ? UInt8(unit) - 0x30 : nil }
        guard let scalar = Unicode.Scalar(unit), scalar.properties.numericType == .decimal else { return nil }
        return scalar.properties.numericValue.flatMap { UInt8(exactly: $0) }
    }

    /// The text with ASCII's digits in place of those of all scripts: `Integer.parseInt` reads them alike.
    package static func asciiDigits(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        return String(decoding: text.utf16.map { digit($0).map { 0x30 + UInt16($0) } ?? $0 }, as: UTF16.self)
    }

    private static func digits(_ units: ArraySlice<UInt16>, _ index: inout Int) -> [UInt8] {
        var digits: [UInt8] = []
        while index < units.endIndex, let digit = digit(units[index]) {
            digits.append(digit)
            index += 1
        }
        return digits
    }

    /// An exponent without digits does not belong to the number, and neither does one that exceeds 64 bits.
    private static func exponent(_ units: ArraySlice<UInt16>, _ index: inout Int) -> Int32? {
        guard index < units.endIndex, units[index] == UInt16(UInt8(ascii: "E")) else { return nil }
        var next = index + 1
        let isNegative = next < units.endIndex && units[next] == minus
        if isNegative { next += 1 }
        let first = next
        let digits = digits(units, &next)
        guard next > first else { return nil }
        let text = String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self)
        guard let number = Int64((isNegative ? "-" : "") + text) else { return nil }
        index = next
        return Int32(truncatingIfNeeded: number)
    }

    /// `0.digits` times ten to the power of `pointPlace`.
    private static func intValue(_ digits: [UInt8], _ pointPlace: Int32, _ isNegative: Bool) -> Int32 {
        if digits.isEmpty { return 0 }
        let text = (isNegative ? "-" : "") + String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self)
        if pointPlace >= digits.count, pointPlace <= 19,
            let whole = Int64(text + String(repeating: "0", count: Int(pointPlace) - digits.count))
        {
            return Int32(truncatingIfNeeded: whole)
        }
        // A double otherwise, which is limited to the range instead.
        let exponent = Int64(pointPlace) - Int64(digits.count)
        let number = Double("\(text)e\(exponent)") ?? 0
        return number >= 2_147_483_647 ? .max : number <= -2_147_483_648 ? .min : Int32(number)
    }
}
