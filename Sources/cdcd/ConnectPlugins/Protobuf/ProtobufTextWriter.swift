import WireCore

/// Writes a .proto file as `ProtobufSchemaUtils.toString` does, whose text is what Confluent's converter registers.
enum ProtobufTextWriter {
    static func text(of file: ProtobufFile) -> String {
        var lines = ["syntax = \"proto3\";"]
        if let package = file.package { lines.append("package \(package);") }
        if !file.imports.isEmpty { lines += [""] + file.imports.map { "import \"\($0)\";" } }
        if !file.options.isEmpty { lines += [""] + file.options.map { "option \($0);" } }
        if !file.messages.isEmpty { lines.append("") }
        for message in file.messages { lines += self.lines(of: message) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(of message: ProtobufMessage) -> [String] {
        // Each kind of member begins with a line end: after `{`, or an empty line.
        var groups: [[String]] = []
        groups.append(message.fields.filter { $0.oneof == nil }.flatMap(lines))
        groups.append(
            message.oneofs.indices.flatMap { index in
                ["oneof \(message.oneofs[index]) {"]
                    + message.fields.filter { $0.oneof == index }.flatMap(lines).map { "  " + $0 } + ["}"]
            })
        groups.append(message.messages.flatMap(lines) + message.enumerations.flatMap(lines))
        groups.removeAll(where: \.isEmpty)
        guard !groups.isEmpty else { return ["message \(message.name) {}"] }
        let body = groups.map { $0.map { $0.isEmpty ? "  " : "  " + $0 } }.joined(separator: [""])
        return ["message \(message.name) {"] + body + ["}"]
    }

    private static func lines(of enumeration: ProtobufEnumeration) -> [String] {
        ["enum \(enumeration.name) {"] + enumeration.symbols.map { "  \($0.name) = \($0.number);" } + ["}"]
    }

    private static func lines(of field: ProtobufField) -> [String] {
        let label = field.oneof == nil ? field.label.map { "\($0.rawValue) " } ?? "" : ""
        let declaration = "\(label)\(field.type) \(field.name) = \(field.number)"
        if field.parameters.isEmpty { return [declaration + ";"] }
        var lines = [declaration + " [(confluent.field_meta) = {", "  params: ["]
        for (index, parameter) in field.parameters.enumerated() {
            let key = "      key: \"\(escaped(parameter.name))\""
            let value = "      value: \"\(escaped(parameter.value))\""
            // For these two the value comes first, as it always did.
            let isValueFirst = parameter.name == "precision" || parameter.name == "scale"
            let (first, second) = isValueFirst ? (value, key) : (key, value)
            lines += ["    {", first + ",", second, index + 1 < field.parameters.count ? "    }," : "    }"]
        }
        return lines + ["  ]", "}];"]
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\u{7}": result += "\\a"
            case "\u{8}": result += "\\b"
            case "\u{B}": result += "\\v"
            case "\u{C}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\\", "'", "\"": result += "\\\(character)"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
