import ConnectData
import ConnectPlugins
import PluginTestSupport
import Testing
import WireCore

/// Compares decoded values with those of Kafka's own converters.
@Suite struct DecodingTests {
    private static func decodeHeader(_ text: String) -> String {
        let decoded = Array(text.utf8).withUnsafeBytes {
            SimpleHeaderConverter().decode($0, header: "h", topic: "t")
        }
        return decoded.schema == nil && decoded.value.isNull ? "null" : describe(decoded)
    }

    @Test func headersAreDecodedAsBySimpleHeaderConverter() throws {
        let lines = try RecordedRecord.lines(of: "connect/decoded-headers.jsonl")
        #expect(lines.count > 1000)
        for line in lines {
            let text = try #require(line["text"]?.stringValue)
            let expected = try #require(line["value"]?.stringValue)
            #expect(Self.decodeHeader(text) == Self.withoutDates(expected), "\(text)")
        }
    }

    /// A date without a schema is a number of days here.
    private static func withoutDates(_ description: String) -> String {
        guard description.contains("(-)") || description.contains("-)") else { return description }
        return description.replacing(#/t(\d+)/#) { match in
            let milliseconds = Int(match.output.1) ?? 0
            return "\(milliseconds % 86_400_000 == 0 ? milliseconds / 86_400_000 : milliseconds)"
        }
    }

    @Test func deeplyNestedLiteralsAreStrings() {
        let text = String(repeating: "[", count: 100_000)
        #expect(Self.decodeHeader(text) == "string '\(text)'")
    }

    private static let settings = [
        "schemas": [:], "plain": ["schemas.enable": "false"], "nulls kept": ["replace.null.with.default": "false"],
    ]

    private static func decodeJSON(_ text: String, _ configuration: [String: String]) throws -> String {
        let converter = try JSONConverter(configuration: configuration)
        do {
            return describe(
                try Array(text.utf8).withUnsafeBytes { try converter.decode($0, topic: "t", headers: []) })
        } catch let error as DataError {
            return "error: " + error.message
        }
    }

    /// If Java would return another value than the document contains, this converter fails; nothing else differs.
    private static func isRefusal(_ ours: String, _ java: String) -> Bool {
        let misreadIntegers = ["f9.223372036854776E18", "f1.2345678901234567E19"].contains { ours.contains($0) }
        // Java parses the beginning of such a document.
        let isMalformed = ours.hasPrefix("error: Converting byte[]")
        let isRefused = ["Invalid value for ", "The number "].contains { ours.hasPrefix("error: \($0)") }
        return misreadIntegers || isMalformed || isRefused
    }

    @Test func documentsAreDecodedAsByJsonConverter() throws {
        let lines = try RecordedRecord.lines(of: "connect/decoded-json.jsonl")
        #expect(lines.count > 300)
        var refused: Set<String> = []
        for line in lines {
            let text = try #require(line["text"]?.stringValue)
            for (name, configuration) in Self.settings {
                let java = try #require(line[name]?.stringValue)
                let ours = try Self.decodeJSON(text, configuration)
                if ours == java { continue }
                let serialization = "error: Converting byte[] to Kafka Connect data failed due to serialization error: "
                if java == serialization, ours.hasPrefix(serialization) { continue }
                #expect(Self.isRefusal(ours, java), "\(name) \(text): \(ours), Java \(java)")
                refused.insert(text)
            }
        }
        #expect(refused.count == 46, "\(refused.sorted())")
    }

    @Test func fixedSchemaReplacesTheEnvelope() throws {
        let configuration = ["schema.content": #"{"type":"struct","fields":[{"field":"a","type":"int8"}]}"#]
        #expect(try Self.decodeJSON(#"{"a":1}"#, configuration) == "struct(a:int8) (1)")
        #expect(throws: ConfigError.self) { try JSONConverter(configuration: ["schema.content": "{}"]) }
    }

    /// The converter decodes what it encodes.
    @Test(arguments: [
        SchemaAndValue(Schema(.int64), .integer(.min)), SchemaAndValue(Schema(.float32), .float32(0.1)),
        SchemaAndValue(Schema(.bytes), .bytes([0, 255])),
        SchemaAndValue(
            Schema(.map, keySchema: Schema(.int8), valueSchema: Schema(.string, isOptional: true)),
            .map([.init(key: .integer(1), value: .null)])),
    ])
    func encodedValuesAreDecodedAgain(_ value: SchemaAndValue) throws {
        let converter = try JSONConverter(configuration: [:])
        var writer = ByteWriter()
        #expect(try converter.convert(value.value, schema: value.schema, topic: "t", into: &writer))
        let decoded = try writer.withUnsafeBytes { try converter.decode($0, topic: "t", headers: []) }
        #expect(decoded == value)
    }
}

// MARK: Descriptions in the format of DecodeValues.java

private func describe(_ decoded: SchemaAndValue) -> String {
    describe(decoded.schema) + " " + describe(decoded.value, decoded.schema)
}

private func describe(_ schema: Schema?) -> String {
    guard let schema else { return "-" }
    var text = schema.type.rawValue == "float" ? "float32" : schema.type.rawValue == "double" ? "float64" : schema.type.rawValue
    switch schema.type {
    case .array: text += "(\(describe(schema.valueSchema)))"
    case .map: text += "(\(describe(schema.keySchema)),\(describe(schema.valueSchema)))"
    case .structure: text += "(" + schema.fields.map { "\($0.name):\(describe($0.schema))" }.joined(separator: ",") + ")"
    default: break
    }
    if schema.isOptional { text += "?" }
    if let name = schema.name { text += " name=\(name)" }
    if let version = schema.version { text += " version=\(version)" }
    if let documentation = schema.documentation { text += " doc=\(documentation)" }
    if !schema.parameters.isEmpty {
        let parameters = schema.parameters.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value)" }
        text += " parameters={\(parameters.joined(separator: ", "))}"
    }
    if let value = schema.defaultValue { text += " default=\(describe(value, schema))" }
    return text
}

private func describe(_ value: ConnectValue, _ schema: Schema?) -> String {
    switch value {
    case .null: return "null"
    case .boolean(let flag): return "\(flag)"
    case .integer(let number):
        switch schema?.logicalType {
        case .date: return "t\(number * 86_400_000)"
        case .time, .timestamp: return "t\(number)"
        case .decimal, nil: return "\(number)"
        }
    case .float32(let number): return "f" + JavaNumber.text(number)
    case .float64(let number): return "f" + JavaNumber.text(number)
    case .string(let text): return "'\(text)'"
    case .bytes(let bytes):
        guard let schema, schema.logicalType == .decimal else { return "x" + bytes.map(hex).joined() }
        var digits = UnscaledDecimal.javaText(bytes, scale: 0)
        if digits == "0" { return "d0e0" }
        var exponent = -schema.decimalScale
        while digits.hasSuffix("0") {
            digits.removeLast()
            exponent += 1
        }
        return "d\(digits)e\(exponent)"
    case .array(let items): return "[" + items.map { describe($0, schema?.valueSchema) }.joined(separator: ",") + "]"
    case .map(let entries):
        let texts = entries.map { "\(describe($0.key, schema?.keySchema))=\(describe($0.value, schema?.valueSchema))" }
        return "{" + texts.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }.joined(separator: ",") + "}"
    case .structure(let row):
        return "(" + zip(row.values, row.schema.fields).map { describe($0, $1.schema) }.joined(separator: ",") + ")"
    case .instant(let milliseconds): return "t\(milliseconds)"
    }
}

private func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
