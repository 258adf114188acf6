import ConnectData
import WireCore

// Operators of Groovy: `NumberMath` and its subclasses.
extension Groovy {
    static func unary(_ operation: UnaryOperator, _ value: ScriptValue) throws(ExpressionError) -> ScriptValue {
        switch operation {
        case .not: return .boolean(try !isTrue(value))
        case .negate:
            switch value {
            case .integer(let number, let type): return integer(0 &- number, type == .long ? .long : .int)
            case .bigInteger(let number): return .bigInteger(-number)
            case .decimal(let number): return .decimal(-number)
            case .float(let number): return .float(-number)
            case .double(let number): return .double(-number)
            default: throw unsupported("negative", value)
            }
        case .plus:
            if case .integer(let number, let type) = value { return integer(number, type == .long ? .long : .int) }
            guard isNumber(value) else { throw unsupported("positive", value) }
            return value
        case .complement:
            guard case .integer(let number, let type) = value else { throw unsupported("bitwiseNegate", value) }
            return integer(~number, type == .long ? .long : .int)
        case .typeOf: throw unsupported("typeof", value)
        }
    }

    private static func unsupported(_ method: String, _ value: ScriptValue) -> ExpressionError {
        value.isNullish
            ? ExpressionError("Cannot invoke method \(method)() on null object")
            : ExpressionError("No signature of method: \(className(value)).\(method)() is applicable")
    }

    /// An integer of at least 32 bits, wrapped to its type.
    private static func integer(_ value: Int64, _ type: ScriptValue.IntegerType) -> ScriptValue {
        type == .long ? .integer(value, .long) : .integer(Int64(Int32(truncatingIfNeeded: value)), .int)
    }

