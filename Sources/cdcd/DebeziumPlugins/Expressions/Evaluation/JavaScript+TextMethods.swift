import ConnectData
import WireCore

// The methods of JavaScript's texts.
extension JavaScript {
    static func textMethod(
        _ method: JavaScriptMethod, _ text: String, _ arguments: [ScriptValue], _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue? {
        // Each part is a value of its own.
        if method == .split { try evaluation.count(text.utf8.count / 8) }
        if let value = try patternMethod(method, text, arguments, evaluation) { return value }
        let units = Array(text.utf16)
        if let value = try searchMethod(method, units, arguments) { return value }
        return try partMethod(method, text, units, arguments)
    }

    private static func argument(_ arguments: [ScriptValue], _ index: Int) -> ScriptValue {
        index < arguments.count ? arguments[index] : .undefined
    }

    /// ToIntegerOrInfinity, within the bounds of a text.
    private static func integer(_ value: ScriptValue, missing: Int) throws(ExpressionError) -> Int {
        if case .undefined = value { return missing }
        let number = try number(value)
        return number.isNaN ? 0 : Int(min(max(number.rounded(.towardZero), -1e9), 1e9))
    }

    private static func part(_ units: some Collection<UInt16>) -> ScriptValue { .string(String(utf16CodeUnits: units)) }

    // MARK: Patterns

    private static func patternMethod(
        _ method: JavaScriptMethod, _ text: String, _ arguments: [ScriptValue], _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue? {
        guard case .pattern(.ecmaScript(let pattern)) = argument(arguments, 0) else {
            switch method {
            case .match, .search: throw ExpressionError("\(method.rawValue)() needs a regular expression literal")
            default: return nil
            }
        }
        func matches(_ limit: Int) throws(ExpressionError) -> [PatternMatch] {
            try evaluation.search.matches(of: pattern, in: text, limit: limit)
        }
        switch method {
        case .match:
            if pattern.isGlobal {
                let all = try matches(.max)
                return all.isEmpty ? .null : .list(all.map { .string($0.groups[0] ?? "") })
            }
            return try matches(1).first.map { .list(groups($0)) } ?? .null
        case .search: return .double(Double(try matches(1).first?.range.lowerBound ?? -1))
        case .replace, .replaceAll:
            if method == .replaceAll, !pattern.isGlobal {
                throw ExpressionError("replaceAll must be called with a global RegExp")
            }
            let replacement = try replacementText(argument(arguments, 1))
            let units = Array(text.utf16)
            var result: [UInt16] = []
            var end = 0
            for match in try matches(pattern.isGlobal ? .max : 1) {
                result += units[end..<match.range.lowerBound]
                try expand(replacement, match, units, pattern.groupNames, into: &result)
                end = match.range.upperBound
            }
            return .string(try CompiledExpression.bounded(String(utf16CodeUnits: result + units[end...])))
        case .split:
            let units = Array(text.utf16)
            if units.isEmpty { return .list(try matches(1).isEmpty ? [.string("")] : []) }
            var parts: [ScriptValue] = []
            var end = 0
            for match in try matches(.max) {
                let place = match.range.lowerBound
                if match.range.isEmpty, place == end || place == units.count { continue }
                parts.append(part(units[end..<match.range.lowerBound]))
                parts += groups(match).dropFirst()
                end = match.range.upperBound
            }
            parts.append(part(units[end...]))
            return .list(try limited(parts, argument(arguments, 1)))
        case .startsWith, .endsWith, .includes:
            throw ExpressionError(
                "First argument to String.prototype.\(method.rawValue) must not be a regular expression")
        default: return nil
        }
    }

    private static func limited(_ parts: [ScriptValue], _ limit: ScriptValue) throws(ExpressionError) -> [ScriptValue] {
        if case .undefined = limit { return parts }
        return Array(parts.prefix(Int(UInt32(bitPattern: try int32(limit)))))
    }

    private static func replacementText(_ value: ScriptValue) throws(ExpressionError) -> String {
        if case .closure = value { throw ExpressionError("A function as a replacement is not supported") }
        return try text(value)
    }

    /// GetSubstitution
    private static func expand(
        _ replacement: String, _ match: PatternMatch, _ units: [UInt16], _ names: [String: Int],
        into result: inout [UInt16]
    ) throws(ExpressionError) {
        let source = Array(replacement.utf16)
        let (range, groups) = (match.range, match.groups)
        let lastClose = names.isEmpty ? 0 : source.lastIndex(of: 0x3E) ?? 0
        var index = 0
        func digit(_ index: Int) -> Int? {
            index < source.count && (0x30...0x39).contains(source[index]) ? Int(source[index]) - 0x30 : nil
        }
        while index < source.count {
            guard result.count <= ExpressionLimits.textBytes else {
                throw ExpressionError("A text is longer than \(ExpressionLimits.textBytes) bytes")
            }
            let next = index + 1 < source.count ? source[index + 1] : 0
            guard source[index] == UInt16(UInt8(ascii: "$")) else {
                result.append(source[index])
                index += 1
                continue
            }
            switch next {
            case 0x24: result.append(0x24)
            case 0x26: result += Array((groups[0] ?? "").utf16)
            case 0x60: result += units[..<range.lowerBound]
            case 0x27: result += units[range.upperBound...]
            case 0x30...0x39:
                var group = digit(index + 1) ?? 0
                var length = 1
                if let second = digit(index + 2), group * 10 + second < groups.count, group * 10 + second > 0 {
                    group = group * 10 + second
                    length = 2
                }
                guard group > 0, group < groups.count else {
                    result.append(0x24)
                    index += 1
                    continue
                }
                result += Array((groups[group] ?? "").utf16)
                index += 1 + length
                continue
            case 0x3C where index < lastClose:
                let close = source[index...].firstIndex(of: 0x3E) ?? lastClose
                let name = String(utf16CodeUnits: source[(index + 2)..<close])
                if let group = names[name] { result += Array((groups[group] ?? "").utf16) }
                index = close + 1
                continue
            default:
                result.append(0x24)
                index += 1
                continue
            }
            index += 2
        }
    }

    // MARK: Searching

    private static func searchMethod(
        _ method: JavaScriptMethod, _ units: [UInt16], _ arguments: [ScriptValue]
    ) throws(ExpressionError) -> ScriptValue? {
        switch method {
        case .includes, .indexOf:
            let wanted = Array(try text(argument(arguments, 0)).utf16)
            let start = min(max(try integer(argument(arguments, 1), missing: 0), 0), units.count)
            let index = TextSearch(wanted).first(in: units, from: start)
            return method == .includes ? .boolean(index != nil) : .double(Double(index ?? -1))
        case .lastIndexOf:
            let wanted = Array(try text(argument(arguments, 0)).utf16)
            let limit = try number(argument(arguments, 1))
            let end = limit.isNaN ? Int.max : max(0, try integer(argument(arguments, 1), missing: .max))
            return .double(Double(TextSearch(wanted).last(in: units, upTo: end) ?? -1))
        case .startsWith:
            let wanted = Array(try text(argument(arguments, 0)).utf16)
            let start = min(max(try integer(argument(arguments, 1), missing: 0), 0), units.count)
            return .boolean(units[start...].starts(with: wanted))
        case .endsWith:
            let wanted = Array(try text(argument(arguments, 0)).utf16)
            let end = min(max(try integer(argument(arguments, 1), missing: units.count), 0), units.count)
            return .boolean(units[..<end].reversed().starts(with: wanted.reversed()))
        case .charAt, .charCodeAt, .codePointAt, .at:
            var index = try integer(argument(arguments, 0), missing: 0)
            if method == .at, index < 0 { index += units.count }
            guard units.indices.contains(index) else {
                switch method {
                case .charAt: return .string("")
                case .charCodeAt: return .double(.nan)
                default: return .undefined
                }
            }
            switch method {
            case .charCodeAt: return .double(Double(units[index]))
            case .codePointAt:
                let scalar = String(utf16CodeUnits: units[index...].prefix(2)).unicodeScalars.first
                return .double(Double(scalar?.value ?? 0xFFFD))
            default: return part([units[index]])
            }
        default: return nil
        }
    }

    // MARK: Parts

    private static func partMethod(
        _ method: JavaScriptMethod, _ text: String, _ units: [UInt16], _ arguments: [ScriptValue]
    ) throws(ExpressionError) -> ScriptValue? {
        switch method {
        case .toString, .valueOf: return .string(text)
        case .toLowerCase: return .string(text.lowercased())
        case .toUpperCase: return .string(text.uppercased())
        case .trim: return .string(trimmed(text))
        case .trimStart: return .string(trimmed(text, end: false))
        case .trimEnd: return .string(trimmed(text, start: false))
        case .slice:
            let (start, end) = try bounds(arguments, units.count)
            return part(start < end ? units[start..<end] : [])
        case .substring:
            let start = min(max(try integer(argument(arguments, 0), missing: 0), 0), units.count)
            let end = min(max(try integer(argument(arguments, 1), missing: units.count), 0), units.count)
            return part(units[min(start, end)..<max(start, end)])
        case .substr:
            var start = try integer(argument(arguments, 0), missing: 0)
            if start < 0 { start = max(0, start + units.count) }
            let length = try integer(argument(arguments, 1), missing: units.count)
            guard start < units.count, length > 0 else { return .string("") }
            return part(units[start..<min(units.count, start + length)])
        case .concat:
            var result = text
            for argument in arguments { result = try CompiledExpression.bounded(result + self.text(argument)) }
            return .string(result)
        case .repeat:
            let count = try integer(argument(arguments, 0), missing: 0)
            guard count >= 0 else { throw ExpressionError("Invalid count value: \(count)") }
            return .string(try Groovy.repeated(text, Int64(count)))
        case .replace, .replaceAll:
            let wanted = try self.text(argument(arguments, 0))
            let replacement = try replacementText(argument(arguments, 1))
            if replacement.contains("$") {
                throw ExpressionError("A replacement with '$' is supported only for a regular expression")
            }
            return .string(
                try TextSearch.replacing(wanted, in: text, with: replacement, limit: method == .replace ? 1 : .max))
        case .split:
            if case .undefined = argument(arguments, 0) { return .list([.string(text)]) }
            let separator = TextSearch(try self.text(argument(arguments, 0)).utf16)
            var parts: [ScriptValue] = []
            if separator.count == 0 {
                parts = units.map { part([$0]) }
            } else {
                var position = 0
                while let index = separator.first(in: units, from: position) {
                    parts.append(part(units[position..<index]))
                    position = index + separator.count
                }
                parts.append(part(units[position...]))
            }
            return .list(try limited(parts, argument(arguments, 1)))
        case .padStart, .padEnd:
            let missing = try integer(argument(arguments, 0), missing: 0) - units.count
            var padding = " "
            if case .undefined = argument(arguments, 1) {} else { padding = try self.text(argument(arguments, 1)) }
            guard missing > 0, !padding.isEmpty else { return .string(text) }
            let padUnits = Array(padding.utf16)
            let long = try Groovy.repeated(padding, Int64(missing / padUnits.count + 1))
            let pad = String(utf16CodeUnits: Array(long.utf16).prefix(missing))
            return .string(try CompiledExpression.bounded(method == .padStart ? pad + text : text + pad))
        default: return nil
        }
    }
}
