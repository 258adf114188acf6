import ConnectData
import WireCore

// Properties and elements of Groovy's values.
extension Groovy {
    /// `object.name`
    static func member(
        _ site: MemberSite, of object: ScriptValue, _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue {
        if case .structure(let value) = object, let index = site.index(in: value.schema), !isOwnMember(site.name) {
            return .field(index, of: value, .groovy)
        }
        return try property(site.name, of: object, evaluation)
    }

    /// The members of the class Struct itself, which precede fields of these names.
    private static func isOwnMember(_ name: String) -> Bool { name == "schema" || name == "values" || name == "class" }

    static func property(
        _ name: String, of object: ScriptValue, _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue {
        switch object {
        case .undefined, .null: throw ExpressionError("Cannot get property '\(name)' on null object")
        case .structure(let value):
            switch name {
            case "schema": return .schema(value.schema)
            case "values": return .list(value.values.indices.map { .field($0, of: value, .groovy, usesDefault: false) })
            case "class": break
            default: return try field(name, of: value)
            }
        case .map(let map): return map[name] ?? .null
        case .list(let items):
            var values: [ScriptValue] = []
            for item in items where !item.isNullish { values.append(try property(name, of: item, evaluation)) }
            return .list(values)
        case .header(let value, let schema):
            if name == "value" { return value }
            if name == "schema" { return schema.map(ScriptValue.schema) ?? .null }
        case .schema(let schema):
            if let value = schemaMember(name, schema) { return value }
        case .schemaField(let field, let index):
            if let value = fieldMember(name, field, index) { return value }
        case .schemaType(let type):
            if name == "name" { return .string(type.nameInLowerCase) }
        case .string(let text):
            if name == "empty" { return .boolean(text.isEmpty) }
            if name == "blank" { return .boolean(text.allSatisfy(\.isWhitespace)) }
            if name == "bytes" { return .bytes(Array(text.utf8)) }
        case .bytes(let bytes):
            if name == "length" { return .int(bytes.count) }
        case .date(let milliseconds):
            if name == "time" { return .integer(milliseconds, .long) }
        case .matcher(let matcher):
            if name == "count" { return .int(try matcher.matches().count) }
        case .boolean, .integer, .bigInteger, .decimal, .float, .double, .character, .gstring, .range, .object, .buffer,
            .pattern, .closure:
            break
        }
        throw ExpressionError("No such property: \(name) for class: \(className(object))")
    }

    private static func field(_ name: String, of value: Struct) throws(ExpressionError) -> ScriptValue {
        guard let index = value.schema.index(of: name) else {
            throw ExpressionError("\(name) is not a valid field name")
        }
        return .field(index, of: value, .groovy)
    }

    /// A member of a schema, which is a method in Java; nil if there is none.
    static func schemaMember(
        _ name: String, _ schema: Schema, _ language: ExpressionLanguage = .groovy
    ) -> ScriptValue? {
        switch name {
        case "name": schema.name.map(ScriptValue.string) ?? .null
        case "type": .schemaType(schema.type)
        case "version":
            schema.version.map { language == .groovy ? .int($0) : .double(Double($0)) } ?? .null
        case "doc": schema.documentation.map(ScriptValue.string) ?? .null
        case "optional", "isOptional": .boolean(schema.isOptional)
        case "defaultValue": schema.defaultValue.map { ScriptValue($0, schema, language) } ?? .null
        case "fields": .list(schema.fields.enumerated().map { .schemaField($1, index: $0) })
        case "keySchema": schema.keySchema.map(ScriptValue.schema) ?? .null
        case "valueSchema": schema.valueSchema.map(ScriptValue.schema) ?? .null
        case "parameters":
            schema.parameters.isEmpty ? .null : .map(
                ScriptMap(entries: schema.parameters.map { .init(key: .string($0.name), value: .string($0.value)) }))
        default: nil
        }
    }

    static func fieldMember(
        _ name: String, _ field: Schema.Field, _ index: Int, _ language: ExpressionLanguage = .groovy
    ) -> ScriptValue? {
        switch name {
        case "name": .string(field.name)
        case "index": language == .groovy ? .int(index) : .double(Double(index))
        case "schema": .schema(field.schema)
        default: nil
        }
    }

    // MARK: Elements

    /// `object[key]`
    static func element(
        _ key: ScriptValue, of object: ScriptValue, _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue {
        switch object {
        case .undefined, .null: throw ExpressionError("Cannot invoke method getAt() on null object")
        case .map(let map): return map.entries.first { areEqualObjects($0.key, key) }?.value ?? .null
        case .string(let text), .gstring(let text):
            let units = Array(text.utf16)
            guard let (bounds, isReversed) = try slice(key, units.count, isText: true) else {
                throw noElement(key, object)
            }
            let part = units[bounds]
            return .string(String(utf16CodeUnits: isReversed ? Array(part.reversed()) : Array(part)))
        case .list, .range, .bytes:
            let items = items(object) ?? []
            if case .integer(let position, let type) = key, type != .long {
                let index = position < 0 ? position + Int64(items.count) : position
                if index < 0 {
                    throw ExpressionError("Negative array index [\(position)] too large for array size \(items.count)")
                }
                if index >= items.count {
                    guard case .bytes = object else { return .null }
                    throw ExpressionError("\(position)")
                }
                return items[Int(index)]
            }
            guard let (bounds, isReversed) = try slice(key, items.count, isText: false) else {
                throw noElement(key, object)
            }
            return .list(isReversed ? items[bounds].reversed() : Array(items[bounds]))
        case .matcher(let matcher):
            guard case .integer(let position, _) = key else { throw noElement(key, object) }
            let matches = try matcher.matches()
            let index = position < 0 ? position + Int64(matches.count) : position
            guard index >= 0, index < matches.count else {
                let bounds = "\(-matches.count)..\(matches.count - 1)"
                throw ExpressionError("index is out of range \(bounds) (index = \(position))")
            }
            let groups = matches[Int(index)].groups.map { $0.map(ScriptValue.string) ?? .null }
            return groups.count == 1 ? groups[0] : .list(groups)
        default:
            guard let name = key.text else { throw noElement(key, object) }
            return try property(name, of: object, evaluation)
        }
    }

    private static func noElement(_ key: ScriptValue, _ object: ScriptValue) -> ExpressionError {
        ExpressionError(
            "No signature of method: \(className(object)).getAt() is applicable for argument types: "
                + "(\(className(key)))")
    }

    /// The range of an index or of a range of indexes; nil for other keys.
    private static func slice(
        _ key: ScriptValue, _ count: Int, isText: Bool
    ) throws(ExpressionError) -> (Range<Int>, isReversed: Bool)? {
        let (first, last): (Int64, Int64)
        switch key {
        case .integer(let index, _): (first, last) = (index, index)
        case .range(let a, let b, _): (first, last) = (a, b)
        default: return nil
        }
        let (a, b) = (first < 0 ? first &+ Int64(count) : first, last < 0 ? last &+ Int64(count) : last)
        guard a >= 0, b >= 0, a < count, b < count else {
            throw ExpressionError(isText ? "String index out of range: \(first)" : "Index out of range: \(first)")
        }
        return a <= b ? (Int(a)..<Int(b) + 1, false) : (Int(b)..<Int(a) + 1, true)
    }

    // MARK: Types

    static func isInstance(_ value: ScriptValue, _ type: GroovyType) -> Bool {
        switch (value, type) {
        case (.null, _), (.undefined, _): false
        case (_, .object): true
        case (.boolean, .boolean), (.string, .string), (.map, .map), (.date, .date), (.structure, .structure): true
        case (.integer(_, .byte), .byte), (.integer(_, .short), .short), (.integer(_, .int), .integer),
            (.integer(_, .long), .long), (.bigInteger, .bigInteger), (.decimal, .bigDecimal), (.float, .float),
            (.double, .double): true
        case (.list, .list), (.list, .collection), (.range, .list), (.range, .collection): true
        case (_, .number): isNumber(value)
        default: false
        }
    }

    /// `value as Type` or `(Type) value`.
    ///
    /// - Parameter isConversion: `as`, which reads numbers from texts.
    static func cast(
        _ value: ScriptValue, _ type: GroovyType, isConversion: Bool
    ) throws(ExpressionError) -> ScriptValue {
        if value.isNullish { return type == .boolean && !isConversion ? .boolean(false) : .null }
        if isInstance(value, type) { return value }
        switch type {
        case .string: return .string(try text(value))
        case .boolean: return .boolean(try isTrue(value))
        case .byte, .short, .integer, .long, .float, .double, .bigDecimal, .bigInteger:
            if let text = value.text {
                if isConversion { return try number(text, type) }
                throw impossible(value, type)
            }
            return try converted(value, type)
        case .list, .collection:
            if let items = items(value) { return .list(items) }
            throw impossible(value, type)
        case .date, .map, .number, .object, .structure: throw impossible(value, type)
        }
    }

    private static func impossible(_ value: ScriptValue, _ type: GroovyType) -> ExpressionError {
        ExpressionError("Cannot cast object with class '\(className(value))' to class '\(type.rawValue)'")
    }

    /// A number of another type, as `Number.intValue` and so on.
    static func converted(_ value: ScriptValue, _ type: GroovyType) throws(ExpressionError) -> ScriptValue {
        if case .character(let unit) = value { return try converted(.int(Int(unit)), type) }
        guard isNumber(value) else { throw impossible(value, type) }
        switch type {
        case .byte: return .integer(Int64(Int8(truncatingIfNeeded: try truncated(value))), .byte)
        case .short: return .integer(Int64(Int16(truncatingIfNeeded: try truncated(value))), .short)
        case .integer:
            switch value {
            case .float, .double: return .integer(Int64(Int32(clamping: try truncated(value))), .int)
            default: return .integer(Int64(Int32(truncatingIfNeeded: try truncated(value))), .int)
            }
        case .long: return .integer(try truncated(value), .long)
        case .float: return .float(Float(double(value) ?? .nan))
        case .double: return .double(double(value) ?? .nan)
        case .bigDecimal:
            guard let decimal = decimal(value) else { throw ExpressionError("Infinite or NaN") }
            return .decimal(decimal)
        case .bigInteger:
            guard let decimal = decimal(value) else { throw ExpressionError("Infinite or NaN") }
            return .bigInteger(try decimal.rescaled(to: 0, rounding: .down))
        case .boolean, .collection, .date, .list, .map, .number, .object, .string, .structure:
            throw impossible(value, type)
        }
    }

    /// A number from a text, which may be surrounded by blanks.
    static func number(_ text: String, _ type: GroovyType) throws(ExpressionError) -> ScriptValue {
        let trimmed = JavaText.trim(text)
        let value: ScriptValue?
        switch type {
        case .byte: value = javaInteger(trimmed, as: Int8.self).map { .integer($0, .byte) }
        case .short: value = javaInteger(trimmed, as: Int16.self).map { .integer($0, .short) }
        case .integer: value = javaInteger(trimmed, as: Int32.self).map { .integer($0, .int) }
        case .long: value = javaInteger(trimmed, as: Int64.self).map { .integer($0, .long) }
        case .float: value = floatingText(trimmed).flatMap { Float($0) }.map { .float($0) }
        case .double: value = floatingText(trimmed).flatMap { Double($0) }.map { .double($0) }
        case .bigDecimal: value = ScriptDecimal(trimmed).map { .decimal($0) }
        case .bigInteger:
            let isInteger = trimmed.utf8.allSatisfy { $0 == 0x2D || $0 == 0x2B || (0x30...0x39).contains($0) }
            value = isInteger ? ScriptDecimal(trimmed).map { .bigInteger($0) } : nil
        case .boolean, .collection, .date, .list, .map, .number, .object, .string, .structure: value = nil
        }
        guard let value else { throw ExpressionError("For input string: \"\(trimmed)\"") }
        return value
    }

    private static func javaInteger<T: FixedWidthInteger>(_ text: String, as: T.Type) -> Int64? {
        T(text).map { Int64($0) }
    }

    /// The text if Java's `Double.valueOf` accepts it in decimal form, without its suffix.
    private static func floatingText(_ text: String) -> String? {
        if ["NaN", "Infinity", "+Infinity", "-Infinity"].contains(text) { return text }
        var text = text[...]
        if let last = text.utf8.last, "dDfF".utf8.contains(last) { text.removeLast() }
        guard let first = text.utf8.first(where: { $0 != 0x2D && $0 != 0x2B }),
            (0x30...0x39).contains(first) || first == 0x2E,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) })
        else { return nil }
        if text.hasSuffix(".") { text += "0" }
        return String(text)
    }

