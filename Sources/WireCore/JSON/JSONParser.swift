/// A defect of a JSON document, and its byte offset.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: Equatable, Sendable {
        case unexpectedEnd
        /// A byte that is not allowed here; the text names what is.
        case unexpectedByte(UInt8, expected: String)
        case badEscape
        case invalidUTF8
        /// Arrays and objects nested deeper than `JSONValue.depthMax`.
        case tooDeep
        /// Content after the document's end.
        case trailingBytes
    }

    package let reason: Reason
    /// Bytes from the document's start.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String {
        switch reason {
        case .unexpectedEnd: "the JSON document ends too early, at byte \(offset)"
        case .unexpectedByte(let byte, let expected):
            "unexpected \(Self.name(byte)) at byte \(offset) of the JSON document, expected \(expected)"
        case .badEscape: "unknown escape in a JSON string at byte \(offset)"
        case .invalidUTF8: "JSON string that is not UTF-8 at byte \(offset)"
        case .tooDeep: "JSON nested deeper than \(JSONValue.depthMax) at byte \(offset)"
        case .trailingBytes: "content after the end of the JSON document, at byte \(offset)"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        byte > 0x20 && byte < 0x7F ? "'\(Character(UnicodeScalar(byte)))'" : "byte \(byte)"
    }
}

extension JSONValue {
    /// The maximum nesting of arrays and objects in a document that is read: far deeper than any valid document, and
    /// shallow enough that the threads of connections, whose stacks are small, can read, compare and write it.
    package static let depthMax = 64

    /// Reads one document in the strict grammar of RFC 8259, surrounded by nothing but white space.
    ///
    /// Whole numbers within 64 bits are exact, all others become doubles. Of members with the same name the
    /// last one counts. A lone surrogate escape becomes U+FFFD.
    ///
    /// - Parameter numbersAsText: numbers become strings of the text they are written in (`1.50`, `1e3`), as Jackson
    ///   reads them into maps of strings.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer, numbersAsText: Bool = false
    ) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes: bytes, numbersAsText: numbersAsText)
        let value = try parser.value(depth: 0)
        parser.skipBlanks()
        guard parser.position == bytes.count else { throw JSONError(.trailingBytes, at: parser.position) }
        return value
    }

    package static func parse(_ bytes: [UInt8], numbersAsText: Bool = false) throws(JSONError) -> JSONValue {
        try bytes.span.bytes.withUnsafeBytes { (buffer) throws(JSONError) in
            try parse(buffer, numbersAsText: numbersAsText)
        }
    }

    package static func parse(_ text: String) throws(JSONError) -> JSONValue { try parse([UInt8](text.utf8)) }
}

private struct JSONParser {
    let bytes: UnsafeRawBufferPointer
    let numbersAsText: Bool
    var position = 0

    mutating func skipBlanks() {
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

    mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipBlanks()
        switch try current() {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), 0x30...0x39: return try number()
        case let byte: throw JSONError(.unexpectedByte(byte, expected: "a value"), at: position)
        }
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

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= JSONValue.depthMax else { throw JSONError(.tooDeep, at: position) }
        position += 1
        var members: [(name: String, value: JSONValue)] = []
        skipBlanks()
        if try current() == UInt8(ascii: "}") {
            position += 1
            return .object(JSONObject())
        }
        while true {
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
            members.append((name: name, value: try value(depth: depth)))
            if try isLast(closedBy: UInt8(ascii: "}"), expected: "',' or '}'") { break }
        }
        return .object(JSONObject(members))
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= JSONValue.depthMax else { throw JSONError(.tooDeep, at: position) }
        position += 1
        var items: [JSONValue] = []
        skipBlanks()
        if try current() == UInt8(ascii: "]") {
            position += 1
            return .array(items)
        }
        while true {
            items.append(try value(depth: depth))
            if try isLast(closedBy: UInt8(ascii: "]"), expected: "',' or ']'") { return .array(items) }
        }
    }

    private mutating func isLast(closedBy close: UInt8, expected: String) throws(JSONError) -> Bool {
        skipBlanks()
        let byte = try current()
        guard byte == close || byte == UInt8(ascii: ",") else {
            throw JSONError(.unexpectedByte(byte, expected: expected), at: position)
        }
        position += 1
        return byte == close
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
        guard let value = Double(text) else {
            throw JSONError(.unexpectedByte(bytes[start], expected: "a number"), at: start)
        }
        return .double(value)
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
            text = String(validating: run, as: UTF8.self)
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
