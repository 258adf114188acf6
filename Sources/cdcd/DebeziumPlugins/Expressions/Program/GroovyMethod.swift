/// The methods of Java and of Groovy's development kit that expressions can call. Whether a value has one is known when
/// it is called.
enum GroovyMethod: String {
    // Objects
    case compareTo, equals, toString, hashCode
    // Texts
    case capitalize, center, charAt, codePointAt, compareToIgnoreCase, concat, contains, contentEquals, drop, endsWith
    case equalsIgnoreCase, indexOf, isAllWhitespace, isBigDecimal, isBigInteger, isBlank, isDouble, isEmpty, isFloat
    case isInteger, isLong, isNumber, lastIndexOf, length, matches, minus, multiply, padLeft, padRight, plus, `repeat`
    case replace, replaceAll, replaceFirst, reverse, size, split, startsWith, strip, stripLeading, stripTrailing
    case substring, take, toBigDecimal, toBigInteger, toBoolean, toDouble, toFloat, toInteger, toList, toLong
    case toLowerCase, toShort, toUpperCase, tokenize, trim, uncapitalize
    // Lists and maps
    case any, asBoolean, collect, containsAll, containsKey, containsValue, count, disjoint, each, every, find, findAll
    case first, get, getAt, getOrDefault, head, intersect, join, keySet, last, max, min, sum, tail, unique, values
    // Numbers
    case abs, add, byteValue, divide, doubleValue, floatValue, intValue, intdiv, isInfinite, isNaN, longValue, mod
    case negate, precision, scale, shortValue, signum, stripTrailingZeros, subtract, toPlainString
    // Structs, schemas, headers, dates, bytes
    case after, array, before, defaultValue, doc, field, fields, getArray, getBoolean, getBytes, getFloat32, getFloat64
    case getInt16, getInt32, getInt64, getInt8, getMap, getName, getString, getStruct, getTime, getWithoutDefault, index
    case isOptional, keySchema, name, parameters, remaining, schema, type, valueSchema, version
    // Matchers
    case group, groupCount, hasGroup, pattern, matcher
    case call
}
