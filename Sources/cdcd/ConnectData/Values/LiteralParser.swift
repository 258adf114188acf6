/// Infers schema and value of a text, as `Values.parseString` of Connect does: numbers, booleans, dates and times,
/// arrays and maps of these; everything else is a string.
package struct LiteralParser {
    /// The maximum nesting of arrays and maps; a text with deeper nesting is a string.
    private static let depthMax = 64

    /// The text is not a literal of the kind that was tried.
    fileprivate struct MismatchError: Error {}

    private let original: String
    private var tokens: LiteralTokenizer
    private var depth = 0

    private init(_ text: String) {
        original = text
        tokens = LiteralTokenizer(text)
    }

    /// - Returns: a null without a schema for the text `null`.
    package static func parse(_ text: String) -> SchemaAndValue {
        if text.isEmpty { return SchemaAndValue(Schema(.string), .string(text)) }
        var parser = LiteralParser(text)
        do throws(MismatchError) {
            return try parser.value(isEmbedded: false) ?? .null
        } catch {
            return SchemaAndValue(Schema(.string), .string(text))
        }
    }

    private mutating func value(isEmbedded: Bool) throws(MismatchError) -> SchemaAndValue? {
        guard tokens.hasNext else { return nil }
        if isEmbedded, tokens.consume("\"") { return quotedString() }
        if isLiteral("null", isEmbedded) { return nil }
        if isLiteral("true", isEmbedded) { return SchemaAndValue(Schema(.boolean), .boolean(true)) }
        if isLiteral("false", isEmbedded) { return SchemaAndValue(Schema(.boolean), .boolean(false)) }
        let start = tokens.mark
        do throws(MismatchError) {
            if tokens.consume("[") { return try nested { parser throws(MismatchError) in try parser.array() } }
            if tokens.consume("{") { return try nested { parser throws(MismatchError) in try parser.map() } }
        } catch {
            tokens.rewind(to: start)
        }
        let token = tokens.next()
        if LiteralTokenizer.isBlank(token) { return SchemaAndValue(Schema(.string), .string(token)) }
        return try scalar(JavaText.trim(token), isEmbedded)
    }

    private mutating func nested(
        _ body: (inout LiteralParser) throws(MismatchError) -> SchemaAndValue
    ) throws(MismatchError) -> SchemaAndValue {
        guard depth < Self.depthMax else { throw MismatchError() }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    /// A single token, which at the top level must be the only one.
    private mutating func isLiteral(_ expected: String, _ isEmbedded: Bool) -> Bool {
        let start = tokens.mark
        if tokens.consume(expected), isEmbedded || !tokens.hasNext { return true }
        tokens.rewind(to: start)
        return false
    }

    private mutating func scalar(_ token: String, _ isEmbedded: Bool) throws(MismatchError) -> SchemaAndValue {
        let first = token.utf8.first ?? 0
        let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        if isDigit {
            // The colons of a time split it into five tokens.
            let start = tokens.mark
            if let rest = tokens.next(4), let temporal = TemporalLiteral.parse(token + rest) { return temporal }
            tokens.rewind(to: start)
            if let temporal = TemporalLiteral.parse(token) { return temporal }
        }
        if isDigit || first == UInt8(ascii: "+") || first == UInt8(ascii: "-"),
            let number = NumberLiteral.parse(token) { return number }
        if isEmbedded { throw MismatchError() }
        return SchemaAndValue(Schema(.string), .string(original))
    }

    /// Dates and times may be quoted too.
    private mutating func quotedString() -> SchemaAndValue {
        var content = ""
        while tokens.hasNext, !tokens.consume("\"") { content += tokens.next() }
        return TemporalLiteral.parse(content) ?? SchemaAndValue(Schema(.string), .string(content))
    }

    private mutating func array() throws(MismatchError) -> SchemaAndValue {
        var items: [SchemaAndValue?] = []
        var element = CommonSchema()
        while tokens.hasNext {
            if tokens.consume("]") {
                var aligned: [ConnectValue] = []
                for item in items { aligned.append(try element.align(item)) }
                return SchemaAndValue(Schema(.array, valueSchema: element.schema), .array(aligned))
            }
            if tokens.consume(",") { throw MismatchError() }
            let item = try value(isEmbedded: true)
            element.merge(item)
            items.append(item)
            let start = tokens.mark
            if tokens.consume("]") {
                tokens.rewind(to: start)
            } else if !tokens.consume(",") {
                throw MismatchError()
            }
        }
        throw MismatchError()
    }

    private mutating func map() throws(MismatchError) -> SchemaAndValue {
        var entries: [(key: SchemaAndValue, value: SchemaAndValue?)] = []
        var positions: [ConnectValue: Int] = [:]
        var (keys, values) = (CommonSchema(), CommonSchema())
        while tokens.hasNext {
            if tokens.consume("}") {
                // Without a common schema of the keys the values have none either.
                if keys.schema == nil { values = CommonSchema() }
                var aligned: [ConnectValue.MapEntry] = []
                for entry in entries {
                    aligned.append(.init(key: try keys.align(entry.key), value: try values.align(entry.value)))
                }
                return SchemaAndValue(
                    Schema(.map, keySchema: keys.schema, valueSchema: values.schema), .map(aligned))
            }
            if tokens.consume(",") { throw MismatchError() }
            guard let key = try value(isEmbedded: true), !key.value.isNull, tokens.consume(":") else {
                throw MismatchError()
            }
            let item = try value(isEmbedded: true)
            let entry = (key: key, value: item)
            if let position = positions[key.value] {
                entries[position] = entry
            } else {
                positions[key.value] = entries.count
                entries.append(entry)
            }
            _ = tokens.consume(",")
            keys.merge(key)
            values.merge(item)
        }
        throw MismatchError()
    }
}

/// The schema that all elements of an array or map can have (`Values.SchemaMerger`).
private struct CommonSchema {
    private(set) var schema: Schema?
    private var isCompatible = true

    private static let numberRanks: [SchemaType: Int] = [
        .int8: 0, .int16: 1, .int32: 2, .int64: 3, .float32: 4, .float64: 5,
    ]

    mutating func merge(_ element: SchemaAndValue?) {
        guard isCompatible, let new = element?.schema else { return }
        guard let previous = schema else {
            schema = new
            return
        }
        schema = Self.merged(previous, new)
        isCompatible = schema != nil
    }

    private static func merged(_ previous: Schema, _ new: Schema) -> Schema? {
        if previous.type == new.type { return new }
        guard let a = numberRanks[previous.type], let b = numberRanks[new.type] else { return nil }
        return a > b ? previous : new
    }

    /// The value converted to the common schema, if there is one. Null is not allowed; an integer can become a date,
    /// but not vice versa.
    func align(_ element: SchemaAndValue?) throws(LiteralParser.MismatchError) -> ConnectValue {
        guard let schema else { return element?.value ?? .null }
        guard let element, !element.value.isNull else { throw LiteralParser.MismatchError() }
        if let own = element.schema, own.isTemporal, own.name != schema.name { throw LiteralParser.MismatchError() }
        switch (schema.type, element.value) {
        case (.float32, .integer(let number)): return .float32(Float(Double(number)))
        case (.float64, .integer(let number)): return .float64(Double(number))
        case (.float64, .float32(let number)): return .float64(Double(number))
        default: return element.value
        }
    }
}

extension Schema {
    fileprivate var isTemporal: Bool {
        switch logicalType {
        case .date, .time, .timestamp: true
        case .decimal, nil: false
        }
    }
}
