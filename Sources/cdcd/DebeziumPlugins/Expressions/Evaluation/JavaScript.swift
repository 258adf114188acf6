import ConnectData
import WireCore

/// The semantics of JavaScript: truth, conversions, equality, order.
enum JavaScript {
    /// ToBoolean
    static func isTrue(_ value: ScriptValue) -> Bool {
        switch value {
        case .undefined, .null: false
        case .boolean(let value): value
        case .double(let value): value != 0 && !value.isNaN
        case .string(let text): !text.isEmpty
        default: true
        }
    }

    static func typeName(_ value: ScriptValue) -> String {
        switch value {
        case .undefined: "undefined"
        case .boolean: "boolean"
        case .double: "number"
        case .string: "string"
        case .closure: "function"
        default: "object"
        }
    }

    // MARK: Conversions

    /// ToPrimitive. Java's objects without a primitive value have the text that `toString` gives.
    static func primitive(_ value: ScriptValue, prefersNumber: Bool = true) throws(ExpressionError) -> ScriptValue {
        switch value {
        case .undefined, .null, .boolean, .double, .string: return value
        case .list(let items): return .string(try joined(items, ","))
        case .structure, .object: return .string("[object Object]")
        case .date(let milliseconds):
            guard prefersNumber else { throw ExpressionError("The text of a date is not supported; use getTime()") }
            return .double(Double(milliseconds))
        case .pattern(.ecmaScript(let pattern)):
            return .string("/\(pattern.source)/\(pattern.isGlobal ? "g" : "")")
        case .closure: throw ExpressionError("The text of a function is not supported")
        case .map: throw ExpressionError("The text of a map is not supported")
        default: return .string(try Groovy.text(value))
        }
    }

    /// ToNumber
    static func number(_ value: ScriptValue) throws(ExpressionError) -> Double {
        switch try primitive(value) {
        case .null: return 0
        case .boolean(let value): return value ? 1 : 0
        case .double(let value): return value
        case .string(let text): return number(text)
        default: return .nan
        }
    }

    /// StringToNumber
    static func number(_ text: String) -> Double {
        let trimmed = trimmed(text)
        if trimmed.isEmpty { return 0 }
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where trimmed.lowercased().hasPrefix(prefix) {
            let digits = trimmed.dropFirst(2)
            guard !digits.isEmpty else { return .nan }
            var value = 0.0
            for character in digits {
                guard let digit = character.isASCII ? character.hexDigitValue : nil, digit < radix else { return .nan }
                value = value * Double(radix) + Double(digit)
            }
            return value
        }
        guard let length = decimalPrefix(trimmed), length == trimmed.utf8.count else { return .nan }
        return decimal(trimmed)
    }

