import ConnectData
import WireCore

/// The semantics of Groovy: truth, equality, order, texts.
enum Groovy {
    /// Groovy truth.
    static func isTrue(_ value: ScriptValue) throws(ExpressionError) -> Bool {
        switch value {
        case .undefined, .null: false
        case .boolean(let value): value
        case .integer(let value, _): value != 0
        case .bigInteger(let value), .decimal(let value): !value.isZero
        case .float(let value): value != 0
        case .double(let value): value != 0
        case .character(let unit): unit != 0
        case .string(let text), .gstring(let text): !text.isEmpty
        case .list(let items): !items.isEmpty
        case .map(let map), .object(let map): !map.entries.isEmpty
        case .bytes(let bytes): !bytes.isEmpty
        case .matcher(let matcher): try !matcher.matches(limit: 1).isEmpty
        case .range, .structure, .buffer, .date, .schema, .schemaField, .schemaType, .header, .pattern, .closure: true
        }
    }

    // MARK: Equality and order

    /// `==`
    static func areEqual(_ left: ScriptValue, _ right: ScriptValue) throws(ExpressionError) -> Bool {
        if left.isNullish || right.isNullish { return left.isNullish && right.isNullish }
        if let order = try order(left, right, onlyEquality: true) { return order == 0 }
        switch (left, right) {
        case (.list(let a), .list(let b)):
            guard a.count == b.count else { return false }
            for (x, y) in zip(a, b) where try !areEqual(x, y) { return false }
            return true
        case (.list, .range), (.range, .list), (.range, .range):
            return try areEqual(.list(items(left) ?? []), .list(items(right) ?? []))
        case (.map(let a), .map(let b)):
            guard a.entries.count == b.entries.count else { return false }
            for entry in a.entries {
                guard let other = b.entries.first(where: { areEqualObjects($0.key, entry.key) }),
                    try areEqual(entry.value, other.value)
                else { return false }
            }
            return true
        default: return areEqualObjects(left, right)
        }
    }

