/// Numbers as texts: the smallest integer type that holds them, otherwise a float, otherwise a `Decimal`.
enum NumberLiteral {
    /// The maximum length of a number; longer ones are strings.
    private static let digitCountMax = 1000

    static func parse(_ text: String) -> SchemaAndValue? {
        guard let number = DecimalText(text), number.digits.count <= digitCountMax else { return nil }
        if let integer = number.wholeNumber {
            let type: SchemaType = if Int8(exactly: integer) != nil { .int8 } else if Int16(exactly: integer) != nil {
                .int16
            } else if Int32(exactly: integer) != nil { .int32 } else { .int64 }
            return SchemaAndValue(Schema(type), .integer(integer))
        }
        let plain = (number.isNegative ? "-" : "") + String(decoding: number.digits, as: UTF8.self) + "e\(-number.scale)"
        if number.scale != 0, let float = Float(plain), !float.isInfinite {
            return SchemaAndValue(Schema(.float32), .float32(float))
        }
        if number.scale != 0, let double = Double(plain), !double.isInfinite {
            return SchemaAndValue(Schema(.float64), .float64(double))
        }
        let schema = Schema(
            .bytes, name: LogicalType.decimal.rawValue, version: 1, parameters: [.init("scale", "\(number.scale)")])
        return SchemaAndValue(
            schema, .bytes(UnscaledDecimal.bytes(digits: number.digits, isNegative: number.isNegative)))
    }
}

/// A decimal number in the grammar of Java's `BigDecimal`, with its scale as written.
package struct DecimalText {
    package let isNegative: Bool
    /// ASCII digits, most significant first, without leading zeros; "0" for zero.
    package let digits: [UInt8]
    package let scale: Int

    package init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        var exponent = 0
        if let place = rest.firstIndex(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) {
            var power = rest[(place + 1)...]
            if power.first == UInt8(ascii: "+") { power.removeFirst() }
            guard power.first != UInt8(ascii: "+"), let number = Int32(String(decoding: power, as: UTF8.self)) else {
                return nil
            }
            exponent = Int(number)
            rest = rest[..<place]
        }
        let point = rest.firstIndex(of: UInt8(ascii: "."))
        let whole = rest[..<(point ?? rest.endIndex)]
        let fraction = point.map { rest[($0 + 1)...] } ?? []
        let all = whole + fraction
        guard !all.isEmpty, all.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        scale = fraction.count - exponent
        guard Int32(exactly: scale) != nil else { return nil }
        let significant = all.drop { $0 == UInt8(ascii: "0") }
        digits = significant.isEmpty ? [UInt8(ascii: "0")] : Array(significant)
        self.isNegative = isNegative && !significant.isEmpty
    }

    /// The number if it has no fraction and fits into 64 bits.
    var wholeNumber: Int64? {
        if digits == [UInt8(ascii: "0")] { return 0 }
        var kept = digits
        if scale > 0 {
            guard kept.count > scale, kept.suffix(scale).allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
            kept.removeLast(scale)
        } else if scale < 0 {
            guard kept.count - scale <= 19 else { return nil }
            kept += Array(repeating: UInt8(ascii: "0"), count: -scale)
        }
        return Int64((isNegative ? "-" : "") + String(decoding: kept, as: UTF8.self))
    }
}

extension DecimalText {
    /// `BigDecimal.longValue`: the lowest 64 bits of the number without its fraction.
    package var truncatedInteger: Int64 {
        var value: UInt64 = 0
        for digit in digits.dropLast(max(0, scale)) {
            value = value &* 10 &+ UInt64(digit - UInt8(ascii: "0"))
        }
        // 10 to the power of 64 is a multiple of 2 to the power of 64.
        for _ in 0..<min(64, max(0, -scale)) { value = value &* 10 }
        return Int64(bitPattern: isNegative ? 0 &- value : value)
    }

    /// `BigDecimal.doubleValue`.
    package var double: Double { Double(text) ?? 0 }

    /// `BigDecimal.floatValue`.
    package var float: Float { Float(text) ?? 0 }

    private var text: String { (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self) + "e\(-scale)" }
}

extension DecimalText {
    /// The maximum number of zeros that are appended to a number.
    private static let addedZerosMax = 1000

    /// The unscaled value in another scale; nil if digits would be lost.
    package func unscaled(scale wanted: Int) -> [UInt8]? {
        let zero = UInt8(ascii: "0")
        if digits == [zero] { return [0] }
        var digits = digits
        if wanted < scale {
            let excess = scale - wanted
            guard digits.count > excess, digits.suffix(excess).allSatisfy({ $0 == zero }) else { return nil }
            digits.removeLast(excess)
        } else {
            guard wanted - scale <= Self.addedZerosMax else { return nil }
            digits += Array(repeating: zero, count: wanted - scale)
        }
        return UnscaledDecimal.bytes(digits: digits, isNegative: isNegative)
    }
}