    static func binary(
        _ operation: BinaryOperator, _ left: ScriptValue, _ right: ScriptValue, _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue {
        try evaluation.count(operandsOf: operation, left, right)
        switch operation {
        case .equal, .identical: return .boolean(try areEqual(left, right))
        case .notEqual, .notIdentical: return .boolean(try !areEqual(left, right))
        case .less: return .boolean(try compare(left, right) < 0)
        case .lessOrEqual: return .boolean(try compare(left, right) <= 0)
        case .greater: return .boolean(try compare(left, right) > 0)
        case .greaterOrEqual: return .boolean(try compare(left, right) >= 0)
        case .compare: return .int(try compare(left, right))
        case .contained: return .boolean(try isContained(left, in: right, evaluation))
        case .notContained: return .boolean(try !isContained(left, in: right, evaluation))
        case .find, .match: return try matching(left, right, isWhole: operation == .match, evaluation)
        case .add: return try add(left, right)
        case .subtract: return try subtract(left, right, evaluation)
        case .multiply: return try multiply(left, right)
        case .power:
            // The exponent is the number of multiplications.
            if case .integer(let exponent, _) = right { try evaluation.count(Int(min(exponent.magnitude, 10_000))) }
            return try arithmetic(operation, left, right)
        case .divide, .remainder, .bitAnd, .bitOr, .bitXor, .shiftLeft, .shiftRight, .shiftRightUnsigned:
            return try arithmetic(operation, left, right)
        }
    }

    // MARK: Matching

    private static func matching(
        _ left: ScriptValue, _ right: ScriptValue, isWhole: Bool, _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue {
        if isWhole, left.isNullish || right.isNullish { return .boolean(false) }
        let text = try text(left)
        let pattern = if case .pattern(.java(let pattern)) = right { pattern } else {
            try evaluation.pattern(try self.text(right))
        }
        guard isWhole else { return .matcher(ScriptMatcher(pattern: pattern, text: text, search: evaluation.search)) }
        return .boolean(try evaluation.search.isWholeMatch(of: pattern, text))
    }

    /// `in`, which calls `isCase` of the right operand.
    static func isContained(
        _ left: ScriptValue, in right: ScriptValue, _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> Bool {
        switch right {
        case .undefined, .null: return left.isNullish
        case .list(let items): return items.contains { areEqualObjects($0, left) }
        case .range(let first, let last, isLong: true):
            guard isNumber(left) else { return false }
            let number = try truncated(left)
            guard (min(first, last)...max(first, last)).contains(number) else { return false }
            return try compareNumbers(left, .integer(number, .long)) == 0
        case .range(let first, let last, isLong: false):
            // `IntRange.contains` knows only these types.
            switch left {
            case .integer(let number, .int): return (min(first, last)...max(first, last)).contains(number)
            case .bigInteger(let number):
                return number.exactInteger.map((min(first, last)...max(first, last)).contains) ?? false
            default: return false
            }
        case .map(let map): return try isTrue(map.entries.first { areEqualObjects($0.key, left) }?.value ?? .null)
        case .string(let text), .gstring(let text):
            if left.isNullish { return false }
            let other = try self.text(left)
            return other.isExactly(text)
        case .pattern(.java(let pattern)):
            if left.isNullish { return false }
            return try evaluation.search.isWholeMatch(of: pattern, try text(left))
        default: return try areEqual(left, right)
        }
    }

    // MARK: Texts and lists

    private static func add(_ left: ScriptValue, _ right: ScriptValue) throws(ExpressionError) -> ScriptValue {
        switch (left, right) {
        case (.gstring(let text), .gstring(let other)): return .gstring(try CompiledExpression.bounded(text + other))
        case (.gstring(let text), .string(let other)): return .gstring(try CompiledExpression.bounded(text + other))
        case (.gstring(let text), _): return .gstring(try CompiledExpression.bounded(text + self.text(right)))
        case (.string(let text), _): return .string(try CompiledExpression.bounded(text + self.text(right)))
        case (.null, .string(let text)): return .string(try CompiledExpression.bounded("null" + text))
        case (.list(let items), .list(let others)): return .list(items + others)
        case (.list(let items), _): return .list(items + [right])
        case (.null, _), (.undefined, _): throw ExpressionError("Cannot execute null+\(try text(right))")
        default:
            if isNumber(left), let other = right.text {
                return .string(try CompiledExpression.bounded(text(left) + other))
            }
            return try arithmetic(.add, left, right)
        }
    }

    private static func subtract(
        _ left: ScriptValue, _ right: ScriptValue, _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue {
        if let text = left.text {
            return .string(replacingFirst(try self.text(right), in: text))
        }
        if case .list(let items) = left {
            let removed = self.items(right) ?? [right]
            var kept: [ScriptValue] = []
            for item in items {
                try evaluation.count(contentsOf: right)
                var isRemoved = false
                for other in removed where try areEqual(item, other) { isRemoved = true }
                if !isRemoved { kept.append(item) }
            }
            return .list(kept)
        }
        return try arithmetic(.subtract, left, right)
    }

    private static func replacingFirst(_ removed: String, in text: String) -> String {
        let units = Array(text.utf16)
        guard let index = TextSearch(removed.utf16).first(in: units) else { return text }
        return String(utf16CodeUnits: units[..<index] + units[(index + removed.utf16.count)...])
    }

    private static func multiply(_ left: ScriptValue, _ right: ScriptValue) throws(ExpressionError) -> ScriptValue {
        guard let text = left.text, isNumber(right) else { return try arithmetic(.multiply, left, right) }
        return .string(try repeated(text, try truncated(right)))
    }

    static func repeated(_ text: String, _ count: Int64) throws(ExpressionError) -> String {
        guard count >= 0 else {
            throw ExpressionError("multiply() should be called with a number of 0 or greater not: \(count)")
        }
        guard text.isEmpty || count <= Int64(ExpressionLimits.textBytes / text.utf8.count) else {
            throw ExpressionError("A text is longer than \(ExpressionLimits.textBytes) bytes")
        }
        return text.isEmpty ? "" : String(repeating: text, count: Int(count))
    }

    // MARK: Numbers

    /// The value as `Number.longValue` gives it.
    static func truncated(_ value: ScriptValue) throws(ExpressionError) -> Int64 {
        switch value {
        case .integer(let number, _): return number
        case .bigInteger(let number), .decimal(let number): return number.longValue
        case .float(let number): return Int64(saturating: Double(number))
        case .double(let number): return Int64(saturating: number)
        default: throw ExpressionError("\(className(value)) is not a number")
        }
    }

    static func double(_ value: ScriptValue) -> Double? {
        switch value {
        case .integer(let number, _): Double(number)
        case .bigInteger(let number), .decimal(let number): number.doubleValue
        case .float(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    /// The value as a number of arbitrary precision (`NumberMath.toBigDecimal`); nil unless it is finite.
    static func decimal(_ value: ScriptValue) -> ScriptDecimal? {
        switch value {
        case .integer(let number, _): ScriptDecimal(number)
        case .bigInteger(let number), .decimal(let number): number
        case .float, .double: (try? text(value)).flatMap { ScriptDecimal($0) }
        default: nil
        }
    }

    private static func isFloating(_ value: ScriptValue) -> Bool {
        switch value {
        case .float, .double: true
        default: false
        }
    }

    static func compareNumbers(_ left: ScriptValue, _ right: ScriptValue) throws(ExpressionError) -> Int {
        if case .integer(let a, _) = left, case .integer(let b, _) = right { return a == b ? 0 : a < b ? -1 : 1 }
        if isFloating(left) || isFloating(right) {
            let (a, b) = (double(left) ?? .nan, double(right) ?? .nan)
            // `Double.compare`: NaN is the greatest and equals itself, and -0.0 is less than 0.0.
            if a.isNaN || b.isNaN { return a.isNaN ? (b.isNaN ? 0 : 1) : -1 }
            if a == b { return a.sign == b.sign ? 0 : a.sign == .minus ? -1 : 1 }
            return a < b ? -1 : 1
        }
        guard let a = decimal(left), let b = decimal(right) else { throw ExpressionError("Not a number") }
        return a.compare(b)
    }

    static func arithmetic(
        _ operation: BinaryOperator, _ left: ScriptValue, _ right: ScriptValue
    ) throws(ExpressionError) -> ScriptValue {
        if case .boolean(let a) = left, case .boolean(let b) = right {
            switch operation {
            case .bitAnd: return .boolean(a && b)
            case .bitOr: return .boolean(a || b)
            case .bitXor: return .boolean(a != b)
            default: break
            }
        }
        guard isNumber(left), isNumber(right) else {
            if left.isNullish { throw ExpressionError("Cannot invoke method \(methodName(operation))() on null object") }
            throw ExpressionError(
                "No signature of method: \(className(left)).\(methodName(operation))() is applicable for argument "
                    + "types: (\(className(right)))")
        }
        if operation == .power { return try power(left, right) }
        if isFloating(left) || isFloating(right), let a = double(left), let b = double(right) {
            return try floating(operation, a, b, left)
        }
        if operation == .divide, let a = decimal(left), let b = decimal(right) {
            return .decimal(try a.divided(by: b))
        }
        if case .integer(let a, let x) = left, case .integer(let b, let y) = right {
            return try integral(operation, a, b, x == .long || y == .long ? .long : .int)
        }
        guard let a = decimal(left), let b = decimal(right) else { throw ExpressionError("Not a number") }
        if case .decimal = left { return try fractional(operation, a, b) }
        if case .decimal = right { return try fractional(operation, a, b) }
        switch operation {
        case .add: return .bigInteger(try a.adding(b))
        case .subtract: return .bigInteger(try a.adding(-b))
        case .multiply: return .bigInteger(try a.multiplied(by: b))
        case .remainder:
            guard b.signum >= 0 else { throw ExpressionError("BigInteger: modulus not positive") }
            let rest = try a.dividedAsInteger(by: b).remainder
            return .bigInteger(rest.signum < 0 ? try rest.adding(b) : rest)
        default: throw ExpressionError("'\(operation.rawValue)' of numbers beyond 64 bits is not supported")
        }
    }

    private static func methodName(_ operation: BinaryOperator) -> String {
        switch operation {
        case .add: "plus"
        case .subtract: "minus"
        case .multiply: "multiply"
        case .divide: "div"
        case .remainder: "mod"
        case .power: "power"
        case .bitAnd: "and"
        case .bitOr: "or"
        case .bitXor: "xor"
        case .shiftLeft: "leftShift"
        case .shiftRight: "rightShift"
        case .shiftRightUnsigned: "rightShiftUnsigned"
        default: operation.rawValue
        }
    }

    private static func floating(
        _ operation: BinaryOperator, _ a: Double, _ b: Double, _ left: ScriptValue
    ) throws(ExpressionError) -> ScriptValue {
        switch operation {
        case .add: return .double(a + b)
        case .subtract: return .double(a - b)
        case .multiply: return .double(a * b)
        case .divide: return .double(a / b)
        case .remainder: return .double(fmod(a, b))
        default:
            throw ExpressionError("Cannot use \(methodName(operation))() on this number type: \(className(left))")
        }
    }

    private static func fmod(_ a: Double, _ b: Double) -> Double { a.truncatingRemainder(dividingBy: b) }

    private static func integral(
        _ operation: BinaryOperator, _ a: Int64, _ b: Int64, _ type: ScriptValue.IntegerType
    ) throws(ExpressionError) -> ScriptValue {
        let width: Int64 = type == .long ? 63 : 31
        switch operation {
        case .add: return integer(a &+ b, type)
        case .subtract: return integer(a &- b, type)
        case .multiply: return integer(a &* b, type)
        case .remainder:
            guard b != 0 else { throw ExpressionError("/ by zero") }
            return integer(b == -1 ? 0 : a % b, type)
        case .bitAnd: return integer(a & b, type)
        case .bitOr: return integer(a | b, type)
        case .bitXor: return integer(a ^ b, type)
        case .shiftLeft: return integer(a << (b & width), type)
        case .shiftRight: return integer(a >> (b & width), type)
        case .shiftRightUnsigned:
            return type == .long
                ? .integer(Int64(bitPattern: UInt64(bitPattern: a) >> UInt64(b & 63)), .long)
                : integer(Int64(UInt32(truncatingIfNeeded: a) >> UInt32(b & 31)), .int)
        default: throw ExpressionError("Unexpected operator '\(operation.rawValue)'")
        }
    }

    private static func fractional(
        _ operation: BinaryOperator, _ a: ScriptDecimal, _ b: ScriptDecimal
    ) throws(ExpressionError) -> ScriptValue {
        switch operation {
        case .add: return .decimal(try a.adding(b))
        case .subtract: return .decimal(try a.adding(-b))
        case .multiply: return .decimal(try a.multiplied(by: b))
        default:
            throw ExpressionError("Cannot use \(methodName(operation))() on this number type: java.math.BigDecimal")
        }
    }

    private static func power(_ left: ScriptValue, _ right: ScriptValue) throws(ExpressionError) -> ScriptValue {
        if case .integer(let exponent, let type) = right, type != .long, exponent >= 0, !isFloating(left),
            let base = decimal(left) {
            guard exponent <= 10_000 else { throw ExpressionError("The exponent is too large") }
            var result = ScriptDecimal(1)
            for _ in 0..<exponent {
                result = try result.multiplied(by: base)
                if result.isZero { break }
            }
            switch left {
            case .integer(_, .long): return result.exactInteger.map { .integer($0, .long) } ?? .bigInteger(result)
            case .integer:
                return result.exactInteger.flatMap { Int32(exactly: $0) }.map { .integer(Int64($0), .int) }
                    ?? .bigInteger(result)
            case .bigInteger: return .bigInteger(result)
            default: return .decimal(result)
            }
        }
        let value = ScriptMath.power(double(left) ?? .nan, double(right) ?? .nan)
        if let int = Int32(exactly: value) { return .integer(Int64(int), .int) }
        if let long = Int64(exactly: value) { return .integer(long, .long) }
        return .double(value)
    }
}

extension Int64 {
    /// Java's conversion of a `double`: towards zero, NaN to 0, and the bounds beyond them.
    init(saturating value: Double) {
        self = value.isNaN ? 0 : Int64(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
    }
}
