import ConnectData
import WireCore

// Methods of JavaScript's values, and of Java's objects in JavaScript.
extension JavaScript {
    static func invoke(
        _ method: JavaScriptMethod, on object: ScriptValue, _ arguments: [ScriptValue], _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue {
        let value: ScriptValue?
        switch object {
        case .undefined, .null:
            throw ExpressionError("Cannot read properties of \(try text(object)) (reading '\(method.rawValue)')")
        case .string(let text): value = try textMethod(method, text, arguments, evaluation)
        case .list(let items): value = try arrayMethod(method, items, arguments, evaluation)
        case .double(let number): value = try numberMethod(method, number, arguments)
        case .boolean:
            value = method == .toString ? .string(try text(object)) : method == .valueOf ? object : nil
        case .pattern(.ecmaScript(let pattern)): value = try patternMethod(method, pattern, arguments, evaluation)
        case .structure, .object:
            switch method {
            case .hasOwnProperty: value = try binary(.contained, arguments.first ?? .undefined, object)
            case .toString: value = .string("[object Object]")
            default:
                // A function may be a member.
                if case .closure(let closure) = try property(method.rawValue, of: object) {
                    value = try evaluation.call(closure, arguments)
                } else {
                    value = nil
                }
            }
        case .schema, .schemaField, .schemaType, .date, .decimal, .map, .buffer, .header:
            value = try javaMethod(method, object, arguments, evaluation)
        default: value = nil
        }
        guard let value else { throw ExpressionError("\(method.rawValue) is not a function of the value") }
        return value
    }

    /// A method of an object of Java, with the results as JavaScript's values.
    private static func javaMethod(
        _ method: JavaScriptMethod, _ object: ScriptValue, _ arguments: [ScriptValue],
        _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue? {
        switch object {
        case .schema(let schema):
            if method == .field { break }
            if let member = Groovy.schemaMember(method.rawValue, schema, .javaScript) { return member }
        case .schemaField(let field, let index):
            return Groovy.fieldMember(method.rawValue, field, index, .javaScript)
        default: break
        }
        if method == .equals, case .decimal(let a) = object {
            if case .decimal(let b)? = arguments.first { return .boolean(a.scale == b.scale && a.compare(b) == 0) }
            return .boolean(false)
        }
        guard let known = GroovyMethod(rawValue: method.rawValue) else { return nil }
        let result = try Groovy.invoke(known, on: object, arguments, evaluation)
        return Groovy.isNumber(result) && !isDecimal(result) ? .double(Groovy.double(result) ?? .nan) : result
    }

    private static func isDecimal(_ value: ScriptValue) -> Bool {
        if case .decimal = value { true } else { false }
    }

    private static func numberMethod(
        _ method: JavaScriptMethod, _ number: Double, _ arguments: [ScriptValue]
    ) throws(ExpressionError) -> ScriptValue? {
        switch method {
        case .valueOf: return .double(number)
        case .toString:
            let radix = arguments.isEmpty ? 10 : try self.number(arguments[0])
            guard radix == 10 else { throw ExpressionError("toString() is supported only with the radix 10") }
            return .string(text(number))
        case .toFixed:
            let places = arguments.isEmpty ? 0 : try self.number(arguments[0])
            guard (0...100).contains(places) else {
                throw ExpressionError("toFixed() digits argument must be between 0 and 100")
            }
            guard number.isFinite, number.magnitude < 1e21 else { return .string(text(number)) }
            guard let exact = ScriptDecimal(JavaNumber.exactExpansion(number)),
                let fixed = try exact.rescaled(to: Int(places), rounding: .halfUp).plainText
            else { return nil }
            let isZero = number < 0 && !fixed.hasPrefix("-")
            return .string(isZero ? "-" + fixed : fixed)
        default: return nil
        }
    }

    private static func patternMethod(
        _ method: JavaScriptMethod, _ pattern: ECMAScriptPattern, _ arguments: [ScriptValue],
        _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue? {
        guard method == .test || method == .exec || method == .toString else { return nil }
        if method == .toString { return try primitive(.pattern(.ecmaScript(pattern))) }
        let text = try text(arguments.first ?? .undefined)
        if pattern.isGlobal { throw ExpressionError("\(method.rawValue)() is not supported with the flag 'g'") }
        let match = try evaluation.search.matches(of: pattern, in: text, limit: 1).first
        if method == .test { return .boolean(match != nil) }
        return match.map { .list(groups($0)) } ?? .null
    }

    static func groups(_ match: PatternMatch) -> [ScriptValue] {
        match.groups.map { $0.map(ScriptValue.string) ?? .undefined }
    }

    // MARK: Arrays

    private static func arrayMethod(
        _ method: JavaScriptMethod, _ items: [ScriptValue], _ arguments: [ScriptValue], _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue? {
        let first = arguments.first ?? .undefined
        func closure() throws(ExpressionError) -> ClosureDefinition {
            guard case .closure(let closure) = first else {
                throw ExpressionError("\(try text(first)) is not a function")
            }
            return closure
        }
        func call(_ closure: ClosureDefinition, _ index: Int) throws(ExpressionError) -> ScriptValue {
            try evaluation.call(closure, [items[index], .double(Double(index)), .list(items)])
        }
        switch method {
        case .some, .every:
            let closure = try closure()
            for index in items.indices where isTrue(try call(closure, index)) == (method == .some) {
                return .boolean(method == .some)
            }
            return .boolean(method == .every)
        case .find, .findIndex:
            let closure = try closure()
            for index in items.indices where isTrue(try call(closure, index)) {
                return method == .find ? items[index] : .double(Double(index))
            }
            return method == .find ? .undefined : .double(-1)
        case .filter:
            let closure = try closure()
            var kept: [ScriptValue] = []
            for index in items.indices where isTrue(try call(closure, index)) { kept.append(items[index]) }
            return .list(kept)
        case .map:
            let closure = try closure()
            var results: [ScriptValue] = []
            for index in items.indices { results.append(try call(closure, index)) }
            return .list(results)
        case .includes:
            return .boolean(items.contains { item in
                if case .double(let a) = item, case .double(let b) = first, a.isNaN, b.isNaN { return true }
                return areIdentical(item, first)
            })
        case .indexOf: return .double(Double(items.firstIndex { areIdentical($0, first) } ?? -1))
        case .lastIndexOf: return .double(Double(items.lastIndex { areIdentical($0, first) } ?? -1))
        case .join, .toString:
            let separator = method == .toString || arguments.isEmpty ? "," : try text(first)
            return .string(try joined(items, separator))
        case .at:
            let index = try position(first, items.count)
            return items.indices.contains(index) ? items[index] : .undefined
        case .slice:
            let (start, end) = try bounds(arguments, items.count)
            return .list(start < end ? Array(items[start..<end]) : [])
        case .concat:
            var result = items
            for argument in arguments {
                if case .list(let others) = argument { result += others } else { result.append(argument) }
            }
            return .list(result)
        // The methods of java.util.List, which a field of an array is.
        case .contains, .size, .isEmpty, .get:
            return try javaMethod(method, .list(items), arguments, evaluation)
        default: return nil
        }
    }

    /// A relative index, which counts from the end if it is negative; it may be out of range.
    static func position(_ value: ScriptValue, _ count: Int) throws(ExpressionError) -> Int {
        let number = try number(value)
        let index = number.isNaN ? 0 : number.rounded(.towardZero)
        let clamped = Int(min(max(index, -1e9), 1e9))
        return clamped < 0 ? clamped + count : clamped
    }

    /// The start and the end of `slice`.
    static func bounds(_ arguments: [ScriptValue], _ count: Int) throws(ExpressionError) -> (Int, Int) {
        func bound(_ index: Int, _ missing: Int) throws(ExpressionError) -> Int {
            guard index < arguments.count else { return missing }
            if case .undefined = arguments[index] { return missing }
            return min(max(try position(arguments[index], count), 0), count)
        }
        return (try bound(0, 0), try bound(1, count))
    }
}
