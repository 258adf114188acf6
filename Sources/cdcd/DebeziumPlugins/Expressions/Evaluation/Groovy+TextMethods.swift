import ConnectData
import WireCore

// The methods of texts: those of `java.lang.String`, and those of Groovy's `StringGroovyMethods`.
extension Groovy {
    static func textMethod(
        _ method: GroovyMethod, _ text: String, _ arguments: MethodArguments, _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue? {
        // Each part is a value of its own.
        if [.split, .toList, .tokenize].contains(method) { try evaluation.count(text.utf8.count / 8) }
        if method == .getAt { return try element(try arguments.value(0), of: .string(text), evaluation) }
        if let value = try patternMethod(method, text, arguments, evaluation) { return value }
        if let value = try numberFromText(method, text) { return value }
        if let value = try searchMethod(method, text, arguments) { return value }
        return try partMethod(method, text, arguments)
    }

    // MARK: Patterns

    private static func patternMethod(
        _ method: GroovyMethod, _ text: String, _ arguments: MethodArguments, _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue? {
        func pattern() throws(ExpressionError) -> JavaPattern {
            if case .pattern(.java(let pattern)) = try arguments.value(0) { return pattern }
            return try evaluation.pattern(try arguments.text(0))
        }
        switch method {
        case .matches:
            return .boolean(try evaluation.search.isWholeMatch(of: try pattern(), text))
        case .replaceAll, .replaceFirst:
            let (pattern, replacement) = (try pattern(), try arguments.text(1))
            let result = try evaluation.search.replacing(
                pattern, in: text, with: replacement, limit: method == .replaceAll ? .max : 1)
            return .string(try CompiledExpression.bounded(result))
        case .find where arguments.count == 1:
            let pattern = try pattern()
            let match = try evaluation.search.matches(of: pattern, in: text, limit: 1).first
            return match?.groups.first?.map(ScriptValue.string) ?? .null
        case .split:
            if arguments.count == 0 { return .list(tokens(text, " \t\n\r\u{C}").map(ScriptValue.string)) }
            let pattern = try pattern()
            let limit = arguments.count > 1 ? try arguments.int(1) : 0
            return .list(split(text, try evaluation.search.matches(of: pattern, in: text), limit: limit))
        default: return nil
        }
    }

    /// `Pattern.split`: at most `limit` parts if it is positive; without empty ones at the end if it is 0.
    private static func split(_ text: String, _ matches: [PatternMatch], limit: Int) -> [ScriptValue] {
        let units = Array(text.utf16)
        var parts: [[UInt16]] = []
        var start = 0
        for match in matches where limit <= 0 || parts.count < limit - 1 {
            if match.range.isEmpty, match.range.lowerBound == 0 { continue }
            if match.range.isEmpty, match.range.lowerBound == units.count { continue }
            parts.append(Array(units[start..<match.range.lowerBound]))
            start = match.range.upperBound
        }
        parts.append(Array(units[start...]))
        if limit == 0, parts.count > 1 { while parts.last?.isEmpty == true { parts.removeLast() } }
        return parts.map { .string(String(utf16CodeUnits: $0)) }
    }

    // MARK: Numbers

    private static func numberFromText(
        _ method: GroovyMethod, _ text: String
    ) throws(ExpressionError) -> ScriptValue? {
        switch method {
        case .toInteger: return try number(text, .integer)
        case .toLong: return try number(text, .long)
        case .toShort: return try number(text, .short)
        case .toFloat: return try number(text, .float)
        case .toDouble: return try number(text, .double)
        case .toBigDecimal: return try number(text, .bigDecimal)
        case .toBigInteger: return try number(text, .bigInteger)
        case .isInteger: return .boolean((try? number(text, .integer)) != nil)
        case .isLong: return .boolean((try? number(text, .long)) != nil)
        case .isFloat: return .boolean((try? number(text, .float)) != nil)
        case .isDouble: return .boolean((try? number(text, .double)) != nil)
        case .isBigDecimal, .isNumber: return .boolean((try? number(text, .bigDecimal)) != nil)
        case .isBigInteger: return .boolean((try? number(text, .bigInteger)) != nil)
        case .toBoolean:
            let word = JavaText.trim(text).lowercased()
            return .boolean(word == "y" || word == "true" || word == "1")
        default: return nil
        }
    }

    // MARK: Searching

    private static func searchMethod(
        _ method: GroovyMethod, _ text: String, _ arguments: MethodArguments
    ) throws(ExpressionError) -> ScriptValue? {
        let units = Array(text.utf16)
        switch method {
        case .length, .size: return .int(units.count)
        case .isEmpty: return .boolean(text.isEmpty)
        case .isBlank, .isAllWhitespace: return .boolean(text.unicodeScalars.allSatisfy { isBlank($0) })
        case .contains, .contentEquals:
            let other = try arguments.text(0)
            if method == .contentEquals { return .boolean(other.isExactly(text)) }
            return .boolean(TextSearch(other.utf16).first(in: units) != nil)
        case .startsWith:
            let other = Array(try arguments.text(0).utf16)
            let offset = arguments.count > 1 ? try arguments.int(1) : 0
            return .boolean(offset >= 0 && offset <= units.count && units[offset...].starts(with: other))
        case .endsWith:
            return .boolean(units.reversed().starts(with: try arguments.text(0).utf16.reversed()))
        case .indexOf, .lastIndexOf:
            let wanted: [UInt16] = switch try arguments.value(0) {
            case .integer(let code, .int):
                Unicode.Scalar(UInt32(clamping: code)).map { Array(String($0).utf16) } ?? [0xFFFF]
            default: Array(try arguments.text(0).utf16)
            }
            let bound = arguments.count > 1 ? try arguments.int(1) : nil
            let index = method == .indexOf
                ? TextSearch(wanted).first(in: units, from: min(bound ?? 0, units.count))
                : TextSearch(wanted).last(in: units, upTo: bound ?? .max)
            return .int(index ?? -1)
        case .equalsIgnoreCase:
            guard let other = try arguments.value(0).text else { return .boolean(false) }
            return .boolean(folded(text).isExactly(folded(other)))
        case .compareToIgnoreCase: return .int(try compareCodeUnits(folded(text), folded(try arguments.text(0))))
        case .count:
            return .int(TextSearch(try arguments.text(0).utf16).placeCount(in: units))
        case .charAt:
            let index = try arguments.int(0)
            guard units.indices.contains(index) else {
                throw ExpressionError("Index \(index) out of bounds for length \(units.count)")
            }
            return .character(units[index])
        case .codePointAt:
            let index = try arguments.int(0)
            guard units.indices.contains(index) else {
                throw ExpressionError("Index \(index) out of bounds for length \(units.count)")
            }
            let scalar = String(utf16CodeUnits: units[index...].prefix(2)).unicodeScalars.first
            return .int(Int(scalar?.value ?? 0xFFFD))
        case .hashCode: return .integer(Int64(text.javaHashCode), .int)
        default: return nil
        }
    }

    /// The text for comparisons that ignore case.
    private static func folded(_ text: String) -> String { text.uppercased().lowercased() }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        // `Character.isWhitespace`: no spaces that prevent a line break.
        switch scalar.value {
        case 0x1C...0x1F: true
        case 0x85, 0xA0, 0x2007, 0x202F: false
        default: scalar.properties.isWhitespace
        }
    }

    // MARK: Parts

    private static func partMethod(
        _ method: GroovyMethod, _ text: String, _ arguments: MethodArguments
    ) throws(ExpressionError) -> ScriptValue? {
        let units = Array(text.utf16)
        func part(_ units: some Collection<UInt16>) -> ScriptValue { .string(String(utf16CodeUnits: units)) }
        switch method {
        case .toLowerCase: return .string(text.lowercased())
        case .toUpperCase: return .string(text.uppercased())
        case .capitalize: return .string(text.prefix(1).uppercased() + text.dropFirst())
        case .uncapitalize: return .string(text.prefix(1).lowercased() + text.dropFirst())
        case .trim: return .string(JavaText.trim(text))
        case .strip, .stripLeading, .stripTrailing:
            let scalars = Array(text.unicodeScalars)
            let start = method == .stripTrailing ? 0 : scalars.firstIndex { !isBlank($0) } ?? scalars.count
            let end = method == .stripLeading ? scalars.count : (scalars.lastIndex { !isBlank($0) } ?? -1) + 1
            var view = String.UnicodeScalarView()
            if start < end { view.append(contentsOf: scalars[start..<end]) }
            return .string(String(view))
        case .substring:
            let start = try arguments.int(0)
            let end = arguments.count > 1 ? try arguments.int(1) : units.count
            guard 0 <= start, start <= end, end <= units.count else {
                throw ExpressionError("begin \(start), end \(end), length \(units.count)")
            }
            return part(units[start..<end])
        case .take:
            let count = try arguments.int(0)
            guard count >= 0 else { throw ExpressionError("begin 0, end \(count), length \(units.count)") }
            return part(units.prefix(count))
        case .drop: return part(units.dropFirst(max(0, try arguments.int(0))))
        case .concat, .plus: return .string(try CompiledExpression.bounded(text + self.text(try arguments.value(0))))
        case .repeat, .multiply: return .string(try repeated(text, try truncated(try arguments.number(0))))
        case .replace:
            return .string(try TextSearch.replacing(try arguments.text(0), in: text, with: try arguments.text(1)))
        case .minus:
            let removed = try self.text(try arguments.value(0))
            return .string(try TextSearch.replacing(removed, in: text, with: "", limit: 1))
        case .reverse: return part(units.reversed())
        case .tokenize:
            let separators = arguments.count > 0 ? try arguments.text(0) : " \t\n\r\u{C}"
            return .list(tokens(text, separators).map(ScriptValue.string))
        case .toList: return .list(units.map { .string(String(utf16CodeUnits: [$0])) })
        case .padLeft, .padRight, .center:
            return .string(try CompiledExpression.bounded(padded(method, text, units.count, arguments)))
        default: return nil
        }
    }

    /// The parts between separators, without empty ones (`StringTokenizer`).
    private static func tokens(_ text: String, _ separators: String) -> [String] {
        let separators = Array(separators.utf16)
        return text.utf16.split { separators.contains($0) }.map { String(utf16CodeUnits: $0) }
    }

    private static func padded(
        _ method: GroovyMethod, _ text: String, _ length: Int, _ arguments: MethodArguments
    ) throws(ExpressionError) -> String {
        let wanted = Int(try truncated(try arguments.number(0)))
        let padding = arguments.count > 1 ? try arguments.text(1) : " "
        guard wanted > length else { return text }
        let missing = wanted - length
        guard !padding.isEmpty else { throw ExpressionError("The padding is empty") }
        func pad(_ count: Int) throws(ExpressionError) -> String {
            let units = Array(padding.utf16)
            let text = try repeated(padding, Int64(count / units.count) + 1)
            return String(utf16CodeUnits: Array(text.utf16).prefix(count))
        }
        switch method {
        case .padLeft: return try pad(missing) + text
        case .padRight: return try text + pad(missing)
        default: return try pad(missing / 2) + text + pad(missing - missing / 2)
        }
    }
}
