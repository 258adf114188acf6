import ConnectData
import WireCore

/// A value of an expression.
///
/// Groovy's values are Java's objects, with Java's types of numbers. JavaScript's numbers are `double`; dates,
/// decimals, bytes, schemas and headers are Java's objects in it, too.
enum ScriptValue {
    /// Java's types of integers up to 64 bits.
    enum IntegerType: Int, Sendable {
        case byte, short, int, long
    }

    /// JavaScript's.
    case undefined
    case null
    case boolean(Bool)
    /// Groovy's.
    case integer(Int64, IntegerType)
    /// Groovy's: a decimal with scale 0.
    case bigInteger(ScriptDecimal)
    case decimal(ScriptDecimal)
    /// Groovy's.
    case float(Float)
    case double(Double)
    /// Groovy's: a UTF-16 code unit.
    case character(UInt16)
    case string(String)
    /// A GString: a text that is no String for Java.
    case gstring(String)
    case list([ScriptValue])
    /// A range of Groovy, from the first to the last value in either direction. At least one is a Long, or none is.
    case range(Int64, Int64, isLong: Bool)
    case map(ScriptMap)
    /// An object of JavaScript with the entries as members.
    case object(ScriptMap)
    case structure(Struct)
    /// A `java.nio.ByteBuffer`, which is what Debezium's connectors give for binary columns.
    case buffer([UInt8])
    /// A `byte[]`.
    case bytes([UInt8])
    /// A `java.util.Date`: milliseconds since the epoch.
    case date(Int64)
    case schema(Schema)
    case schemaField(Schema.Field, index: Int)
    case schemaType(SchemaType)
    indirect case header(ScriptValue, Schema?)
    case pattern(ScriptPattern)
    case matcher(ScriptMatcher)
    case closure(ClosureDefinition)

    static func int(_ value: Int) -> ScriptValue { .integer(Int64(value), .int) }

    var isNullish: Bool {
        switch self {
        case .null, .undefined: true
        default: false
        }
    }

    /// The characters, if the value is a text.
    var text: String? {
        switch self {
        case .string(let text), .gstring(let text): text
        default: nil
        }
    }
}

/// Entries in the order in which a script sees them.
struct ScriptMap {
    struct Entry {
        let key: ScriptValue
        let value: ScriptValue
    }

    var entries: [Entry]

    /// The value of a text key; the last one if there are several.
    subscript(key: String) -> ScriptValue? {
        entries.last { $0.key.text?.isExactly(key) ?? false }?.value
    }
}

/// A compiled pattern of either language.
enum ScriptPattern: Sendable {
    case java(JavaPattern)
    case ecmaScript(ECMAScriptPattern)
}

/// A `java.util.regex.Matcher`: a pattern and the text to be searched.
struct ScriptMatcher {
    let pattern: JavaPattern
    let text: String
    let search: ScriptSearch

    func matches(limit: Int = .max) throws(ExpressionError) -> [PatternMatch] {
        try search.matches(of: pattern, in: text, limit: limit)
    }
}

extension String {
    /// The order of Java and JavaScript, which compare UTF-16 code units.
    func codeUnitsPrecede(_ other: String) -> Bool { utf16.lexicographicallyPrecedes(other.utf16) }
}