    /// `Object.equals`, which distinguishes the types of numbers.
    static func areEqualObjects(_ left: ScriptValue, _ right: ScriptValue) -> Bool {
        switch (left, right) {
        case (.null, .null), (.undefined, .undefined): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.integer(let a, let x), .integer(let b, let y)): a == b && x == y
        case (.bigInteger(let a), .bigInteger(let b)): a.compare(b) == 0
        case (.decimal(let a), .decimal(let b)): a.scale == b.scale && a.compare(b) == 0
        case (.float(let a), .float(let b)): a == b && a.sign == b.sign || a.isNaN && b.isNaN
        case (.double(let a), .double(let b)): a == b && a.sign == b.sign || a.isNaN && b.isNaN
        case (.character(let a), .character(let b)): a == b
        case (.string(let a), .string(let b)), (.gstring(let a), .gstring(let b)): a.isExactly(b)
        case (.list(let a), .list(let b)): a.count == b.count && zip(a, b).allSatisfy { areEqualObjects($0, $1) }
        case (.range, .list), (.list, .range), (.range, .range):
            areEqualObjects(.list(items(left) ?? []), .list(items(right) ?? []))
        case (.map(let a), .map(let b)):
            a.entries.count == b.entries.count && a.entries.allSatisfy { entry in
                b.entries.contains { areEqualObjects($0.key, entry.key) && areEqualObjects($0.value, entry.value) }
            }
        case (.structure(let a), .structure(let b)): a == b
        case (.buffer(let a), .buffer(let b)), (.bytes(let a), .bytes(let b)): a == b
        case (.date(let a), .date(let b)): a == b
        case (.schema(let a), .schema(let b)): a == b
        case (.schemaField(let a, let x), .schemaField(let b, let y)): a == b && x == y
        case (.schemaType(let a), .schemaType(let b)): a == b
        case (.closure(let a), .closure(let b)): a === b
        default: false
        }
    }

    /// `<=>`: a null is less than any other value.
    static func compare(_ left: ScriptValue, _ right: ScriptValue) throws(ExpressionError) -> Int {
        if left.isNullish || right.isNullish {
            return left.isNullish ? (right.isNullish ? 0 : -1) : 1
        }
        if let order = try order(left, right, onlyEquality: false) { return order }
        throw incomparable(left, right)
    }

    private static func incomparable(_ left: ScriptValue, _ right: ScriptValue) -> ExpressionError {
        func described(_ value: ScriptValue) -> String {
            "\(className(value)) with value '\((try? text(value)) ?? "")'"
        }
        return ExpressionError("Cannot compare \(described(left)) and \(described(right))")
    }

    /// The order of comparable values (`DefaultTypeTransformation.compareTo`); nil if the left one is not comparable.
    private static func order(
        _ left: ScriptValue, _ right: ScriptValue, onlyEquality: Bool
    ) throws(ExpressionError) -> Int? {
        if isNumber(left) || isNumber(right) || isCharacter(left) {
            if let a = numberOrCharacter(left), let b = numberOrCharacter(right),
                isNumber(left) || isNumber(right) || isCharacter(right) || isText(right) {
                return try compareNumbers(a, b)
            }
        }
        switch (left, right) {
        case (.string(let a), .character(let unit)): return compareTexts(a, String(utf16CodeUnits: [unit]))
        case (.string(let a), .string(let b)), (.string(let a), .gstring(let b)), (.gstring(let a), .string(let b)),
            (.gstring(let a), .gstring(let b)):
            return compareTexts(a, b)
        case (.boolean(let a), .boolean(let b)): return a == b ? 0 : a ? 1 : -1
        case (.date(let a), .date(let b)): return a == b ? 0 : a < b ? -1 : 1
        case (.buffer(let a), .buffer(let b)):
            let (a, b) = (a.map { Int8(bitPattern: $0) }, b.map { Int8(bitPattern: $0) })
            return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
        case (.schemaType(let a), .schemaType(let b)): return a == b ? 0 : a.javaOrdinal < b.javaOrdinal ? -1 : 1
        default: return onlyEquality && isComparable(left) ? -1 : nil
        }
    }

    private static func isComparable(_ value: ScriptValue) -> Bool {
        switch value {
        case .boolean, .string, .gstring, .date, .buffer, .schemaType, .character: true
        default: isNumber(value)
        }
    }

    static func isNumber(_ value: ScriptValue) -> Bool {
        switch value {
        case .integer, .bigInteger, .decimal, .float, .double: true
        default: false
        }
    }

    private static func isCharacter(_ value: ScriptValue) -> Bool {
        if case .character = value { true } else { false }
    }

    private static func isText(_ value: ScriptValue) -> Bool { value.text != nil }

    /// A number, or the code of a character, which a text of one character is too.
    private static func numberOrCharacter(_ value: ScriptValue) -> ScriptValue? {
        switch value {
        case .character(let unit): .int(Int(unit))
        case .string(let text), .gstring(let text):
            text.utf16.count == 1 ? text.utf16.first.map { .int(Int($0)) } : nil
        default: isNumber(value) ? value : nil
        }
    }

    /// `String.compareTo`: the sign of the difference.
    static func compareTexts(_ a: String, _ b: String) -> Int {
        a.isExactly(b) ? 0 : a.codeUnitsPrecede(b) ? -1 : 1
    }

    // MARK: Texts

    /// The text of a value in a GString or beside a text (`InvokerHelper.toString`).
    static func text(_ value: ScriptValue) throws(ExpressionError) -> String {
        switch value {
        case .undefined, .null: return "null"
        case .boolean(let value): return value ? "true" : "false"
        case .integer(let value, _): return String(value)
        case .bigInteger(let value), .decimal(let value): return value.description
        case .float(let value): return JavaNumber.text(value)
        case .double(let value): return JavaNumber.text(value)
        case .character(let unit): return String(utf16CodeUnits: [unit])
        case .string(let text), .gstring(let text): return text
        case .list, .range: return try "[\(joined(items(value) ?? [], ", "))]"
        case .map(let map), .object(let map):
            if map.entries.isEmpty { return "[:]" }
            var parts: [String] = []
            for entry in map.entries { parts.append("\(try text(entry.key)):\(try text(entry.value))") }
            return "[\(try CompiledExpression.bounded(parts.joined(separator: ", ")))]"
        case .structure(let value):
            var parts: [String] = []
            for (index, field) in value.schema.fields.enumerated() where !value.values[index].isNull {
                parts.append("\(field.name)=\(try text(.field(index, of: value, .groovy)))")
            }
            return "Struct{\(try CompiledExpression.bounded(parts.joined(separator: ",")))}"
        case .bytes(let bytes): return "[\(bytes.map { String(Int8(bitPattern: $0)) }.joined(separator: ", "))]"
        case .buffer(let bytes): return "java.nio.HeapByteBuffer[pos=0 lim=\(bytes.count) cap=\(bytes.count)]"
        case .schemaType(let type): return type.javaName
        case .schemaField(let field, let index):
            return "Field{name=\(field.name), index=\(index), schema=\(try text(.schema(field.schema)))}"
        case .schema(let schema):
            return schema.name.map { "Schema{\($0):\(schema.type.javaName)}" } ?? "Schema{\(schema.type.javaName)}"
        case .header(let value, let schema):
            let schema = try schema.map { schema throws(ExpressionError) in try text(.schema(schema)) } ?? "null"
            return "RecordHeader [value=\(try text(value)), schema=\(schema)]"
        case .pattern(.java(let pattern)): return pattern.pattern
        case .date, .pattern, .matcher, .closure:
            throw ExpressionError("The text of a \(className(value)) is not supported")
        }
    }

    static func joined(_ items: [ScriptValue], _ separator: String) throws(ExpressionError) -> String {
        var text = ""
        for (index, item) in items.enumerated() {
            if index > 0 { text += separator }
            text += try self.text(item)
            _ = try CompiledExpression.bounded(text)
        }
        return text
    }

    // MARK: Collections and types

    /// The items of a list or of a range.
    static func items(_ value: ScriptValue) -> [ScriptValue]? {
        switch value {
        case .list(let items): items
        case .range(let first, let last, let isLong):
            (first <= last ? Array(first...last) : (last...first).reversed()).map {
                .integer($0, isLong ? .long : .int)
            }
        case .bytes(let bytes): bytes.map { .integer(Int64(Int8(bitPattern: $0)), .byte) }
        default: nil
        }
    }

    static func range(
        _ first: ScriptValue, _ last: ScriptValue, excludesEnd: Bool
    ) throws(ExpressionError) -> ScriptValue {
        guard case .integer(let a, let x) = first, case .integer(let b, let y) = last else {
            throw ExpressionError("A range needs numbers of type Integer or Long")
        }
        if excludesEnd, a == b { return .list([]) }
        let end = excludesEnd ? (a < b ? b - 1 : b + 1) : b
        let (length, isTooLong) = end.subtractingReportingOverflow(a)
        guard !isTooLong, length.magnitude <= ExpressionLimits.steps else {
            throw ExpressionError("The range is too long")
        }
        return .range(a, end, isLong: x == .long || y == .long)
    }

    /// The name of the Java class, for messages.
    static func className(_ value: ScriptValue) -> String {
        switch value {
        case .undefined, .null: "null"
        case .boolean: "java.lang.Boolean"
        case .integer(_, .byte): "java.lang.Byte"
        case .integer(_, .short): "java.lang.Short"
        case .integer(_, .int): "java.lang.Integer"
        case .integer(_, .long): "java.lang.Long"
        case .bigInteger: "java.math.BigInteger"
        case .decimal: "java.math.BigDecimal"
        case .float: "java.lang.Float"
        case .double: "java.lang.Double"
        case .character: "java.lang.Character"
        case .string: "java.lang.String"
        case .gstring: "org.codehaus.groovy.runtime.GStringImpl"
        case .list: "java.util.ArrayList"
        case .range: "groovy.lang.IntRange"
        case .map, .object: "java.util.LinkedHashMap"
        case .structure: "org.apache.kafka.connect.data.Struct"
        case .buffer: "java.nio.HeapByteBuffer"
        case .bytes: "[B"
        case .date: "java.util.Date"
        case .schema: "org.apache.kafka.connect.data.ConnectSchema"
        case .schemaField: "org.apache.kafka.connect.data.Field"
        case .schemaType: "org.apache.kafka.connect.data.Schema$Type"
        case .header: "io.debezium.transforms.scripting.RecordHeader"
        case .pattern: "java.util.regex.Pattern"
        case .matcher: "java.util.regex.Matcher"
        case .closure: "groovy.lang.Closure"
        }
    }
}

extension SchemaType {
    /// The position of the constant in `Schema.Type`.
    fileprivate var javaOrdinal: Int {
        let order: [SchemaType] = [
            .int8, .int16, .int32, .int64, .float32, .float64, .boolean, .string, .bytes, .array, .map, .structure,
        ]
        return order.firstIndex(of: self) ?? 0
    }
}

extension String {
    /// The text of code units; a surrogate without its pair becomes U+FFFD, since a text is Unicode here.
    init(utf16CodeUnits units: some Collection<UInt16>) { self.init(decoding: units, as: UTF16.self) }
}
