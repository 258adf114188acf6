import ConnectData
import Testing
import WireCore

@testable import ConnectPlugins

/// Schemas of registries and values of producers are not trusted: what they demand is bounded.
@Suite struct DecoderLimitTests {
    private func protobuf(_ text: String, _ body: [UInt8] = []) throws -> SchemaAndValue {
        try body.withUnsafeBytes { try ProtobufConverter.decode($0, schemaText: text) }
    }

    private func jsonSchema(_ text: String, _ document: String) throws -> SchemaAndValue {
        try Array(document.utf8).withUnsafeBytes { try JSONSchemaConverter.decode($0, schemaText: text) }
    }

    private func avro(_ text: String, _ body: [UInt8]) throws -> SchemaAndValue {
        try body.withUnsafeBytes { try AvroConverter.decode($0, schemaText: text) }
    }

    // MARK: Protobuf

    @Test func protobufMessagesAreNotNestedTooDeep() throws {
        func chain(_ count: Int) -> String {
            "syntax = \"proto3\";" + (0..<count).map { "message M\($0) { M\($0 + 1) f = 1; }" }.joined()
                + "message M\(count) { int32 f = 1; }"
        }
        #expect(try protobuf(chain(99)).value.isNull == false)
        #expect(throws: DataError("The Protobuf messages are nested deeper than 100")) { try protobuf(chain(5000)) }
    }

    @Test func protobufEnumerationsAreNotMultipliedWithoutLimit() {
        let symbols = (0..<2000).map { "S\($0) = \($0);" }.joined()
        let fields = (1...1000).map { "E f\($0) = \($0);" }.joined()
        let text = "syntax = \"proto3\"; message M { \(fields) } enum E { \(symbols) }"
        #expect(throws: DataError("A Protobuf schema has more than 100000 fields")) { try protobuf(text) }
    }

    @Test func protobufNamesAreBounded() {
        let name = String(repeating: "n", count: 1200)
        #expect(throws: DataError.self) { try protobuf("message \(name) { message \(name) { } }") }
    }

    @Test func theLastFieldOfAOneofIsKept() throws {
        let text = "syntax = \"proto3\"; message M { oneof o { int32 a = 1; string b = 2; M2 c = 3; } } message M2 { int32 d = 1; }"
        func chosen(_ body: [UInt8]) throws -> [ConnectValue] {
            let union = try #require(try protobuf(text, body).value.structValue?.values[0].structValue)
            return Array(union.values)
        }
        #expect(try chosen([8, 7, 0x12, 1, 0x78]) == [.null, .string("x"), .null])
        #expect(try chosen([0x1A, 2, 8, 1, 8, 7, 8, 9]) == [.integer(9), .null, .null])
        #expect(try chosen([8, 7, 0x1A, 0, 0x12, 0, 8, 5]) == [.integer(5), .null, .null])
        #expect(try chosen([8, 7, 0x1A, 0])[2].structValue != nil)
    }

    // MARK: JSON Schema

    @Test func jsonSchemasAreNotMultipliedWithoutLimit() {
        let properties = (0..<1000).map { "\"p\($0)\":{\"type\":\"string\"}" }.joined(separator: ",")
        let symbols = (0..<1000).map { "\"s\($0)\"" }.joined(separator: ",")
        let references = String(repeating: "{\"$ref\":\"#/d\"},", count: 200) + "{\"$ref\":\"#/d\"}"
        let members = (0..<200).map { "\"m\($0)\":{\"$ref\":\"#/d\"}" }.joined(separator: ",")
        for text in [
            "{\"allOf\":[\(references)],\"d\":{\"type\":\"object\",\"properties\":{\(properties)}}}",
            "{\"type\":\"object\",\"properties\":{\(members)},\"d\":{\"enum\":[\(symbols)]}}",
            "{\"type\":\"object\",\"properties\":{\(members)},\"d\":{\"type\":\"string\",\"connect.parameters\":{"
                + (0..<1000).map { "\"p\($0)\":\"\"" }.joined(separator: ",") + "}}}",
        ] {
            let excess = DataError("The JSON Schema has more than 128 nested schemas, or more than 100000 in all")
            #expect(throws: excess) { try jsonSchema(text, "{}") }
        }
    }

    @Test func referencesInACircleAreRefused() {
        #expect(throws: DataError.self) { try jsonSchema(##"{"$ref":"#/a","a":{"$ref":"#/b"},"b":{"$ref":"#/a"}}"##, "1") }
        let tree = (0..<40).map { level in
            "\"d\(level)\":{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/d\(level + 1)\"},\"b\":{\"$ref\":\"#/d\(level + 1)\"}}}"
        }.joined(separator: ",")
        #expect(throws: DataError.self) { try jsonSchema("{\"$ref\":\"#/d0\",\(tree),\"d40\":{\"type\":\"null\"}}", "{}") }
    }

    // MARK: Avro

    @Test func avroValuesWithoutBytesAreBounded() {
        // A record without fields has no bytes; a block states how many follow.
        let text = #"{"type":"array","items":{"type":"array","items":{"type":"record","name":"R","fields":[]}}}"#
        let inner: [UInt8] = [0xD0, 0x0F, 0]
        let body = [0xD0, 0x0F] + Array(repeating: inner, count: 1000).joined() + [0]
        #expect(throws: DataError("The Avro record has too many values for its size")) { try avro(text, body) }
    }

    @Test func avroUnionsWithManyTypesAreBounded() {
        let types = (0..<4000).map { #"{"type":"record","name":"R\#($0)","fields":[]}"# }.joined(separator: ",")
        let text = #"{"type":"array","items":[\#(types)]}"#
        let body = [0xD0, 0x0F] + [UInt8](repeating: 0, count: 1000) + [0]
        #expect(throws: DataError("The Avro record has too many values for its size")) { try avro(text, body) }
    }

    @Test func avroEnumerationsAreNotMultipliedWithoutLimit() {
        let symbols = (0..<2000).map { "\"s\($0)\"" }.joined(separator: ",")
        let fields = (0..<600).map { #"{"name":"f\#($0)","type":"E","default":"s0"}"# }.joined(separator: ",")
        let first = #"{"name":"e","type":{"type":"enum","name":"E","symbols":[\#(symbols)]}}"#
        let text = #"{"type":"record","name":"R","fields":[\#(first),\#(fields)]}"#
        #expect(throws: DataError("The Avro schema has more than 1000000 parameters of Connect schemas")) { try avro(text, []) }
    }

    /// Each symbol is a parameter, which replaces one of the same name.
    @Test(.timeLimit(.minutes(1))) func enumerationsOfManySymbolsAreReadInLinearTime() throws {
        let symbols = (0..<60_000).map { "\"s\($0)\"" }.joined(separator: ",")
        let value = try avro(#"{"type":"enum","name":"E","symbols":[\#(symbols)]}"#, [2])
        #expect(value.value == .string("s1"))
        #expect(value.schema?.parameters.count == 60_001)
    }

    // MARK: Decimals

    @Test(arguments: ["-9223372036854775808", "9223372036854775807", "-2147483648", "x"])
    func theScaleOfADecimalIsThatOfJava(scale: String) throws {
        let schema = Schema(.bytes, name: LogicalType.decimal.rawValue, parameters: [.init("scale", scale)])
        #expect(Int32(exactly: schema.decimalScale) != nil)
        let text = UnscaledDecimal.javaText([0x04, 0xE2], scale: schema.decimalScale)
        #expect(text.hasPrefix("1"))
        #expect(DecimalText("1.5")?.unscaled(scale: schema.decimalScale) == nil)
    }
}
