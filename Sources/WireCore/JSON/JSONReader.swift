/// Reads one JSON document from its beginning to its end, value by value, without building the values that the caller
/// does not need. `JSONValue.parse` is a caller that needs all.
///
/// ```swift
/// guard try reader.beginObject() else { … }
/// while let name = try reader.nextMember() { /* read or skip the member's value */ }
/// ```
///
/// The grammar is that of `JSONValue.parse`. After an error the reader must not be used.
package struct JSONReader {
    private let bytes: UnsafeRawBufferPointer
    private let numbersAsText: Bool
    private let truncatesIntegers: Bool
    private let depthMax: Int
    /// The offset of the next byte.
    package private(set) var position = 0
    /// The number of arrays and objects around the position.
    private var depth = 0
    /// Whether the position is directly after an opening bracket.
    private var isAtStart = false

    /// The number of members or items for which memory is allocated at once.
    private static let usualCount = 8

    /// - Parameters:
    ///   - bytes: valid as long as the reader is used.
    ///   - truncatesIntegers: of whole numbers beyond 64 bits the lowest 64 are read, as Java's `BigInteger.longValue`
    ///     does; otherwise they become doubles.
    package init(
        _ bytes: UnsafeRawBufferPointer, numbersAsText: Bool = false, truncatesIntegers: Bool = false,
        depthMax: Int = JSONValue.depthMax
    ) {
        self.bytes = bytes
        self.numbersAsText = numbersAsText
        self.truncatesIntegers = truncatesIntegers
        self.depthMax = depthMax
    }

    // MARK: Structure

    /// Throws if the document, which has been read, is followed by anything but white space.
    package mutating func finish() throws(JSONError) {
        skipBlanks()
        guard position == bytes.count else { throw JSONError(.trailingBytes, at: position) }
    }

    /// Enters an object; then `nextMember` must be called until it returns nil. If the value is not an object, skips it
    /// and returns false.
    package mutating func beginObject() throws(JSONError) -> Bool { try begin(UInt8(ascii: "{")) }

    /// Enters an array; then `nextItem` must be called until it returns false. If the value is not an array, skips it
    /// and returns false.
    package mutating func beginArray() throws(JSONError) -> Bool { try begin(UInt8(ascii: "[")) }

    private mutating func begin(_ bracket: UInt8) throws(JSONError) -> Bool {
        skipBlanks()
        guard try current() == bracket else {
            try skip()
            return false
        }
        try enter()
        return true
    }

    private mutating func enter() throws(JSONError) {
        guard depth < depthMax else { throw JSONError(.tooDeep(max: depthMax), at: position) }
        position += 1
        depth += 1
        isAtStart = true
    }

    /// The name of the object's next member, whose value must be read or skipped; nil at the object's end, which is
    /// read.
    package mutating func nextMember() throws(JSONError) -> String? {
        guard try !isAtEnd(UInt8(ascii: "}"), expected: "',' or '}'") else { return nil }
        skipBlanks()
        let quote = try current()
        guard quote == UInt8(ascii: "\"") else {
            throw JSONError(.unexpectedByte(quote, expected: "a member's name"), at: position)
        }
        let name = try string()
        skipBlanks()
        let colon = try current()
        guard colon == UInt8(ascii: ":") else {
            throw JSONError(.unexpectedByte(colon, expected: "':'"), at: position)
        }
        position += 1
        return name
    }

    /// Whether the array has another item, which must be read or skipped. At the array's end, which is read, returns
    /// false.
    package mutating func nextItem() throws(JSONError) -> Bool { try !isAtEnd(UInt8(ascii: "]"), expected: "',' or ']'") }

    private mutating func isAtEnd(_ bracket: UInt8, expected: String) throws(JSONError) -> Bool {
        skipBlanks()
        let byte = try current()
        if byte == bracket {
            position += 1
            depth -= 1
            isAtStart = false
            return true
        }
        if !isAtStart {
            guard byte == UInt8(ascii: ",") else {
                throw JSONError(.unexpectedByte(byte, expected: expected), at: position)
            }
            position += 1
        }
        isAtStart = false
        return false
    }

    // MARK: Values

    /// Reads a value of any kind.
    package mutating func value() throws(JSONError) -> JSONValue {
        skipBlanks()
        switch try current() {
        case UInt8(ascii: "{"):
            try enter()
            var members: [(name: String, value: JSONValue)] = []
            while let name = try nextMember() {
                if members.isEmpty { members.reserveCapacity(Self.usualCount) }
                members.append((name: name, value: try value()))
            }
            return .object(JSONObject(members))
        case UInt8(ascii: "["):
            try enter()
            var items: [JSONValue] = []
            while try nextItem() {
                if items.isEmpty { items.reserveCapacity(Self.usualCount) }
                items.append(try value())
            }
            return .array(items)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), 0x30...0x39: return try number()
        case let byte: throw JSONError(.unexpectedByte(byte, expected: "a value"), at: position)
        }
    }

    /// Reads over a value of any kind, which must be well-formed.
    package mutating func skip() throws(JSONError) {
        skipBlanks()
        switch try current() {
        case UInt8(ascii: "{"):
            try enter()
            while try nextMember() != nil { try skip() }
        case UInt8(ascii: "["):
            try enter()
            while try nextItem() { try skip() }
        default: _ = try value()
        }
    }

    // MARK: Scalars

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private func current() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        return bytes[position]
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<text.utf8CodeUnitCount {
            let byte = try current()
            guard byte == text.utf8Start[index] else {
                throw JSONError(.unexpectedByte(byte, expected: "\(text)"), at: position)
            }
            position += 1
        }
        return value
    }

    private mutating func digits() throws(JSONError) {
        let first = try current()
        guard (0x30...0x39).contains(first) else {
            throw JSONError(.unexpectedByte(first, expected: "a digit"), at: position)
        }
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let startsWithZero = try current() == 0x30
        let integerStart = position
        try digits()
        if startsWithZero, position > integerStart + 1 {
            throw JSONError(
                .unexpectedByte(bytes[integerStart + 1], expected: "no digit after a leading zero"),
                at: integerStart + 1)
        }
        var isWhole = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            let sign = try current()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        if numbersAsText { return .string(text) }
        if isWhole, let value = Int64(text) { return .integer(value) }
        if isWhole, truncatesIntegers { return .integer(Self.lowestBits(of: text.utf8)) }
        guard let value = Double(text) else {
            throw JSONError(.unexpectedByte(bytes[start], expected: "a number"), at: start)
        }
        return .double(value)
    }

    /// The lowest 64 bits of a whole number's two's complement.
    private static func lowestBits(of text: String.UTF8View) -> Int64 {
        var bits: Int64 = 0
        for byte in text where byte != UInt8(ascii: "-") { bits = bits &* 10 &+ Int64(byte - 0x30) }
        return text.first == UInt8(ascii: "-") ? 0 &- bits : bits
    }

    private mutating func string() throws(JSONError) -> String {
        let start = position + 1
        position = start
        var unescaped: [UInt8] = []
        var runStart = start
        while true {
            let byte = try current()
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else {
                throw JSONError(.unexpectedByte(byte, expected: "an escaped control character"), at: position)
            }
            position += 1
            guard byte == UInt8(ascii: "\\") else { continue }
            unescaped.append(contentsOf: bytes[runStart..<(position - 1)])
            try escape(into: &unescaped)
            runStart = position
        }
        let run = UnsafeRawBufferPointer(rebasing: bytes[runStart..<position])
        position += 1
        let text: String?
        if runStart == start {
            // Validation takes several times as long as the copy.
            text = run.isASCII ? String(decoding: run, as: UTF8.self) : String(validating: run, as: UTF8.self)
        } else {
            unescaped.append(contentsOf: run)
            text = String(validating: unescaped, as: UTF8.self)
        }
        guard let text else { throw JSONError(.invalidUTF8, at: start) }
        return text
    }

    /// Appends the character of an escape, the part after the backslash, as UTF-8.
    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        let byte = try current()
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return text.append(byte)
        case UInt8(ascii: "b"): return text.append(0x08)
        case UInt8(ascii: "t"): return text.append(0x09)
        case UInt8(ascii: "n"): return text.append(0x0A)
        case UInt8(ascii: "f"): return text.append(0x0C)
        case UInt8(ascii: "r"): return text.append(0x0D)
        case UInt8(ascii: "u"): break
        default: throw JSONError(.badEscape, at: position - 1)
        }
        var units = [try hexUnit()]
        let isHighSurrogate = units[0] & 0xFC00 == 0xD800
        if isHighSurrogate, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u") {
            let before = position
            position += 2
            let second = try hexUnit()
            // An escape that does not continue the pair is read again as an escape of its own.
            if second & 0xFC00 == 0xDC00 { units.append(second) } else { position = before }
        }
        text.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
    }

    private mutating func hexUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let byte = try current()
            switch byte {
            case 0x30...0x39: unit = unit << 4 | UInt16(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: unit = unit << 4 | UInt16((byte | 0x20) - 0x61 + 10)
            default: throw JSONError(.badEscape, at: position)
            }
            position += 1
        }
        return unit
    }
}
