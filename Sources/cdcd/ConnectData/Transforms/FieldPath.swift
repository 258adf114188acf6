/// The names that lead to a field (`org.apache.kafka.connect.transforms.field.SingleFieldPath`).
package struct FieldPath: Sendable {
    /// How a path is written; `field.syntax.version`.
    package enum Syntax: String, Sendable {
        /// The whole text is the name of a field.
        case v1
        /// Names are separated by dots; backticks enclose a name that has dots.
        case v2
    }

    /// The options of a transform that has the property `field.syntax.version`.
    package static let syntaxKey = ConfigKey(
        "field.syntax.version", .string, defaultValue: "V1", importance: .high,
        documentation: "How fields are named: 'V1', by one name each; 'V2', by names separated by dots, which lead into "
            + "nested structs and maps. Backticks enclose a name that has dots itself.",
        validator: .oneOfIgnoringCase(["V1", "V2"]))

    /// The outermost name first.
    package let names: [String]

    package init(_ text: String, _ syntax: Syntax) throws(ConfigError) {
        switch syntax {
        case .v1: names = [text]
        case .v2: names = try Self.names(text)
        }
    }

    private static func names(_ text: String) throws(ConfigError) -> [String] {
        let (dot, backtick, backslash) = (UInt8(ascii: "."), UInt8(ascii: "`"), UInt8(ascii: "\\"))
        let bytes = Array(text.utf8)
        var names: [String] = []
        var index = 0
        func name(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
        func unclosed(from start: Int) -> ConfigError {
            let position = name(bytes[..<start]).utf16.count
            return ConfigError(
                name: "", message: "Incomplete backtick pair in path: [\(text)], consider adding a backslash before "
                    + "backtick at position \(position) to escape it")
        }
        while index < bytes.count {
            if bytes[index] != backtick {
                let end = bytes[index...].firstIndex(of: dot) ?? bytes.count
                names.append(name(bytes[index..<end]))
                index = end + 1
                continue
            }
            let opening = index
            var content: [UInt8] = []
            var start = index + 1
            index = start
            // A backtick closes the name only before a dot or at the end.
            while true {
                guard let closing = bytes[index...].firstIndex(of: backtick) else { throw unclosed(from: opening) }
                let isEscaped = bytes[closing - 1] == backslash
                if closing == bytes.count - 1 {
                    if isEscaped { throw unclosed(from: opening) }
                    names.append(name(content + bytes[start..<closing]))
                    index = bytes.count
                    break
                }
                index = closing + 1
                guard bytes[index] == dot else { continue }
                if !isEscaped {
                    names.append(name(content + bytes[start..<closing]))
                    index += 1
                    break
                }
                content += bytes[start..<closing - 1] + [backtick]
                start = index
            }
        }
        if bytes.last == dot { names.append("") }
        return names
    }

    /// The indexes of the fields that the names lead to in structs of a schema; nil if there is no such field.
    ///
    /// - Throws: if a field whose fields are looked up is no struct.
    package func indexes(in schema: Schema) throws(DataError) -> [Int]? {
        var indexes: [Int] = []
        var current = schema
        for name in names {
            guard current.type == .structure else { throw DataError("Cannot look up fields on non-struct type") }
            guard let index = current.index(of: name) else { return nil }
            indexes.append(index)
            current = current.fields[index].schema
        }
        return indexes.isEmpty ? nil : indexes
    }

    /// The value without a schema that the names lead to; null if there is none.
    package func value(in entries: [ConnectValue.MapEntry]) throws(DataError) -> ConnectValue {
        var value = ConnectValue.map(entries)
        for name in names {
            if value.isNull { return .null }
            let entries = try value.requiringMap(for: "nested field access")
            value = entries.first { $0.key == .string(name) }?.value ?? .null
        }
        return value
    }
}
