import ConnectData
import PluginTestSupport
import Testing
import WireCore

@testable import ConnectPlugins

@Suite("ProtobufConverter")
struct ProtobufConverterTests {
    private let registry = MemoryRegistry()
    private let schema = Schema(.structure, name: "p.R", fields: [.init("a", Schema(.int32)), .init("b", Schema(.string))])
    private var value: ConnectValue { .structure(Struct(schema: schema, values: [.integer(1), .string("x")])) }

    private func converter(
        _ properties: [String: String] = [:], _ layout: SchemaFraming.Layout = .confluentPrefix
    ) throws -> ProtobufConverter {
        try ProtobufConverter(
            properties, registry: ConverterRegistry(registry.client, SchemaFraming(layout, isKey: false)))
    }

    private func write(_ value: ConnectValue, _ schema: Schema?, with converter: ProtobufConverter) throws -> [UInt8]? {
        var writer = ByteWriter()
        return try converter.convert(value, schema: schema, topic: "t", into: &writer) ? writer.array() : nil
    }

    private func read(
        _ bytes: [UInt8], with converter: ProtobufConverter, headers: [RawHeader] = []
    ) throws -> SchemaAndValue {
        try bytes.withUnsafeBytes { try converter.decode($0, topic: "t", headers: headers) }
    }

    @Test("a message follows the id of its file and its indexes")
    func framing() throws {
        let converter = try converter()
        let bytes = try #require(try write(value, schema, with: converter))
        #expect(bytes == [0, 0, 0, 0, 1, 0, 0x08, 1, 0x12, 1, 0x78])
        #expect(registry.registrations.map(\.subject) == ["t-value"])
        let found = try read(bytes, with: converter)
        #expect(found.schema?.described == "struct R{a:int32[protobuf.Tag=1]?;b:string[protobuf.Tag=2]?}")
        #expect(found.value.described == #"{a:1,b:"x"}"#)
        #expect(try write(.string("x"), Schema(.string), with: converter)?.dropFirst(5) == [2, 14, 0x0A, 1, 0x78])
        #expect(try read([0, 0, 0, 0, 2, 2, 14, 0x0A, 1, 0x78], with: converter).value == .string("x"))
        #expect(try write(.null, schema, with: converter) == nil)
        #expect(try converter.decode(nil, topic: "t", headers: []) == .null)
    }

    @Test("with a schema that the registry selects, the indexes are those of the message in it")
    func selectedSchemas() throws {
        registry.selected = RegisteredSchema(
            .protobuf, text: "syntax = \"proto3\"; package p; message Other {} message R { int32 a = 1; string b = 2; }")
        #expect(try write(value, schema, with: converter())?[5...6] == [2, 2])
        registry.selected = RegisteredSchema(.protobuf, text: "syntax = \"proto3\"; message Other {}")
        #expect(throws: DataError.self) { try write(value, schema, with: converter()) }
    }

    @Test("id and indexes may be in a header")
    func headers() throws {
        let converter = try converter([:], .confluentHeader)
        let bytes = try #require(try write(value, schema, with: converter))
        #expect(bytes == [0x08, 1, 0x12, 1, 0x78])
        let headers = try converter.recordHeaders(for: schema, topic: "t")
        #expect(headers == [RawHeader("__value_schema_id", [1] + Array(repeating: 7, count: 16) + [0])])
        #expect(try read(bytes, with: converter, headers: headers).value.described == #"{a:1,b:"x"}"#)
    }

    @Test("imported files are fetched from the registry")
    func references() throws {
        let reference = RegisteredSchema.Reference(name: "o.proto", subject: SchemaSubject("o"), version: "1")
        registry.add(
            RegisteredSchema(.protobuf, text: "syntax = \"proto3\"; package o; message O { int32 x = 1; }"), as: reference)
        let id = registry.add(
            RegisteredSchema(
                .protobuf, text: "syntax = \"proto3\"; import \"o.proto\"; message M { o.O o = 1; }",
                references: [reference]))
        #expect(
            try read([0, 0, 0, 0, UInt8(id), 0, 0x0A, 2, 0x08, 5], with: converter()).value.described == "{o:{x:5}}")
    }

    @Test("errors have Confluent's texts, and nothing of a value is left behind")
    func errors() throws {
        let converter = try converter()
        var writer = ByteWriter()
        writer.byte(1)
        let misfit = ConnectValue.structure(Struct(schema: schema, values: [.string("no"), .string("x")]))
        #expect(throws: DataError("Field a: Invalid type for int32: a string")) {
            _ = try converter.convert(misfit, schema: schema, topic: "t", into: &writer)
        }
        #expect(writer.array() == [1])
        let unknown = #expect(throws: DataError.self) { try read([0, 0, 0, 0, 9, 0], with: converter) }
        #expect(unknown?.message.hasPrefix("Failed to deserialize data for topic t to Protobuf: \n") == true)
        let schemaless = #expect(throws: DataError.self) { try write(.integer(1), nil, with: converter) }
        #expect(schemaless?.message.hasPrefix("Failed to serialize Protobuf data from topic t :") == true)
    }

    @Test("skip.known.types=false is refused, and all other options are consumed")
    func options() throws {
        #expect(throws: ConfigError.self) { try converter(["skip.known.types": "false"]) }
        #expect(OptionConsumption.unused(of: ProtobufSettings.options, into: ProtobufSettings()) == [])
    }
}