    /// The length of the longest beginning that is a decimal literal with a sign; nil if there is none.
    static func decimalPrefix(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        var index = 0
        if index < bytes.count, bytes[index] == 0x2B || bytes[index] == 0x2D { index += 1 }
        if bytes[index...].starts(with: "Infinity".utf8) { return index + 8 }
        func digits() -> Int {
            let start = index
            while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
            return index - start
        }
        var count = digits()
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            let fraction = digits()
            count += fraction
        }
        guard count > 0 else { return nil }
        let end = index
        guard index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") else { return end }
        index += 1
        if index < bytes.count, bytes[index] == 0x2B || bytes[index] == 0x2D { index += 1 }
        return digits() > 0 ? index : end
    }

    /// The value of a text that `decimalPrefix` accepts.
    static func decimal(_ text: String) -> Double {
        var text = text.replacing("Infinity", with: "inf")
        if text.hasSuffix(".") { text += "0" }
        return Double(text) ?? Double(text.replacing(".e", with: ".0e").replacing(".E", with: ".0E")) ?? .nan
    }

    /// WhiteSpace and LineTerminator
    static func isBlank(_ unit: UInt16) -> Bool {
        switch unit {
        case 0x09...0x0D, 0x20, 0xA0, 0xFEFF, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    static func trimmed(_ text: String, start: Bool = true, end: Bool = true) -> String {
        var units = Array(text.utf16)[...]
        if start { units = units.drop(while: isBlank) }
        if end { while let last = units.last, isBlank(last) { units.removeLast() } }
        return String(utf16CodeUnits: units)
    }

    /// ToString
    static func text(_ value: ScriptValue) throws(ExpressionError) -> String {
        switch try primitive(value, prefersNumber: false) {
        case .undefined: return "undefined"
        case .null: return "null"
        case .boolean(let value): return value ? "true" : "false"
        case .double(let value): return text(value)
        case .string(let text): return text
        default: throw ExpressionError("Cannot convert object to primitive value")
        }
    }

    static func joined(_ items: [ScriptValue], _ separator: String) throws(ExpressionError) -> String {
        var text = ""
        for (index, item) in items.enumerated() {
            if index > 0 { text += separator }
            if !item.isNullish { text += try self.text(item) }
            _ = try CompiledExpression.bounded(text)
        }
        return text
    }

    /// Number::toString
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        if value == 0 { return "0" }
        // The shortest digits that identify the number, as in "1.2345e-07" or "12345.0".
        let (digits, pointExponent) = ShortestDigits.of(value.magnitude)
        let sign = value < 0 ? "-" : ""
        let count = digits.utf8.count
        switch pointExponent {
        case count...21: return sign + digits + String(repeating: "0", count: pointExponent - count)
        case 1..<max(count, 1) where pointExponent <= 21:
            return "\(sign)\(digits.prefix(pointExponent)).\(digits.dropFirst(pointExponent))"
        case -5...0: return "\(sign)0.\(String(repeating: "0", count: -pointExponent))\(digits)"
        default:
            let exponent = pointExponent - 1
            let fraction = count > 1 ? ".\(digits.dropFirst())" : ""
            return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(abs(exponent))"
        }
    }

    // MARK: Equality and order

    /// `===`
    static func areIdentical(_ left: ScriptValue, _ right: ScriptValue) -> Bool {
        switch (left, right) {
        case (.undefined, .undefined), (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.double(let a), .double(let b)): a == b
        case (.string(let a), .string(let b)): a.isExactly(b)
        case (.closure(let a), .closure(let b)): a === b
        // Objects of Java; those of a script are never compared with themselves by accident.
        case (.schemaType(let a), .schemaType(let b)): a == b
        case (.schema(let a), .schema(let b)): a === b
        default: false
        }
    }

    /// `==`
    static func areEqual(_ left: ScriptValue, _ right: ScriptValue) throws(ExpressionError) -> Bool {
        if left.isNullish || right.isNullish { return left.isNullish && right.isNullish }
        switch (isPrimitive(left), isPrimitive(right)) {
        case (false, false): return areIdentical(left, right)
        case (true, false): return try areEqual(left, primitive(right, prefersNumber: false))
        case (false, true): return try areEqual(primitive(left, prefersNumber: false), right)
        case (true, true): break
        }
        switch (left, right) {
        case (.string(let a), .string(let b)): return a.isExactly(b)
        case (.boolean(let a), .boolean(let b)): return a == b
        default: return try number(left) == number(right)
        }
    }

    static func isPrimitive(_ value: ScriptValue) -> Bool {
        switch value {
        case .undefined, .null, .boolean, .double, .string: true
        default: false
        }
    }

    private static func compare(
        _ left: ScriptValue, _ right: ScriptValue, texts: (Bool, Bool) -> Bool, numbers: (Double, Double) -> Bool
    ) throws(ExpressionError) -> Bool {
        let (a, b) = (try primitive(left), try primitive(right))
        if case .string(let x) = a, case .string(let y) = b {
            return texts(x.codeUnitsPrecede(y), x.isExactly(y))
        }
        return numbers(try number(a), try number(b))
    }

    // MARK: Operators

    static func unary(_ operation: UnaryOperator, _ value: ScriptValue) throws(ExpressionError) -> ScriptValue {
        switch operation {
        case .not: .boolean(!isTrue(value))
        case .negate: .double(-(try number(value)))
        case .plus: .double(try number(value))
        case .complement: .double(Double(~(try int32(value))))
        case .typeOf: .string(typeName(value))
        }
    }

    /// ToInt32
    static func int32(_ value: ScriptValue) throws(ExpressionError) -> Int32 { int32(try number(value)) }

    static func int32(_ number: Double) -> Int32 {
        guard number.isFinite else { return 0 }
        let rest = number.rounded(.towardZero).truncatingRemainder(dividingBy: 4_294_967_296)
        return Int32(truncatingIfNeeded: Int64(rest))
    }

    static func binary(
        _ operation: BinaryOperator, _ left: ScriptValue, _ right: ScriptValue
    ) throws(ExpressionError) -> ScriptValue {
        switch operation {
        case .equal: return .boolean(try areEqual(left, right))
        case .notEqual: return .boolean(try !areEqual(left, right))
        case .identical: return .boolean(areIdentical(left, right))
        case .notIdentical: return .boolean(!areIdentical(left, right))
        case .less: return .boolean(try compare(left, right, texts: { isLess, _ in isLess }, numbers: <))
        case .greater:
            return .boolean(try compare(left, right, texts: { isLess, isSame in !isLess && !isSame }, numbers: >))
        case .lessOrEqual:
            return .boolean(try compare(left, right, texts: { isLess, isSame in isLess || isSame }, numbers: <=))
        case .greaterOrEqual: return .boolean(try compare(left, right, texts: { isLess, _ in !isLess }, numbers: >=))
        case .add:
            // The default hint converts a date to its text, which the conversion refuses.
            let (a, b) = (try primitive(left, prefersNumber: false), try primitive(right, prefersNumber: false))
            if case .string = a { return .string(try CompiledExpression.bounded(text(a) + text(b))) }
            if case .string = b { return .string(try CompiledExpression.bounded(text(a) + text(b))) }
            return .double(try number(a) + number(b))
        case .subtract: return .double(try number(left) - number(right))
        case .multiply: return .double(try number(left) * number(right))
        case .divide: return .double(try number(left) / number(right))
        case .remainder: return .double(try number(left).truncatingRemainder(dividingBy: number(right)))
        case .power:
            let (base, exponent) = (try number(left), try number(right))
            if base.magnitude == 1, exponent.isInfinite || exponent.isNaN { return .double(.nan) }
            return .double(exponent.isNaN ? .nan : ScriptMath.power(base, exponent))
        case .bitAnd: return .double(Double(try int32(left) & int32(right)))
        case .bitOr: return .double(Double(try int32(left) | int32(right)))
        case .bitXor: return .double(Double(try int32(left) ^ int32(right)))
        case .shiftLeft: return .double(Double(try int32(left) &<< int32(right)))
        case .shiftRight: return .double(Double(try int32(left) &>> int32(right)))
        case .shiftRightUnsigned:
            return .double(Double(UInt32(bitPattern: try int32(left)) &>> UInt32(bitPattern: try int32(right))))
        case .contained: return .boolean(try hasMember(left, in: right))
        case .compare, .find, .match, .notContained:
            throw ExpressionError("The operator '\(operation.rawValue)' does not exist in JavaScript")
        }
    }

    /// `in`
    private static func hasMember(_ name: ScriptValue, in object: ScriptValue) throws(ExpressionError) -> Bool {
        switch object {
        case .structure(let value): return try value.schema.index(of: text(name)) != nil
        case .object(let map): return try map[text(name)] != nil
        case .list(let items):
            let name = try text(name)
            return name == "length" || Int(name).map { items.indices.contains($0) && String($0) == name } ?? false
        case .undefined, .null, .boolean, .double, .string:
            throw ExpressionError("Cannot use 'in' operator to search for '\(try text(name))' in \(try text(object))")
        default: throw ExpressionError("'in' is not supported for \(Groovy.className(object))")
        }
    }
}
