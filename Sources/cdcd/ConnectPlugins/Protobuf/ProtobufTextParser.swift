import ConnectData

/// Reads .proto files of proto2 and proto3: messages, enumerations and the options that affect values. Services and
/// extensions are skipped. Groups are not supported.
struct ProtobufTextParser {
    /// The maximum nesting of messages and of the values of options.
    private static let depthMax = 64

    private var tokenizer: ProtobufTokenizer
    private var token = ProtobufTokenizer.Token.end
    private var depth = 0
    private var file = ProtobufFile()

    private init(_ text: String) { tokenizer = ProtobufTokenizer(text) }

    /// - Throws: `DataError` with the line of a defect.
    static func parse(_ text: String) throws(DataError) -> ProtobufFile {
        var parser = ProtobufTextParser(text)
        return try parser.parse()
    }

    private mutating func parse() throws(DataError) -> ProtobufFile {
        try advance()
        while token != .end {
            if try accept(";") { continue }
            switch try word() {
            case "syntax":
                try expect("=")
                file.isProto3 = try string() == "proto3"
                try expect(";")
            case "edition": throw tokenizer.error("editions are not supported")
            case "package":
                file.package = try word()
                try expect(";")
            case "import":
                if case .word = token { try advance() }
                file.imports.append(try string())
                try expect(";")
            case "option": _ = try option(end: ";")
            case "message": file.messages.append(try message())
            case "enum": file.enumerations.append(try enumeration())
            case "service", "extend": try skipBlock()
            case let other: throw tokenizer.error("unexpected \(other)")
            }
        }
        return file
    }

    // MARK: Tokens

    private mutating func advance() throws(DataError) { token = try tokenizer.next() }

    private mutating func accept(_ symbol: Unicode.Scalar) throws(DataError) -> Bool {
        guard token == .symbol(UInt8(ascii: symbol)) else { return false }
        try advance()
        return true
    }

    private mutating func expect(_ symbol: Unicode.Scalar) throws(DataError) {
        guard try accept(symbol) else { throw tokenizer.error("expected '\(symbol)'") }
    }

    private mutating func word() throws(DataError) -> String {
        guard case .word(let text) = token else { throw tokenizer.error("expected a name") }
        try advance()
        return text
    }

    private mutating func string() throws(DataError) -> String {
        guard case .string(let text) = token else { throw tokenizer.error("expected a string") }
        try advance()
        return text
    }

    private mutating func integer() throws(DataError) -> Int32 {
        let isNegative = try accept("-")
        guard case .number(let text) = token else { throw tokenizer.error("expected a number") }
        let lowercased = text.lowercased()
        let magnitude: Int64? =
            if lowercased.hasPrefix("0x") { Int64(lowercased.dropFirst(2), radix: 16) } else if text.hasPrefix("0") {
                Int64(text, radix: 8)
            } else { Int64(text) }
        guard let magnitude, let value = Int32(exactly: isNegative ? -magnitude : magnitude) else {
            throw tokenizer.error("invalid number \(text)")
        }
        try advance()
        return value
    }

    private mutating func enter() throws(DataError) {
        guard depth < Self.depthMax else { throw tokenizer.error("nested deeper than \(Self.depthMax)") }
        depth += 1
    }

    /// Skips to the end of a block in braces, or to a semicolon before one.
    private mutating func skipBlock() throws(DataError) {
        var depth = 0
        while true {
            switch token {
            case .end: throw tokenizer.error("unexpected end")
            case .symbol(UInt8(ascii: "{")): depth += 1
            case .symbol(UInt8(ascii: "}")):
                depth -= 1
                if depth <= 0 { return try advance() }
            case .symbol(UInt8(ascii: ";")) where depth == 0: return try advance()
            case .symbol, .word, .number, .string: break
            }
            try advance()
        }
    }

    // MARK: Messages

    private mutating func message() throws(DataError) -> ProtobufMessage {
        try enter()
        defer { depth -= 1 }
        var message = ProtobufMessage(name: try word())
        try expect("{")
        while try !accept("}") {
            if try accept(";") { continue }
            switch token {
            case .word("message"):
                try advance()
                message.messages.append(try self.message())
            case .word("enum"):
                try advance()
                message.enumerations.append(try enumeration())
            case .word("option"):
                try advance()
                _ = try option(end: ";")
            case .word("oneof"):
                try advance()
                try oneof(&message)
            case .word("reserved"), .word("extensions"):
                while try !accept(";") {
                    guard token != .end else { throw tokenizer.error("unexpected end") }
                    try advance()
                }
            case .word("extend"):
                try advance()
                try skipBlock()
            case .word, .number, .string, .symbol, .end: try field(in: &message, oneof: nil)
            }
        }
        return message
    }

    private mutating func oneof(_ message: inout ProtobufMessage) throws(DataError) {
        let index = message.oneofs.count
        message.oneofs.append(try word())
        try expect("{")
        while try !accept("}") {
            if try accept(";") { continue }
            if token == .word("option") {
                try advance()
                _ = try option(end: ";")
            } else {
                try field(in: &message, oneof: index)
            }
        }
    }