    // MARK: Functions

    static func function(
        _ function: ScriptFunction, _ arguments: [ScriptValue]
    ) throws(ExpressionError) -> ScriptValue {
        let arguments = MethodArguments(function.rawValue, arguments)
        switch function {
        case .abs: return try magnitude(try arguments.number(0))
        case .max, .min:
            let (a, b) = (try arguments.number(0), try arguments.number(1))
            let order = try compareNumbers(a, b)
            let isFirst = function == .max ? order > 0 : order < 0
            return try promoted(isFirst ? a : b, between: a, b)
        case .ceil: return .double(try arguments.double(0).rounded(.up))
        case .floor: return .double(try arguments.double(0).rounded(.down))
        case .sqrt: return .double(try arguments.double(0).squareRoot())
        case .pow: return .double(ScriptMath.power(try arguments.double(0), try arguments.double(1)))
        case .round: return .integer(Int64(saturating: (try arguments.double(0) + 0.5).rounded(.down)), .long)
        case .currentTimeMillis: return .integer(WallTime.now.epochMilliseconds, .long)
        case .integerParse: return try parse(try arguments.text(0), .integer)
        case .longParse: return try parse(try arguments.text(0), .long)
        case .doubleParse: return try number(try arguments.text(0), .double)
        case .booleanParse: return .boolean(try arguments.text(0).lowercased() == "true")
        case .stringValueOf: return .string(try text(try arguments.value(0)))
        case .integerValueOf, .longValueOf, .doubleValueOf:
            let type: GroovyType = function == .integerValueOf ? .integer : function == .longValueOf ? .long : .double
            let value = try arguments.value(0)
            guard let text = value.text else { return try converted(value, type) }
            return type == .double ? try number(text, type) : try parse(text, type)
        case .array, .boolean, .isFinite, .isNaN, .jsonParse, .keys, .now, .number, .numberIsFinite, .numberIsInteger,
            .numberIsNaN, .parseFloat, .parseInt, .numberParseFloat, .numberParseInt, .sign, .string, .trunc:
            throw ExpressionError("The function '\(function.rawValue)' does not exist in Groovy")
        }
    }

