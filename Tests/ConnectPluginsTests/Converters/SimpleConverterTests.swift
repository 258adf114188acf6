import ConnectData
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

/// Compares the converters of texts, bytes, numbers and booleans with Kafka's.
@Suite struct SimpleConverterTests {
    private static let converters: [(name: String, className: String, options: [String: String])] = [
        ("string", "storage.StringConverter", [:]),
        ("latin1", "storage.StringConverter", ["converter.encoding": "ISO-8859-1"]),
        ("ascii", "storage.StringConverter", ["converter.encoding": "US-ASCII"]),
        ("utf16", "storage.StringConverter", ["converter.encoding": "UTF-16"]),
        ("utf16be", "storage.StringConverter", ["converter.encoding": "UTF-16BE"]),
        ("utf16le", "storage.StringConverter", ["converter.encoding": "UTF-16LE"]),
    ] + ["Boolean", "ByteArray", "Double", "Float", "Integer", "Long", "Short"].map {
        ($0.lowercased(), "converters.\($0)Converter", [:])
    }

    private static func context(_ options: [String: String]) -> PluginContext {
        PluginContext(properties: options, connectorConfiguration: [:], plugins: TestPlugins.registry)
    }

    private func encoded(_ body: (inout ByteWriter) throws -> Bool, isText: Bool) -> String? {
        var writer = ByteWriter()
        do {
            guard try body(&writer) else { return nil }
        } catch {
            return "error: \(error)"
        }
        let bytes = writer.array()
        return isText ? String(decoding: bytes, as: UTF8.self) : "0x" + HexText.text(bytes)
    }

    /// Java has bytes in arrays, whose text has the identity of the object, or in buffers, whose class it names.
    private func comparable(_ text: String?) -> String? {
        text?.replacing(/\[B@\?|java\.nio\.HeapByteBuffer\[pos=0 lim=\d+ cap=\d+\]/, with: "BYTES")
            .replacing("class java.nio.HeapByteBuffer", with: "class [B")
    }

    @Test func valuesOfEveryTypeAreEncodedAsByKafka() throws {
        let answers = try #require(try JSONValue.parse(Fixtures.text("connect/converted-values.json")).objectValue)
        for (name, className, options) in Self.converters {
            let converter = try TestPlugins.registry.makeConverter(
                "org.apache.kafka.connect.\(className)", property: "c", Self.context(options))
            let headerConverter = try TestPlugins.registry.makeHeaderConverter(
                "org.apache.kafka.connect.\(className)", property: "c", Self.context(options))
            for item in ConvertedValues.all {
                let expected = try #require(answers[item.name]?.objectValue?[name])
                let isText = expected.stringValue.map { !$0.hasPrefix("0x") } ?? true
                let text = encoded(
                    { try converter.convert(item.value, schema: item.schema, topic: "t", into: &$0) }, isText: isText)
                // In UTF-16 also texts that are not to be compared are shown as bytes.
                if name.hasPrefix("utf16"), item.name.hasSuffix("bytes") || item.name.contains("struct")
                    || item.name == "bits" || item.name == "buffer" { continue }
                #expect(comparable(text) == comparable(expected.stringValue), "\(item.name), \(name)")
                let header = encoded(
                    {
                        try headerConverter.convert(
                            item.value, schema: item.schema, header: "h", topic: "t", into: &$0)
                    }, isText: isText)
                #expect(header == text)
            }
        }
    }

    @Test func bytesAreDecodedAsByKafka() throws {
        let lines = try RecordedRecord.lines(of: "connect/decoded-bytes.jsonl")
        #expect(lines.count > 20)
        for (name, className, options) in Self.converters {
            let className = "org.apache.kafka.connect.\(className)"
            let converter = try TestPlugins.registry.makeConverter(className, property: "c", Self.context(options))
            let headerConverter = try TestPlugins.registry.makeHeaderConverter(
                className, property: "c", Self.context(options))
            for line in lines {
                let input = try #require(line["bytes"]?.stringValue)
                let bytes = input == "null" ? nil : [UInt8](hex: input)
                func text(_ decode: (UnsafeRawBufferPointer?) throws -> SchemaAndValue) -> String {
                    do {
                        return DecodedText.describe(
                            try bytes.map { try $0.withUnsafeBytes { try decode($0) } } ?? decode(nil))
                    } catch { return String("error: \(error)".prefix { !$0.isNewline }) }
                }
                let decoded = text { try converter.decode($0, topic: "t", headers: []) }
                #expect(decoded == line[name]?.stringValue, "\(name) of \(input)")
                #expect(text { try headerConverter.decode($0, header: "h", topic: "t") } == decoded)
            }
        }
    }

    /// As `new String(bytes, UTF_8)` of Java 17 decodes them.
    @Test(arguments: [
        ([0x61, 0xED, 0xA0, 0x80, 0x62], "a?b"), ([0xED, 0xA0], "?"), ([0xED], "?"), ([0xED, 0xA0, 0x41], "?A"),
        ([0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80], "??"), ([0xED, 0x9F, 0xBF], "\u{D7FF}"),
        ([0xE1, 0x80, 0xED, 0xA0, 0x80], "??"), ([0xED, 0xBF, 0xED, 0xBF], "??"), ([0xE0, 0x80, 0x80], "???"),
        ([0xF4, 0x90, 0x80, 0x80], "????"), ([0xC0, 0x80], "??"),
    ])
    func bytesThatAreNotUTF8AreReplacedAsByJava(_ bytes: [UInt8], _ text: String) throws {
        let converter = try TestPlugins.registry.makeConverter("StringConverter", property: "c", Self.context([:]))
        let decoded = try bytes.withUnsafeBytes { try converter.decode($0, topic: "t", headers: []) }
        #expect(decoded.value == .string(text.replacing("?", with: "\u{FFFD}")))
    }

    /// The causes are those of Kafka's deserializers 4.3.1.
    @Test(arguments: [
        ("Boolean", [5], "Unexpected byte received by BooleanDeserializer: 5"),
        ("Boolean", [], "Size of data received by BooleanDeserializer is not 1"),
        ("Double", [5], "Size of data received by Deserializer is not 8"),
        ("Float", [5], "Size of data received by Deserializer is not 4"),
        ("Integer", [5], "Size of data received by IntegerDeserializer is not 4"),
        ("Long", [5], "Size of data received by LongDeserializer is not 8"),
        ("Short", [5], "Size of data received by ShortDeserializer is not 2"),
    ])
    func causesOfBytesThatCannotBeDecodedAreNamed(_ name: String, _ bytes: [UInt8], _ cause: String) throws {
        let converter = try TestPlugins.registry.makeConverter(
            "org.apache.kafka.connect.converters.\(name)Converter", property: "c", Self.context([:]))
        let error = #expect(throws: DataError.self) {
            try bytes.withUnsafeBytes { _ = try converter.decode($0, topic: "t", headers: []) }
        }
        #expect(
            error?.message == "Failed to deserialize \(name.lowercased()): \nCaused by: "
                + "org.apache.kafka.common.errors.SerializationException: \(cause)")
    }

    @Test(arguments: ["windows-1252", "nonsense", ""])
    func encodingsThatAreNotBuiltInAreRefused(_ name: String) {
        let error = #expect(throws: ConfigError.self) {
            try TestPlugins.registry.makeConverter(
                "StringConverter", property: "c", Self.context(["converter.encoding": name]))
        }
        #expect(error?.message == "Unsupported encoding \(name)")
    }
}
