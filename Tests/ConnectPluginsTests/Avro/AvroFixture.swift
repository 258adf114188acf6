import ConnectData
import Testing
import WireCore
import WireTestSupport

@testable import ConnectPlugins

/// The schemas and records in `Fixtures/avro`.
struct AvroFixture {
    struct Part {
        let schemaID: String
        let schema: Schema
        let value: ConnectValue
        let body: [UInt8]
    }

    struct Record {
        let topic: String
        let key: Part?
        let value: Part?
    }

    let schemas: [JSONObject]
    let records: [Record]

    init() throws {
        schemas = try Self.lines("avro/schemas.jsonl.gz")
        let known = Dictionary(
            uniqueKeysWithValues: schemas.map { ($0["id"]?.stringValue ?? "", $0["connect"] ?? .null) })
        records = try Self.lines("avro/records.jsonl.gz").map { record in
            Record(
                topic: try #require(record["topic"]?.stringValue), key: try Self.part(record["key"], known),
                value: try Self.part(record["value"], known))
        }
    }

    static func lines(_ fixture: String) throws -> [JSONObject] {
        let packed = try Fixtures.bytes(fixture)
        var text = ByteWriter()
        try packed.withUnsafeBytes { try Gzip.expand($0, limitBytes: 1 << 22, into: &text) }
        return try String(decoding: text.array(), as: UTF8.self).split(separator: "\n").map { line in
            try #require(try JSONValue.parse(String(line)).objectValue)
        }
    }

    /// A schema as JsonConverter writes it.
    static func schema(_ json: JSONValue) throws -> Schema {
        try JSONSchemaReader(options: JSONSinkOptions()).schema(json)
    }

    static func connect(_ schema: JSONValue, payload: JSONValue) throws -> SchemaAndValue {
        let converter = try JSONConverter(configuration: ["replace.null.with.default": "false"])
        let message = JSONValue.object(JSONObject([("schema", schema), ("payload", payload)]))
        return try message.encoded().withUnsafeBytes { try converter.decode($0, topic: "", headers: []) }
    }

    private static func part(_ json: JSONValue?, _ schemas: [String: JSONValue]) throws -> Part? {
        guard let object = json?.objectValue else { return nil }
        let id = try #require(object["schema"]?.stringValue)
        let found = try connect(try #require(schemas[id]), payload: object["payload"] ?? .null)
        return Part(
            schemaID: id, schema: try #require(found.schema), value: found.value,
            body: try #require([UInt8](hex: object["body"]?.stringValue ?? "")))
    }
}
