import ConnectData
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

/// Compares Debezium's converters of bytes with Java's.
@Suite struct BinaryConverterTests {
    private static let json = [
        "delegate.converter.type": "org.apache.kafka.connect.json.JsonConverter",
        "delegate.converter.type.schemas.enable": "false",
    ]

    private static func converter(_ name: String, _ options: [String: String]) throws -> any Converter {
        try TestPlugins.registry.makeConverter(
            "io.debezium.converters.\(name)", property: "c",
            PluginContext(properties: options, connectorConfiguration: [:], plugins: TestPlugins.registry))
    }

    @Test(arguments: [
        ("3.6", "binary", "BinaryDataConverter"), ("3.6", "array", "ByteArrayConverter"),
        ("1.9", "buffer", "ByteBufferConverter"),
    ])
    func valuesOfEveryTypeAreEncodedAsByDebezium(_ version: String, _ name: String, _ className: String) throws {
        let text = try Fixtures.text("connect/converted-values-debezium-\(version).json")
        let answers = try #require(try JSONValue.parse(text).objectValue)
        for (suffix, options) in [("", [:]), ("-json", Self.json)] {
            let converter = try Self.converter(className, options)
            // Only BIT columns have arrays of bytes with a schema, so that "bytes" is another value here.
            for item in ConvertedValues.all where item.name != "bytes" || className == "BinaryDataConverter" {
                let expected = try #require(answers[item.name]?.objectValue?[name + suffix])
                var writer = ByteWriter()
                var encoded: String?
                do {
                    if try converter.convert(item.value, schema: item.schema, topic: "t", into: &writer) {
                        encoded = "0x" + HexText.text(writer.array())
                    }
                } catch { encoded = "error: \(error)" }
                let isArray = expected.stringValue?.contains("[B@") ?? false
                // The texts of arrays, and JsonConverter's of values that have no JSON.
                if isArray || encoded?.contains("HeapByteBuffer") ?? false { continue }
                if expected.stringValue?.contains("error: Cannot invoke ") ?? false {
                    // A message of the Java virtual machine.
                    #expect(encoded?.hasPrefix("error: ") ?? false)
                    continue
                }
                #expect(encoded == expected.stringValue, "\(item.name), \(name + suffix)")
            }
        }
    }

    @Test func bytesAreDecodedAsTheyAre() throws {
        let schema = Schema(.bytes, isOptional: true)
        let converter = try Self.converter("BinaryDataConverter", [:])
        let decoded = try [UInt8]([1, 0xFF]).withUnsafeBytes { try converter.decode($0, topic: "t", headers: []) }
        #expect(decoded == SchemaAndValue(schema, .bytes([1, 0xFF])))
        #expect(try converter.decode(nil, topic: "t", headers: []) == SchemaAndValue(schema, .null))
    }

    @Test func errorsOfTheDelegateNameItsProperty() {
        let wrong = Self.json.merging(["delegate.converter.type.schemas.enable": "x"]) { $1 }
        let error = #expect(throws: ConfigError.self) { try Self.converter("BinaryDataConverter", wrong) }
        #expect(error?.name == "delegate.converter.type.schemas.enable")
        for name in ["nope", ""] {
            #expect(throws: ConfigError.self) {
                try Self.converter("ByteArrayConverter", ["delegate.converter.type": name])
            }
        }
    }

    @Test func headersAreEncodedByTheDelegate() throws {
        let name = "io.debezium.converters.BinaryDataConverter"
        let converter = try TestPlugins.registry.makeHeaderConverter(
            name, property: "header.converter",
            PluginContext(properties: Self.json, connectorConfiguration: [:], plugins: TestPlugins.registry))
        var writer = ByteWriter()
        #expect(try converter.convert(.string("x"), schema: Schema(.string), header: "h", topic: "t", into: &writer))
        #expect(writer.array() == Array("\"x\"".utf8))
    }
}
