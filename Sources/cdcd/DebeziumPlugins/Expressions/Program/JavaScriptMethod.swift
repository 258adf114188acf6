/// The methods of JavaScript's values, and those of Java's objects in JavaScript.
enum JavaScriptMethod: String {
    // Texts
    case at, charAt, charCodeAt, codePointAt, concat, endsWith, includes, indexOf, lastIndexOf, match, padEnd, padStart
    case `repeat`, replace, replaceAll, search, slice, split, startsWith, substr, substring, toLowerCase, toString
    case toUpperCase, trim, trimEnd, trimStart, valueOf
    // Regular expressions
    case exec, test
    // Arrays
    case every, filter, find, findIndex, join, map, some
    // Numbers
    case toFixed
    case hasOwnProperty
    // Java's objects
    case array, compareTo, contains, containsKey, defaultValue, doc, doubleValue, equals, field, fields, get, getName
    case getTime, index, intValue, isEmpty, isOptional, keySchema, longValue, name, parameters, remaining, scale, schema
    case signum, size, toPlainString, type, valueSchema, version
}
