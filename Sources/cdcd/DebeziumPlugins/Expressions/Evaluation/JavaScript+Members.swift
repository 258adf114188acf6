import ConnectData
import WireCore

// Members and elements of JavaScript's values, and JavaScript's functions.
extension JavaScript {
    /// `object.name`
    static func member(_ site: MemberSite, of object: ScriptValue) throws(ExpressionError) -> ScriptValue {
        if case .structure(let value) = object {
            return site.index(in: value.schema).map { .field($0, of: value, .javaScript) } ?? .undefined
        }
        return try property(site.name, of: object)
    }

    static func property(_ name: String, of object: ScriptValue) throws(ExpressionError) -> ScriptValue {
        switch object {
        case .undefined, .null:
            throw ExpressionError("Cannot read properties of \(try text(object)) (reading '\(name)')")
        case .structure(let value):
            return value.schema.index(of: name).map { .field($0, of: value, .javaScript) } ?? .undefined
        case .object(let map): return map[name] ?? .undefined
        case .header(let value, let schema):
            if name == "value" { return value }
            if name == "schema" { return schema.map(ScriptValue.schema) ?? .null }
        case .string(let text):
            if name == "length" { return .double(Double(text.utf16.count)) }
        case .list(let items):
            if name == "length" { return .double(Double(items.count)) }
        case .bytes(let bytes):
            if name == "length" { return .double(Double(bytes.count)) }
        case .map(let map):
            if name == "size" { throw ExpressionError("Call size() of a map of Java") }
            return map[name] ?? .undefined
        case .pattern(.ecmaScript(let pattern)):
            if name == "source" { return .string(pattern.source) }
            if name == "global" { return .boolean(pattern.isGlobal) }
        default: break
        }
        switch object {
        case .string, .list, .double, .boolean:
            guard !methods.contains(name), JavaScriptMethod(rawValue: name) == nil else {
                throw ExpressionError("The method '\(name)' is supported only in a call")
            }
        default: break
        }
        return .undefined
    }

    /// Methods that cannot be called either; in contrast to unknown members they are not undefined.
    private static let methods: Set = [
        "constructor", "copyWithin", "entries", "fill", "findLast", "flat", "flatMap", "forEach", "keys", "localeCompare",
        "matchAll", "normalize", "pop", "push", "reduce", "reduceRight", "reverse", "shift", "sort", "splice",
        "toExponential", "toLocaleString", "toPrecision", "unshift", "values",
    ]

    /// `object[key]`
    static func element(_ key: ScriptValue, of object: ScriptValue) throws(ExpressionError) -> ScriptValue {
        if case .double(let number) = key, let index = Int(exactly: number) {
            switch object {
            case .list(let items): return items.indices.contains(index) ? items[index] : .undefined
            case .string(let text):
                let units = Array(text.utf16)
                return units.indices.contains(index) ? .string(String(utf16CodeUnits: [units[index]])) : .undefined
            case .bytes(let bytes):
                return bytes.indices.contains(index) ? .double(Double(Int8(bitPattern: bytes[index]))) : .undefined
            default: break
            }
        }
        let name = object.isNullish ? (try? text(key)) ?? "" : try text(key)
        if case .list = object, let index = Int(name), String(index) == name {
            return try element(.double(Double(index)), of: object)
        }
        return try property(name, of: object)
    }

    // MARK: Functions

