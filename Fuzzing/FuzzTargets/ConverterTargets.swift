import ConnectData
import ConnectPlugins
import WireCore
import WireTestSupport

extension FuzzTarget {
    /// Documents of JsonConverter with schemas. A decoded document can be encoded, and decodes to the same value.
    static let jsonConverterDecode = FuzzTarget("json-converter-decode") {
        try Fixtures.text("connect/decoded-json.jsonl").split(separator: "\n").compactMap { line in
            let text = try JSONValue.parse(String(line)).objectValue?["text"]?.stringValue
            return text.map { [UInt8]($0.utf8) }
        }
    } decode: { input in
        let converter = try JSONConverter(configuration: ["replace.null.with.default": "false"])
        let decoded = try converter.decode(input, topic: "t", headers: [])
        _ = LiteralParser.parse(String(decoding: input, as: UTF8.self))
        var writer = ByteWriter()
        guard try converter.convert(decoded.value, schema: decoded.schema, topic: "t", into: &writer) else { return }
        let again = try writer.withUnsafeBytes { try converter.decode($0, topic: "t", headers: []) }
        // NaN, which does not equal itself, cannot be decoded.
        precondition(again == decoded, "a document is not what it says")
    }

    /// Documents with their JSON Schema.
    ///
    /// Input: the schema, a zero byte, the document
    static let jsonSchemaDecode = FuzzTarget("json-schema-decode") {
        let documents = [#"{"id":1,"first_name":"a","email":"b","phone_number":null}"#, "[1,2.5,\"AA==\",{\"k\":null}]"]
        let written = [
            ##"{"$ref":"#/definitions/a","definitions":{"a":{"type":"object","properties":{"b":{"$ref":"#/definitions/c"}}},"##
                + #""c":{"type":"array","items":{"type":"number","connect.type":"bytes","title":"#
                + #""org.apache.kafka.connect.data.Decimal","connect.parameters":{"scale":"2"}}}}}"# + "\0{\"b\":[\"AQ==\",1.25]}",
            #"{"allOf":[{"type":"string"},{"enum":["a","b"]}],"default":"a"}"# + "\0\"b\"",
            #"{"type":"array","connect.type":"map","items":{"type":"object","properties":{"key":{"type":"integer"},"#
                + #""value":{"anyOf":[{"type":"null"},{"const":1},{"type":"boolean"}]}}}}"# + "\0[{\"key\":1,\"value\":true}]",
        ]
        let texts = try ["texts", "closed"].flatMap {
            try Fixtures.text("json-schema/\($0).jsonl").split(separator: "\n").prefix(8)
        }
        return (texts.flatMap { text in documents.map { "\(text)\0\($0)" } } + written).map { [UInt8]($0.utf8) }
    } decode: { input in
        let (schema, document) = parts(of: input)
        _ = try JSONSchemaConverter.decode(document, schemaText: schema)
    }

    /// Values with the text of their Avro schema.
    ///
    /// Input: the schema, a zero byte, the value
    static let avroDecode = FuzzTarget("avro-decode") {
        let read = try JSONValue.parse(try Fixtures.text("avro/cases.json")).arrayValue ?? []
        let written = try Fixtures.text("avro/cases.jsonl").split(separator: "\n").map { try JSONValue.parse(String($0)) }
        return (read + written).flatMap { item -> [[UInt8]] in
            guard let text = item.objectValue?["avro"]?.stringValue else { return [] }
            let bodies = item.objectValue?["bodies"]?.arrayValue ?? []
            return bodies.compactMap { body in
                body.stringValue.flatMap { [UInt8](hex: $0) }.map { [UInt8](text.utf8) + [0] + $0 }
            }
        }
    } decode: { input in
        let (schema, body) = parts(of: input)
        _ = try AvroConverter.decode(body, schemaText: schema)
    }

    /// Messages with their .proto text.
    ///
    /// Input: the text, a zero byte, the message
    static let protobufDecode = FuzzTarget("protobuf-decode") {
        try Fixtures.text("protobuf/messages.jsonl").split(separator: "\n").compactMap { line in
            let object = try JSONValue.parse(String(line)).objectValue ?? [:]
            guard let proto = object["proto"]?.stringValue, let body = object["body"]?.stringValue else { return nil }
            return [UInt8](proto.utf8) + [0] + ([UInt8](hex: body) ?? [])
        }
    } decode: { input in
        let (schema, body) = parts(of: input)
        _ = try ProtobufConverter.decode(body, schemaText: schema)
    }

    private static func parts(of input: UnsafeRawBufferPointer) -> (schema: String, rest: UnsafeRawBufferPointer) {
        let end = input.firstIndex(of: 0) ?? input.endIndex
        return (
            String(decoding: input[..<end], as: UTF8.self),
            UnsafeRawBufferPointer(rebasing: input[min(end + 1, input.endIndex)...])
        )
    }
}
