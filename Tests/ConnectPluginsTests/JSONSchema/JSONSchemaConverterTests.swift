import ConnectData
import PluginTestSupport
import Testing
import WireCore

@testable import ConnectPlugins

@Suite("JsonSchemaConverter")
struct JSONSchemaConverterTests {
    private let registry = MemoryRegistry()

    private func converter(
        _ properties: [String: String] = [:], _ layout: SchemaFraming.Layout = .confluentPrefix, isKey: Bool = false,
        _ subjects: SubjectNameStrategy = .topicName
    ) throws -> JSONSchemaConverter {
        try JSONSchemaConverter(
            properties,
            registry: ConverterRegistry(registry.client, SchemaFraming(layout, isKey: isKey), subjects: subjects))
    }

    private func write(
        _ value: ConnectValue, _ schema: Schema?, with converter: JSONSchemaConverter
    ) throws -> [UInt8]? {
        var writer = ByteWriter()
        return try converter.convert(value, schema: schema, topic: "t", into: &writer) ? writer.array() : nil
    }

    private func read(
        _ bytes: [UInt8], with converter: JSONSchemaConverter, headers: [RawHeader] = []
    ) throws -> SchemaAndValue {
        try bytes.withUnsafeBytes { try converter.decode($0, topic: "t", headers: headers) }
    }

    @Test("a value follows a zero byte and the id of its schema, which is registered once")
    func framing() throws {
        let schema = Schema(.structure, name: "R", fields: [.init("a", Schema(.int8)), .init("b", Schema(.string))])
        let value = ConnectValue.structure(Struct(schema: schema, values: [.integer(1), .string("x")]))
        let converter = try converter()
        for _ in 0..<2 {
            #expect(
                try write(value, schema, with: converter) == [0, 0, 0, 0, 1] + Array(#"{"a":1,"b":"x"}"#.utf8))
        }
        #expect(registry.registrations.map(\.subject) == ["t-value"])
        #expect(registry.registrations[0].schema.language == .json)
        #expect(try read(try #require(try write(value, schema, with: converter)), with: converter).value == value)
        _ = try write(value, schema, with: self.converter([:], isKey: true, .topicRecordName))
        #expect(registry.registrations.last?.subject == "t-R")
    }

    @Test("a null is the default, the text null, or Kafka's null")
    func nulls() throws {
        let converter = try converter()
        #expect(try write(.null, nil, with: converter) == nil)
        #expect(try write(.null, Schema(.string), with: converter) == nil)
        #expect(try write(.null, Schema(.string, isOptional: true), with: converter)?.dropFirst(5) == Array("null".utf8)[...])
        let defaulted = Schema(.string, isOptional: true, defaultValue: .string("d"))
        #expect(try write(.null, defaulted, with: converter)?.dropFirst(5) == Array("\"d\"".utf8)[...])
        let ignoring = try self.converter(["ignore.default.for.nullables": "true"])
        #expect(try write(.null, defaulted, with: ignoring)?.dropFirst(5) == Array("null".utf8)[...])
        #expect(try converter.decode(nil, topic: "t", headers: []) == .null)
    }

    @Test("maps, unions, decimals and dates are written and read as Confluent's converter does")
    func values() throws {
        let decimal = Schema(.bytes, name: LogicalType.decimal.rawValue, version: 1, parameters: [.init("scale", "2")])
        let union = Schema(
            .structure, name: "io.confluent.connect.json.OneOf",
            fields: [
                .init("io.confluent.connect.json.OneOf.field.0", Schema(.string, isOptional: true)),
                .init("io.confluent.connect.json.OneOf.field.1", Schema(.int32, isOptional: true)),
            ])
        let cases: [(Schema, ConnectValue, String)] = [
            (decimal, .bytes([0, 156]), #""AJw=""#),
            (Schema(.map, keySchema: Schema(.string), valueSchema: Schema(.int32)), .map([.init(key: .string("hi"), value: .integer(32))]), #"{"hi":32}"#),
            (
                Schema(.map, keySchema: Schema(.int32), valueSchema: Schema(.int32)),
                .map([.init(key: .integer(54), value: .integer(32))]), #"[{"key":54,"value":32}]"#
            ),
            (union, .structure(Struct(schema: union, values: [.null, .integer(12)])), "12"),
            (
                Schema(.int64, name: LogicalType.timestamp.rawValue, version: 1), .integer(1_234_567_890), "1234567890"
            ),
            (Schema(.bytes), .bytes(Array("foo".utf8)), #""Zm9v""#),
            (Schema(.float32), .float32(12.2), "12.2"),
        ]
        let converter = try converter()
        for (schema, value, text) in cases {
            let bytes = try #require(try write(value, schema, with: converter))
            #expect(String(decoding: bytes.dropFirst(5), as: UTF8.self) == text)
            #expect(try read(bytes, with: converter) == SchemaAndValue(schema, value))
        }
        let numeric = try self.converter(["decimal.format": "numeric"])
        let bytes = try #require(try write(.bytes([0, 150]), decimal, with: numeric))
        #expect(String(decoding: bytes.dropFirst(5), as: UTF8.self) == "1.50")
        #expect(try read(bytes, with: numeric).value == .bytes([0, 150]))
    }

    @Test("of the structs in a union the one that knows most members is read, and missing fields are null")
    func unionsOfStructs() throws {
        let id = registry.add(
            RegisteredSchema(
                .json,
                text: """
                    {"oneOf":[{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}}},
                     {"type":"object","properties":{"c":{"type":"integer"},"d":{"type":"string"}}}]}
                    """))
        let value = try read([0, 0, 0, 0, UInt8(id)] + Array(#"{"c":12}"#.utf8), with: try converter()).value
        #expect(value.described == "{io.confluent.connect.json.OneOf.field.1:{c:12}}")
    }

    @Test("the id may be in a header")
    func headers() throws {
        let converter = try converter([:], .confluentHeader)
        let bytes = try #require(try write(.string("x"), Schema(.string), with: converter))
        #expect(bytes == Array("\"x\"".utf8))
        let headers = try converter.recordHeaders(for: Schema(.string), topic: "t")
        #expect(headers == [RawHeader("__value_schema_id", [1] + Array(repeating: 7, count: 16))])
        #expect(try read(bytes, with: converter, headers: headers).value == .string("x"))
    }

    @Test("errors have Confluent's texts")
    func errors() throws {
        let converter = try converter()
        let unknown = #expect(throws: DataError.self) { try read([0, 0, 0, 0, 9, 0x31], with: converter) }
        #expect(
            unknown?.message.hasPrefix(
                "Converting byte[] to Kafka Connect data failed due to serialization error of topic t: \n") == true)
        let schemaless = #expect(throws: DataError.self) { try write(.integer(1), nil, with: converter) }
        #expect(
            schemaless?.message.hasPrefix(
                "Converting Kafka Connect data to byte[] failed due to serialization error of topic t: \n") == true)
        let avro = registry.add(RegisteredSchema(.avro, text: "\"int\""))
        #expect(throws: DataError.self) { try read([0, 0, 0, 0, UInt8(avro), 0x31], with: converter) }
    }

    @Test("options that would change what is written are refused, and all others are consumed")
    func options() throws {
        for name in ["json.indent.output", "json.fail.invalid.schema"] {
            #expect(throws: ConfigError.self) { try converter([name: "true"]) }
        }
        #expect(
            OptionConsumption.unused(
                of: JSONSchemaSettings.options, into: JSONSchemaSettings(), values: ["decimal.format": "NUMERIC"]) == [])
    }
}