    static func function(
        _ function: ScriptFunction, _ arguments: [ScriptValue], _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue {
        let first = arguments.first ?? .undefined
        func number(_ index: Int = 0) throws(ExpressionError) -> Double {
            index < arguments.count ? try self.number(arguments[index]) : .nan
        }
        switch function {
        case .abs: return .double(try number().magnitude)
        case .ceil: return .double(try number().rounded(.up))
        case .floor: return .double(try number().rounded(.down))
        case .trunc: return .double(try number().rounded(.towardZero))
        case .sqrt: return .double(try number().squareRoot())
        case .pow: return try binary(.power, first, arguments.count > 1 ? arguments[1] : .undefined)
        case .round:
            let value = try number()
            let rounded = value.rounded(.down)
            return .double(value - rounded >= 0.5 ? rounded + 1 : rounded)
        case .sign:
            let value = try number()
            return .double(value.isNaN || value == 0 ? value : value < 0 ? -1 : 1)
        case .max, .min:
            var best = function == .max ? -Double.infinity : .infinity
            for argument in arguments {
                let value = try self.number(argument)
                if value.isNaN || best.isNaN { best = .nan } else {
                    best = function == .max ? Double.maximum(best, value) : Double.minimum(best, value)
                }
            }
            return .double(best)
        case .number: return .double(arguments.isEmpty ? 0 : try number())
        case .string: return .string(arguments.isEmpty ? "" : try text(first))
        case .boolean: return .boolean(isTrue(first))
        case .isNaN: return .boolean(try number().isNaN)
        case .isFinite: return .boolean(try number().isFinite)
        case .numberIsNaN, .numberIsFinite, .numberIsInteger:
            guard case .double(let value) = first else { return .boolean(false) }
            switch function {
            case .numberIsNaN: return .boolean(value.isNaN)
            case .numberIsFinite: return .boolean(value.isFinite)
            default: return .boolean(value.isFinite && value == value.rounded(.towardZero))
            }
        case .parseFloat, .numberParseFloat:
            let text = trimmed(try text(first), end: false)
            guard let length = decimalPrefix(text) else { return .double(.nan) }
            return .double(decimal(String(decoding: Array(text.utf8.prefix(length)), as: UTF8.self)))
        case .parseInt, .numberParseInt:
            return .double(parseInt(try text(first), radix: arguments.count > 1 ? Int(try int32(arguments[1])) : 0))
        case .array: if case .list = first { return .boolean(true) } else { return .boolean(false) }
        case .keys:
            switch first {
            case .structure(let value): return .list(value.schema.fields.map { .string($0.name) })
            case .object(let map): return .list(map.entries.map(\.key))
            case .undefined, .null: throw ExpressionError("Cannot convert undefined or null to object")
            default: throw ExpressionError("Object.keys() is not supported for this value")
            }
        case .jsonParse:
            let source = try text(first)
            try evaluation.count(source.utf8.count / 16)
            guard let document = try? JSONValue.parse(source) else { throw ExpressionError("The text is no valid JSON") }
            return ScriptValue(document)
        case .now: return .double(Double(WallTime.now.epochMilliseconds))
        case .booleanParse, .currentTimeMillis, .doubleParse, .doubleValueOf, .integerParse, .integerValueOf,
            .longParse, .longValueOf, .stringValueOf:
            throw ExpressionError("The function '\(function.rawValue)' does not exist in JavaScript")
        }
    }

    private static func parseInt(_ text: String, radix: Int) -> Double {
        var digits = Array(trimmed(text, end: false).utf8)[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        var radix = radix
        let hasPrefix = digits.starts(with: "0x".utf8) || digits.starts(with: "0X".utf8)
        if radix == 0 || radix == 16, hasPrefix {
            radix = 16
            digits.removeFirst(2)
        }
        if radix == 0 { radix = 10 }
        guard (2...36).contains(radix) else { return .nan }
        var kept = ""
        for byte in digits {
            let character = Character(Unicode.Scalar(byte))
            guard let digit = Int(String(character), radix: 36), digit < radix else { break }
            kept.append(character)
        }
        guard !kept.isEmpty else { return .nan }
        let value = radix == 10 ? Double(kept) ?? .nan
            : kept.reduce(0.0) { $0 * Double(radix) + Double(Int(String($1), radix: 36) ?? 0) }
        return isNegative ? -value : value
    }
}

extension ScriptValue {
    /// A document of JSON in JavaScript.
    fileprivate init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .boolean(value)
        case .string(let text): self = .string(text)
        case .array(let items): self = .list(items.map { ScriptValue($0) })
        case .object(let object):
            self = .object(
                ScriptMap(entries: object.members.map { .init(key: .string($0.name), value: ScriptValue($0.value)) }))
        case .integer(let value): self = .double(Double(value))
        case .double(let value): self = .double(value)
        }
    }
}
