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
        return decoded.schema == nil && decoded.value.isNull ? "null" : DecodedText.describe(decoded)
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
        try decoded(JSONConverter(configuration: configuration), text)
    }

    private static func decoded(_ converter: JSONConverter, _ text: String) throws -> String {
        do {
            return DecodedText.describe(
                try Array(text.utf8).withUnsafeBytes { try converter.decode($0, topic: "t", headers: []) })
        } catch let error as DataError {
            return "error: " + error.message
        }
    }

    /// If Java would return another value than the document contains, this converter fails; nothing else differs.
    private static func isRefusal(_ ours: String, _ java: String) -> Bool {
        // Java parses the beginning of such a document.
        let isMalformed = ours.hasPrefix("error: Converting byte[]")
        let isRefused = ["Invalid value for ", "The number "].contains { ours.hasPrefix("error: \($0)") }
        return isMalformed || isRefused
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
        #expect(refused.count == 45, "\(refused.sorted())")
    }

    /// A converter that has read other documents reads each as a new one does, also if it has read the same before.
    @Test func documentsAreReadIndependentlyOfEachOther() throws {
        let lines = try RecordedRecord.lines(of: "connect/decoded-json.jsonl")
        for (_, configuration) in Self.settings {
            let converter = try JSONConverter(configuration: configuration)
            var texts = try lines.map { try #require($0["text"]?.stringValue) }
            // Beginnings of the documents before, with other ends.
            texts += [#"{"schema":{"type":"int32"},"payload":5"#, #"{"schema":{"type":"int32"},"payload":5,"payload":6}"#]
            texts += [#"{"schema":{"type":"int32"},"payload":5}}"#, #"{"schema":{"type":"int32"},"payload":}"#]
            texts += ["{\"schema\":{\"type\":\"int32\"},\"payload\":7 \n}\t", #"{"schema":{"type":"int32"},"payload":8}"#]
            for text in texts {
                let expected = try Self.decodeJSON(text, configuration)
                for _ in 0..<2 {
                    #expect(try Self.decoded(converter, text) == expected, "\(configuration) \(text)")
                }
            }
        }
    }

    /// As the JsonConverter of Kafka 4.3.1 reads it.
    @Test func negativeZeroIsReadAsZero() throws {
        for text in ["-0.0", "-0", "-0e5"] {
            for (type, name) in [("double", "float64"), ("float", "float32")] {
                #expect(
                    try Self.decodeJSON(#"{"schema":{"type":"\#(type)"},"payload":\#(text)}"#, [:]) == "\(name) f0.0")
            }
        }
        #expect(try Self.decodeJSON(#"{"v":-0.0}"#, ["schemas.enable": "false"]) == "- {'v'=f0.0}")
    }

    @Test func fixedSchemaReplacesTheEnvelope() throws {
        let configuration = ["schema.content": #"{"type":"struct","fields":[{"field":"a","type":"int8"}]}"#]
        #expect(try Self.decodeJSON(#"{"a":1}"#, configuration) == "struct(a:int8) (1)")
        #expect(try Self.decodeJSON("null", ["schema.content": "null", "schemas.enable": "false"]) == "- null")
        let error = #expect(throws: ConfigError.self) { try JSONConverter(configuration: ["schema.content": "{}"]) }
        #expect(error?.message == "Schema must contain 'type' field")
        let malformed = #expect(throws: ConfigError.self) { try JSONConverter(configuration: ["schema.content": "{"]) }
        let serialization = "Failed to parse schema in converter config due to serialization error: "
        #expect(malformed?.message.hasPrefix(serialization) == true)
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
