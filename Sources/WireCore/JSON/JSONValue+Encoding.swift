extension JSONValue {
    /// The document without any white space, as Jackson's `ObjectMapper` writes it.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.json(self)
        return writer.array()
    }

    /// The document as Jackson's `DefaultPrettyPrinter` writes it: every member of an object on its own line, indented
    /// by two spaces a level, ` : ` after the name; arrays on one line, `[ a, b ]`; a single space between the brackets
    /// of an empty one. No line end after the last bracket. Characters beyond U+FFFF are not escaped, since Debezium
    /// prints its schema history as text and not as bytes.
    package func prettyPrinted() -> [UInt8] {
        var writer = ByteWriter()
        writer.prettyJSON(self, depth: 0)
        return writer.array()
    }
}

extension ByteWriter {
    /// A document without white space.
    ///
    /// - Parameter escapesBeyondBMP: whether characters beyond U+FFFF are escaped, as Jackson does if it writes bytes;
    ///   not if it writes text.
    package mutating func json(_ value: JSONValue, escapesBeyondBMP: Bool = true) {
        switch value {
        case .array(let items):
            byte(UInt8(ascii: "["))
            for index in items.indices {
                if index > 0 { byte(UInt8(ascii: ",")) }
                json(items[index], escapesBeyondBMP: escapesBeyondBMP)
            }
            byte(UInt8(ascii: "]"))
        case .object(let object): json(object, escapesBeyondBMP: escapesBeyondBMP)
        case .null, .bool, .integer, .double, .string: jsonScalar(value, escapesBeyondBMP: escapesBeyondBMP)
        }
    }

    /// An object without white space.
    package mutating func json(_ object: JSONObject, escapesBeyondBMP: Bool = true) {
        byte(UInt8(ascii: "{"))
        var isFirst = true
        for member in object.members {
            if !isFirst { byte(UInt8(ascii: ",")) }
            isFirst = false
            jsonString(member.name, escapesBeyondBMP: escapesBeyondBMP)
            byte(UInt8(ascii: ":"))
            json(member.value, escapesBeyondBMP: escapesBeyondBMP)
        }
        byte(UInt8(ascii: "}"))
    }

    private mutating func jsonString(_ text: String, escapesBeyondBMP: Bool) {
        if escapesBeyondBMP { jsonString(text) } else { jsonStringUnescapedBeyondBMP(text) }
    }

    private mutating func jsonScalar(_ value: JSONValue, escapesBeyondBMP: Bool) {
        switch value {
        case .null, .array, .object: literal("null")
        case .bool(let value): value ? literal("true") : literal("false")
        case .integer(let value): decimal(value)
        case .double(let value): jsonNumber(value)
        case .string(let value): jsonString(value, escapesBeyondBMP: escapesBeyondBMP)
        }
    }

    fileprivate mutating func prettyJSON(_ value: JSONValue, depth: Int) {
        switch value {
        case .array(let items):
            literal("[ ")
            for index in items.indices {
                if index > 0 { literal(", ") }
                prettyJSON(items[index], depth: depth)
            }
            literal(items.isEmpty ? "]" : " ]")
        case .object(let object):
            byte(UInt8(ascii: "{"))
            var isFirst = true
            for member in object.members {
                if !isFirst { byte(UInt8(ascii: ",")) }
                isFirst = false
                line(depth: depth + 1)
                jsonStringUnescapedBeyondBMP(member.name)
                literal(" : ")
                prettyJSON(member.value, depth: depth + 1)
            }
            if isFirst { byte(UInt8(ascii: " ")) } else { line(depth: depth) }
            byte(UInt8(ascii: "}"))
        case .null, .bool, .integer, .double, .string: jsonScalar(value, escapesBeyondBMP: false)
        }
    }

    private mutating func line(depth: Int) {
        byte(UInt8(ascii: "\n"))
        for _ in 0..<depth { literal("  ") }
    }
}
