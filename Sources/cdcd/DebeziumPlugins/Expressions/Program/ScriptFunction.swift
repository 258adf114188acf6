/// Functions that are no methods of a value.
enum ScriptFunction: String {
    // Of both languages
    case abs = "Math.abs"
    case ceil = "Math.ceil"
    case floor = "Math.floor"
    case max = "Math.max"
    case min = "Math.min"
    case pow = "Math.pow"
    case round = "Math.round"
    case sqrt = "Math.sqrt"
    // Of Groovy
    case booleanParse = "Boolean.parseBoolean"
    case currentTimeMillis = "System.currentTimeMillis"
    case doubleParse = "Double.parseDouble"
    case doubleValueOf = "Double.valueOf"
    case integerParse = "Integer.parseInt"
    case integerValueOf = "Integer.valueOf"
    case longParse = "Long.parseLong"
    case longValueOf = "Long.valueOf"
    case stringValueOf = "String.valueOf"
    // Of JavaScript
    case array = "Array.isArray"
    case boolean = "Boolean"
    case isFinite = "isFinite"
    case isNaN = "isNaN"
    case jsonParse = "JSON.parse"
    case keys = "Object.keys"
    case now = "Date.now"
    case number = "Number"
    case numberIsFinite = "Number.isFinite"
    case numberIsInteger = "Number.isInteger"
    case numberIsNaN = "Number.isNaN"
    case parseFloat = "parseFloat"
    case parseInt = "parseInt"
    case numberParseFloat = "Number.parseFloat"
    case numberParseInt = "Number.parseInt"
    case sign = "Math.sign"
    case string = "String"
    case trunc = "Math.trunc"

    func exists(in language: ExpressionLanguage) -> Bool {
        switch self {
        case .abs, .ceil, .floor, .max, .min, .pow, .round, .sqrt: true
        case .booleanParse, .currentTimeMillis, .doubleParse, .doubleValueOf, .integerParse, .integerValueOf,
            .longParse, .longValueOf, .stringValueOf: language == .groovy
        case .array, .boolean, .isFinite, .isNaN, .jsonParse, .keys, .now, .number, .numberIsFinite, .numberIsInteger,
            .numberIsNaN, .parseFloat, .parseInt, .numberParseFloat, .numberParseInt, .sign, .string, .trunc:
            language == .javaScript
        }
    }
}