    /// A number from a text without blanks.
    private static func parse(_ text: String, _ type: GroovyType) throws(ExpressionError) -> ScriptValue {
        guard JavaText.trim(text).isExactly(text) else { throw ExpressionError("For input string: \"\(text)\"") }
        return try number(text, type)
    }

    static func magnitude(_ value: ScriptValue) throws(ExpressionError) -> ScriptValue {
        switch value {
        case .integer(let number, _) where number >= 0: return try unary(.plus, value)
        case .bigInteger(let number): return .bigInteger(number.magnitude)
        case .decimal(let number): return .decimal(number.magnitude)
        case .float(let number): return .float(number.magnitude)
        case .double(let number): return .double(number.magnitude)
        default: return try unary(.negate, value)
        }
    }

    /// `value`, promoted to the common type of two numbers, as the overloads of `Math.max` do.
    private static func promoted(
        _ value: ScriptValue, between a: ScriptValue, _ b: ScriptValue
    ) throws(ExpressionError) -> ScriptValue {
        switch (a, b) {
        case (.double, _), (_, .double), (.decimal, _), (_, .decimal): return .double(double(value) ?? .nan)
        case (.float, _), (_, .float): return .float(Float(double(value) ?? .nan))
        case (.integer(_, .long), _), (_, .integer(_, .long)): return try converted(value, .long)
        default: return try converted(value, .integer)
        }
    }
}

extension SchemaType {
    /// `Schema.Type.getName`.
    var nameInLowerCase: String { javaName.lowercased() }
}
