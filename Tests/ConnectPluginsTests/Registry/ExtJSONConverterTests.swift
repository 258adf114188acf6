import ConnectData
import Testing
import WireCore
import WireTestSupport

@testable import ConnectPlugins

@Suite("Apicurio's ExtJsonConverter")
struct ExtJSONConverterTests {
    private let registry = MemoryRegistry()
    private let schema = Schema(
        .structure, name: "s.R",
        fields: [
            .init("id", Schema(.int32)),
            .init("d", Schema(
                .bytes, isOptional: true, name: LogicalType.decimal.rawValue, parameters: [.init("scale", "2")])),
        ])

    private func converter(_ properties: [String: String] = [:]) throws -> ExtJSONConverter {
        try ExtJSONConverter(properties, registry: registry.client, isKey: false)
    }

    private func write(_ value: ConnectValue, _ schema: Schema?, _ converter: ExtJSONConverter) throws -> String? {
        var writer = ByteWriter()
        guard try converter.convert(value, schema: schema, topic: "t", into: &writer) else { return nil }
        return String(decoding: writer.array(), as: UTF8.self)
    }

    private func row(_ decimal: ConnectValue) -> ConnectValue {
        .structure(Struct(schema: schema, values: [.integer(7), decimal]))
    }

    @Test("a document has the global id and the payload, and its schema is registered once as JsonConverter writes it")
    func document() throws {
        let converter = try converter()
        #expect(try write(row(.bytes([1, 0])), schema, converter) == #"{"schemaId":101,"payload":{"id":7,"d":"AQA="}}"#)
        #expect(try write(row(.null), schema, converter) == #"{"schemaId":101,"payload":{"id":7,"d":null}}"#)
        #expect(registry.registrations.count == 1)
        #expect(registry.registrations[0].subject == "t-value")
        let registered = registry.registrations[0].schema
        #expect(registered.language == .kafkaConnect)
        #expect(
            registered.text == """
                {"type":"struct","fields":[{"type":"int32","optional":false,"field":"id"},{"type":"bytes","optional":true,\
                "name":"org.apache.kafka.connect.data.Decimal","parameters":{"scale":"2"},"field":"d"}],\
                "optional":false,"name":"s.R"}
                """)
    }

    @Test("a null without a schema is no document, one with an optional schema is null, and other values need a schema")
    func nulls() throws {
        let converter = try converter()
        #expect(try write(.null, nil, converter) == nil)
        #expect(try write(.null, Schema(.string, isOptional: true), converter) == #"{"schemaId":101,"payload":null}"#)
        #expect(throws: DataError.self) { try write(.null, Schema(.string), converter) }
        #expect(throws: DataError.self) { try write(.string("a"), nil, converter) }
    }

    @Test("a document is read with the schema of its id")
    func reading() throws {
        for format in ["BASE64", "NUMERIC"] {
            let converter = try converter(["decimal.format": format, "schemas.enable": "true"])
            let text = try #require(try write(row(.bytes([1, 0])), schema, converter))
            #expect(text.contains(format == "NUMERIC" ? #""d":2.56"# : #""d":"AQA=""#))
            var bytes = [UInt8](text.utf8)
            let read = try bytes.withUnsafeBytes { try converter.decode($0, topic: "t", headers: []) }
            #expect(read == SchemaAndValue(schema, row(.bytes([1, 0]))))
            bytes = [UInt8](#"{"payload":{}}"#.utf8)
            #expect(throws: DataError("The document has no number as its schemaId")) {
                try bytes.withUnsafeBytes { try converter.decode($0, topic: "t", headers: []) }
            }
        }
        #expect(try converter().decode(nil, topic: "t", headers: []) == .null)
    }

    @Test("documents and schemas are those of the Java class")
    func captured() throws {
        var count = 0
        let reader = try JSONConverter(configuration: ["replace.null.with.default": "false"])
        for line in try Fixtures.text("apicurio/ext-json.jsonl").split(separator: "\n") {
            let item = try #require(try JSONValue.parse(String(line)).objectValue)
            func text(_ name: String) throws -> String { try #require(item[name]?.stringValue) }
            let bytes = try [UInt8](text("text").utf8)
            let decoded = Result { try bytes.withUnsafeBytes { try reader.decode($0, topic: "t", headers: []) } }
            // Java reads a value that does not fit its schema as another one; here it is refused.
            guard case .success(let input) = decoded else { continue }
            let registry = MemoryRegistry()
            let converter = try ExtJSONConverter(
                ["decimal.format": text("format")], registry: registry.client, isKey: false)
            let document = try text("document")
            #expect(try write(input.value, input.schema, converter) == document, "\(line)")
            #expect(try registry.registrations.map(\.schema.text) == [text("schema")], "\(line)")
            if item["isReadBack"] == .bool(true) {
                let read = try [UInt8](document.utf8).withUnsafeBytes {
                    try converter.decode($0, topic: "t", headers: [])
                }
                #expect(read == input, "\(line)")
            }
            count += 1
        }
        #expect(count > 100)
    }
}