    private mutating func field(in message: inout ProtobufMessage, oneof: Int?) throws(DataError) {
        var type = try word()
        var label: ProtobufField.Label?
        if oneof == nil, let found = ProtobufField.Label(rawValue: type), case .word = token {
            label = found
            type = try word()
        }
        if type == "group" { throw tokenizer.error("groups are not supported") }
        var entry: ProtobufMessage?
        if type == "map", try accept("<") {
            let key = try word()
            try expect(",")
            let value = try word()
            try expect(">")
            entry = ProtobufMessage(
                name: "",
                fields: [.init(type: key, name: "key", number: 1), .init(type: value, name: "value", number: 2)])
            label = .repeated
        }
        var field = ProtobufField(label: label, type: type, name: try word(), number: 0, oneof: oneof)
        if var entry {
            entry.name = ProtobufNames.entryName(field.name)
            field.type = entry.name
            message.messages.append(entry)
        }
        try expect("=")
        field.number = try integer()
        guard field.number > 0 else { throw tokenizer.error("field numbers must be positive") }
        if try accept("[") {
            repeat {
                guard let option = try option(end: nil) else { continue }
                apply(option, to: &field)
            } while try accept(",")
            try expect("]")
        }
        try expect(";")
        message.fields.append(field)
    }

    private mutating func enumeration() throws(DataError) -> ProtobufEnumeration {
        var enumeration = ProtobufEnumeration(name: try word())
        try expect("{")
        while try !accept("}") {
            if try accept(";") { continue }
            let name = try word()
            if name == "option", token != .symbol(UInt8(ascii: "=")) {
                _ = try option(end: ";")
            } else if name == "reserved", token != .symbol(UInt8(ascii: "=")) {
                while try !accept(";") {
                    guard token != .end else { throw tokenizer.error("unexpected end") }
                    try advance()
                }
            } else {
                try expect("=")
                enumeration.symbols.append(.init(name: name, number: try integer()))
                if try accept("[") {
                    repeat { _ = try option(end: nil) } while try accept(",")
                    try expect("]")
                }
                try expect(";")
            }
        }
        return enumeration
    }

    // MARK: Options

    private indirect enum OptionValue {
        case text(String)
        case list([OptionValue])
        case object([(name: String, value: OptionValue)])
    }

    private struct Option {
        /// Without parentheses and a leading dot: `confluent.field_meta.params`.
        var name: String
        var value: OptionValue
    }

    private mutating func option(end: Unicode.Scalar?) throws(DataError) -> Option? {
        var name = ""
        while try !accept("=") {
            switch token {
            case .word(let text): name += text
            case .symbol(UInt8(ascii: "(")), .symbol(UInt8(ascii: ")")): break
            case .symbol(UInt8(ascii: ".")): name += "."
            case .symbol, .number, .string, .end: throw tokenizer.error("invalid option")
            }
            try advance()
        }
        let value = try optionValue()
        if let end { try expect(end) }
        return Option(name: name.hasPrefix(".") ? String(name.dropFirst()) : name, value: value)
    }

    private mutating func optionValue() throws(DataError) -> OptionValue {
        try enter()
        defer { depth -= 1 }
        if try accept("{") { return .object(try members(until: "}")) }
        if try accept("<") { return .object(try members(until: ">")) }
        if try accept("[") {
            var items: [OptionValue] = []
            while try !accept("]") {
                items.append(try optionValue())
                _ = try accept(",")
            }
            return .list(items)
        }
        let sign = try accept("-") ? "-" : ""
        switch token {
        case .word(let text), .number(let text), .string(let text):
            try advance()
            return .text(sign + text)
        case .symbol, .end: throw tokenizer.error("expected the value of an option")
        }
    }

    private mutating func members(
        until end: Unicode.Scalar
    ) throws(DataError) -> [(name: String, value: OptionValue)] {
        var members: [(name: String, value: OptionValue)] = []
        while try !accept(end) {
            let isExtension = try accept("[")
            let name = try word()
            if isExtension { try expect("]") }
            _ = try accept(":")
            members.append((name: name, value: try optionValue()))
            if try !accept(",") { _ = try accept(";") }
        }
        return members
    }

    private func apply(_ option: Option, to field: inout ProtobufField) {
        switch (option.name, option.value) {
        case ("default", .text(let text)): field.defaultText = text
        case ("confluent.field_meta", .object(let members)):
            for member in members where member.name == "params" { append(member.value, to: &field) }
        case ("confluent.field_meta.params", let value): append(value, to: &field)
        case (_, .text), (_, .list), (_, .object): break
        }
    }

    private func append(_ value: OptionValue, to field: inout ProtobufField) {
        switch value {
        case .list(let items): for item in items { append(item, to: &field) }
        case .object(let members):
            var (key, content) = ("", "")
            for case (let name, .text(let text)) in members {
                if name == "key" { key = text }
                if name == "value" { content = text }
            }
            field.parameters.append(.init(key, content))
        case .text: break
        }
    }
}
