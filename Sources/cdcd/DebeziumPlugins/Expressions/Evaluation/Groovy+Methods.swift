import ConnectData
import WireCore

// Methods of Groovy's values, except those of texts and collections.
extension Groovy {
    static func invoke(
        _ method: GroovyMethod, on object: ScriptValue, _ values: [ScriptValue], _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue {
        let arguments = MethodArguments(method.rawValue, values)
        if object.isNullish {
            // The methods of NullObject.
            switch method {
            case .equals: return .boolean(try arguments.value(0).isNullish)
            case .toString: return .string("null")
            case .asBoolean: return .boolean(false)
            default: throw ExpressionError("Cannot invoke method \(method.rawValue)() on null object")
            }
        }
        if let value = try common(method, object, arguments) { return value }
        let value: ScriptValue?
        switch object {
        case .string(let text): value = try textMethod(method, text, arguments, evaluation)
        case .gstring(let text): value = try textMethod(method, text, arguments, evaluation)
        case .list, .range, .bytes: value = try listMethod(method, object, items(object) ?? [], arguments, evaluation)
        case .map(let map), .object(let map): value = try mapMethod(method, map, arguments, evaluation)
        case .integer, .bigInteger, .decimal, .float, .double: value = try numberMethod(method, object, arguments)
        case .structure(let structure): value = try structMethod(method, structure, arguments)
        case .schema(let schema): value = try schemaMethod(method, schema, arguments)
        case .schemaField(let field, let index): value = fieldMember(method.rawValue, field, index)
        case .schemaType(let type):
            value = method == .name ? .string(type.javaName) : method == .getName ? .string(type.nameInLowerCase) : nil
        case .date(let milliseconds): value = try dateMethod(method, milliseconds, arguments)
        case .buffer(let bytes):
            switch method {
            case .array: value = .bytes(bytes)
            case .remaining: value = .int(bytes.count)
            case .get: value = try element(try arguments.value(0), of: .bytes(bytes), evaluation)
            default: value = nil
            }
        case .matcher(let matcher): value = try matcherMethod(method, matcher, arguments)
        case .pattern(.java(let pattern)) where method == .matcher:
            let text = try arguments.text(0)
            value = .matcher(ScriptMatcher(pattern: pattern, text: text, search: evaluation.search))
        case .closure(let closure): value = method == .call ? try evaluation.call(closure, values) : nil
        case .undefined, .null, .boolean, .character, .header, .pattern: value = nil
        }
        guard let value else {
            let types = values.map(className).joined(separator: ", ")
            throw ExpressionError(
                "No signature of method: \(className(object)).\(method.rawValue)() is applicable for argument types: "
                    + "(\(types))")
        }
        return value
    }

    /// The methods that all objects have.
    private static func common(
        _ method: GroovyMethod, _ object: ScriptValue, _ arguments: MethodArguments
    ) throws(ExpressionError) -> ScriptValue? {
        switch method {
        case .equals where arguments.count == 1:
            switch object {
            // The development kit compares the items of lists and maps as `==` does.
            case .list, .map, .range: return .boolean(try areEqual(object, arguments.values[0]))
            default: return .boolean(areEqualObjects(object, arguments.values[0]))
            }
        case .toString where arguments.count == 0:
            return .string(try text(object))
        case .asBoolean where arguments.count == 0: return .boolean(try isTrue(object))
        case .compareTo where arguments.count == 1:
            if let text = object.text { return .int(try compareCodeUnits(text, try arguments.text(0))) }
            return .int(try compare(object, arguments.values[0]))
        default: return nil
        }
    }

    /// `String.compareTo`: the difference of the first different characters, or of the lengths.
    static func compareCodeUnits(_ a: String, _ b: String) throws(ExpressionError) -> Int {
        for (x, y) in zip(a.utf16, b.utf16) where x != y { return Int(x) - Int(y) }
        return a.utf16.count - b.utf16.count
    }

    private static func numberMethod(
        _ method: GroovyMethod, _ object: ScriptValue, _ arguments: MethodArguments
    ) throws(ExpressionError) -> ScriptValue? {
        switch method {
        case .byteValue: return try converted(object, .byte)
        case .shortValue: return try converted(object, .short)
        case .intValue, .toInteger: return try converted(object, .integer)
        case .longValue, .toLong: return try converted(object, .long)
        case .floatValue, .toFloat: return try converted(object, .float)
        case .doubleValue, .toDouble: return try converted(object, .double)
        case .toBigDecimal: return try converted(object, .bigDecimal)
        case .toBigInteger: return try converted(object, .bigInteger)
        case .abs: return try magnitude(object)
        case .plus: return try binary(.add, object, try arguments.value(0))
        case .minus: return try binary(.subtract, object, try arguments.value(0))
        case .multiply: return try binary(.multiply, object, try arguments.number(0))
        case .mod: return try binary(.remainder, object, try arguments.number(0))
        case .intdiv:
            guard case .integer(let a, let x) = object, case .integer(let b, let y) = try arguments.value(0) else {
                return nil
            }
            guard b != 0 else { throw ExpressionError("/ by zero") }
            let quotient = b == -1 ? 0 &- a : a / b
            let isLong = x == .long || y == .long
            return try converted(.integer(quotient, .long), isLong ? .long : .integer)
        case .isNaN, .isInfinite:
            switch object {
            case .float(let value): return .boolean(method == .isNaN ? value.isNaN : value.isInfinite)
            case .double(let value): return .boolean(method == .isNaN ? value.isNaN : value.isInfinite)
            default: return nil
            }
        case .negate, .signum, .precision, .scale, .add, .subtract, .divide, .toPlainString, .stripTrailingZeros:
            guard case .decimal(let decimal) = object else { return nil }
            return try decimalMethod(method, decimal, arguments)
        default: return nil
        }
    }

    private static func binary(
        _ operation: BinaryOperator, _ left: ScriptValue, _ right: ScriptValue
    ) throws(ExpressionError) -> ScriptValue {
        switch operation {
        case .add where right.text != nil: return .string(try CompiledExpression.bounded(text(left) + text(right)))
        default: return try arithmetic(operation, left, right)
        }
    }

    private static func decimalMethod(
        _ method: GroovyMethod, _ decimal: ScriptDecimal, _ arguments: MethodArguments
    ) throws(ExpressionError) -> ScriptValue? {
        func other() throws(ExpressionError) -> ScriptDecimal {
            guard case .decimal(let other) = try arguments.value(0) else {
                throw ExpressionError("\(method.rawValue)() needs a java.math.BigDecimal")
            }
            return other
        }
        switch method {
        case .negate: return .decimal(-decimal)
        case .signum: return .int(decimal.signum)
        case .precision: return .int(decimal.precision)
        case .scale: return .int(decimal.scale)
        case .add: return .decimal(try decimal.adding(try other()))
        case .subtract: return .decimal(try decimal.adding(-(try other())))
        case .toPlainString: return decimal.plainText.map(ScriptValue.string)
        default: return nil
        }
    }

    // MARK: Structs and schemas

    private static func structMethod(
        _ method: GroovyMethod, _ structure: Struct, _ arguments: MethodArguments
    ) throws(ExpressionError) -> ScriptValue? {
        let types: [SchemaType]
        switch method {
        case .schema: return .schema(structure.schema)
        case .get, .getAt, .getWithoutDefault:
            if case .schemaField(let field, _) = try arguments.value(0), method == .get {
                return try structMember(field.name, structure, usesDefault: true)
            }
            return try structMember(try arguments.text(0), structure, usesDefault: method != .getWithoutDefault)
        case .getInt8: types = [.int8]
        case .getInt16: types = [.int16]
        case .getInt32: types = [.int32]
        case .getInt64: types = [.int64]
        case .getFloat32: types = [.float32]
        case .getFloat64: types = [.float64]
        case .getBoolean: types = [.boolean]
        case .getString: types = [.string]
        case .getBytes: types = [.bytes]
        case .getArray: types = [.array]
        case .getMap: types = [.map]
        case .getStruct: types = [.structure]
        default: return nil
        }
        let name = try arguments.text(0)
        guard let index = structure.schema.index(of: name) else {
            throw ExpressionError("\(name) is not a valid field name")
        }
        guard types.contains(structure.schema.fields[index].schema.type) else {
            throw ExpressionError("Field '\(name)' is not of type \(types[0].javaName)")
        }
        let value = ScriptValue.field(index, of: structure, .groovy)
        if method == .getBytes, case .buffer(let bytes) = value { return .bytes(bytes) }
        return value
    }

    private static func structMember(
        _ name: String, _ structure: Struct, usesDefault: Bool
    ) throws(ExpressionError) -> ScriptValue {
        guard let index = structure.schema.index(of: name) else {
            throw ExpressionError("\(name) is not a valid field name")
        }
        return .field(index, of: structure, .groovy, usesDefault: usesDefault)
    }

    private static func schemaMethod(
        _ method: GroovyMethod, _ schema: Schema, _ arguments: MethodArguments
    ) throws(ExpressionError) -> ScriptValue? {
        if method == .field {
            guard schema.type == .structure else {
                throw ExpressionError("Cannot look up fields on non-struct type")
            }
            let name = try arguments.text(0)
            return schema.index(of: name).map { .schemaField(schema.fields[$0], index: $0) } ?? .null
        }
        if method == .fields, schema.type != .structure {
            throw ExpressionError("Cannot list fields on non-struct type")
        }
        return schemaMember(method.rawValue, schema)
    }

    private static func dateMethod(
        _ method: GroovyMethod, _ milliseconds: Int64, _ arguments: MethodArguments
    ) throws(ExpressionError) -> ScriptValue? {
        switch method {
        case .getTime: return .integer(milliseconds, .long)
        case .before, .after:
            guard case .date(let other) = try arguments.value(0) else { return nil }
            return .boolean(method == .before ? milliseconds < other : milliseconds > other)
        default: return nil
        }
    }

    private static func matcherMethod(
        _ method: GroovyMethod, _ matcher: ScriptMatcher, _ arguments: MethodArguments
    ) throws(ExpressionError) -> ScriptValue? {
        switch method {
        case .matches:
            return .boolean(try matcher.search.isWholeMatch(of: matcher.pattern, matcher.text))
        case .find where arguments.count == 0: return .boolean(try !matcher.matches(limit: 1).isEmpty)
        case .size: return .int(try matcher.matches().count)
        default: return nil
        }
    }
}
