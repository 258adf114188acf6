import ConnectData
import Testing
import WireCore
import WireTestSupport

@testable import ConnectPlugins

@Suite("Texts of JSON Schemas")
struct JSONSchemaTextTests {
    private func translated(
        _ text: String, _ settings: JSONSchemaSettings = JSONSchemaSettings(), documents: [String: String] = [:],
        version: Int? = nil
    ) throws -> Schema {
        var translator = JSONSchemaTranslator(
            try JSONValue.parse(text), documents: try documents.mapValues { try JSONValue.parse($0) },
            settings: settings)
        return try translator.schema(version: version)
    }

    private func text(_ schema: Schema, _ settings: JSONSchemaSettings = JSONSchemaSettings()) throws -> String {
        try JSONSchemaTextWriter.text(of: schema, settings)
    }

    @Test("a text that Confluent's converter registered is translated and written again unchanged")
    func publishedTexts() throws {
        for line in try Fixtures.text("json-schema/texts.jsonl").split(separator: "\n") {
            #expect(try text(translated(String(line))) == line)
        }
        var settings = JSONSchemaSettings()
        settings.allowsAdditionalProperties = false
        for line in try Fixtures.text("json-schema/closed.jsonl").split(separator: "\n") {
            #expect(try text(translated(String(line), settings), settings) == line)
        }
    }

    @Test("each type has Confluent's keywords")
    func types() throws {
        let expected: [(Schema, String)] = [
            (Schema(.int8), #"{"type":"integer","connect.type":"int8"}"#),
            (Schema(.int16), #"{"type":"integer","connect.type":"int16"}"#),
            (Schema(.float32), #"{"type":"number","connect.type":"float32"}"#),
            (Schema(.boolean, isOptional: true), #"{"oneOf":[{"type":"null"},{"type":"boolean"}]}"#),
            (Schema(.bytes), #"{"type":"string","connect.type":"bytes"}"#),
            (
                Schema(.array, valueSchema: Schema(.string, documentation: "ein \"Text\" </x>")),
                #"{"type":"array","items":{"type":"string","description":"ein \"Text\" </x>"}}"#
            ),
            (
                Schema(.map, name: "foo.bar", keySchema: Schema(.string), valueSchema: Schema(.int32)),
                #"{"type":"object","title":"foo.bar","connect.type":"map","additionalProperties":"#
                    + #"{"type":"integer","connect.type":"int32"}}"#
            ),
            (
                Schema(.map, keySchema: Schema(.string, isOptional: true), valueSchema: Schema(.int32)),
                #"{"type":"array","connect.type":"map","items":{"type":"object","properties":{"#
                    + #""value":{"type":"integer","connect.index":1,"connect.type":"int32"},"#
                    + #""key":{"connect.index":0,"oneOf":[{"type":"null"},{"type":"string"}]}}}}"#
            ),
        ]
        for (schema, expected) in expected {
            #expect(try text(schema) == expected)
            #expect(try translated(expected) == schema)
        }
    }

    @Test("defaults are printed as JSON, numbers without trailing zeros or as a BigDecimal")
    func defaults() throws {
        let expected: [(Schema, String)] = [
            (Schema(.float64, defaultValue: .float64(100)), "100"),
            (Schema(.float64, defaultValue: .float64(12.2)), "12.2"),
            (Schema(.float64, defaultValue: .float64(1e10)), "1.0E+10"),
            (Schema(.float32, defaultValue: .float32(12.2)), "12.2"),
            (Schema(.int64, defaultValue: .integer(-5)), "-5"),
            (Schema(.boolean, defaultValue: .boolean(true)), "true"),
            (Schema(.bytes, defaultValue: .bytes(Array("foo".utf8))), #""Zm9v""#),
            (
                Schema(
                    .array, defaultValue: .array([.string("a"), .string("b")]), valueSchema: Schema(.string)),
                #"["a","b"]"#
            ),
            (
                Schema(
                    .bytes, name: LogicalType.decimal.rawValue, parameters: [.init("scale", "2")],
                    defaultValue: .bytes([0, 156])),
                #""AJw=""#
            ),
        ]
        for (schema, expected) in expected {
            let written = try text(schema)
            #expect(written.contains("\"default\":\(expected)"), "\(written)")
            #expect(try translated(written) == schema)
        }
        var settings = JSONSchemaSettings()
        settings.json.writesDecimalsAsNumbers = true
        let numeric = Schema(
            .bytes, name: LogicalType.decimal.rawValue, parameters: [.init("scale", "2")], defaultValue: .bytes([0, 150]))
        let written = try text(numeric, settings)
        #expect(written.contains("\"default\":1.5,"), "\(written)")
        #expect(try translated(written, settings) == numeric)
    }

    @Test("an enumeration has its symbols in its parameters")
    func enumerations() throws {
        let schema = Schema(
            .string,
            parameters: [
                .init("io.confluent.connect.json.Enum", ""), .init("io.confluent.connect.json.Enum.one", "one"),
                .init("io.confluent.connect.json.Enum.two", "two"),
                .init("io.confluent.connect.json.Enum.three", "three"),
            ])
        #expect(try translated(#"{"enum":["one","two","three"]}"#) == schema)
        #expect(try translated(#"{"type":"string","enum":["one","two","three"]}"#) == schema)
        // A HashSet's order.
        #expect(try text(schema) == #"{"enum":["one","two","three"]}"#)
        var settings = JSONSchemaSettings()
        settings.supportsGeneralizedSumTypes = true
        let generalized = try translated(#"{"enum":["a",null]}"#, settings)
        #expect(
            generalized.parameters == [
                .init("org.apache.kafka.connect.data.Enum", ""), .init("org.apache.kafka.connect.data.Enum.a", "0"),
                .init("org.apache.kafka.connect.data.Enum.<NULL>", "1"),
            ])
    }

    @Test("a union is a struct with a field for each schema")
    func unions() throws {
        let members = #"[{"type":"integer","connect.type":"int8"},{"type":"string"}]"#
        let union = Schema(
            .structure, name: "io.confluent.connect.json.OneOf",
            fields: [
                .init("io.confluent.connect.json.OneOf.field.0", Schema(.int8, isOptional: true)),
                .init("io.confluent.connect.json.OneOf.field.1", Schema(.string, isOptional: true)),
            ])
        #expect(try translated("{\"oneOf\":\(members)}") == union)
        #expect(try translated("{\"anyOf\":\(members)}") == union)
        #expect(
            try translated(
                #"{"oneOf":[{"title":"x","type":"null"},{"type":"integer","connect.type":"int8"},{"type":"string"}]}"#)
                == union.optional())
        #expect(
            try text(union)
                == #"{"oneOf":[{"type":"integer","connect.index":0,"connect.type":"int8"},"#
                    + #"{"type":"string","connect.index":1}]}"#)
        var settings = JSONSchemaSettings()
        settings.supportsGeneralizedSumTypes = true
        let generalized = try translated("{\"oneOf\":\(members)}", settings)
        #expect(generalized.name == "connect_union_0" && generalized.fields[1].name == "connect_union_field_1")
        #expect(generalized.parameters == [.init("org.apache.kafka.connect.data.Union", "connect_union_0")])
        #expect(try translated(#"{"oneOf":[{"type":"string"}]}"#) == Schema(.string))
        settings.flattensSingletonUnions = false
        #expect(try translated(#"{"oneOf":[{"type":"string"}]}"#, settings).fields.count == 1)
    }

    @Test("allOf is the struct of all properties, or the part that says most")
    func allOf() throws {
        let schema = try translated(
            """
            {"allOf":[{"$ref":"#/definitions/A"},{"$ref":"#/definitions/B"}],"title":"T","type":"object",
             "properties":{"own":{"type":"string"}},
             "definitions":{"A":{"properties":{"id":{"type":"string"}}},"B":{"properties":{"n":{"type":"integer"}}}}}
            """)
        #expect(Set(schema.fields.map(\.name)) == ["own", "id", "n"] && schema.name == nil)
        #expect(try translated(#"{"const":"money","type":"string"}"#) == Schema(.string))
        #expect(try translated(#"{"const":123,"type":"integer"}"#) == Schema(.int64))
        #expect(try translated(#"{"type":"integer","format":"int32"}"#) == Schema(.int64))
        #expect(try translated(#"{"format":"double","type":["null","integer"]}"#).isOptional)
        #expect(
            try translated(
                #"{"title":"P","type":"object","anyOf":[{"properties":{"a":{"type":"string"}}},{"type":"string"}]}"#)
                .name == "io.confluent.connect.json.OneOf")
    }

    @Test("properties are sorted by their index, and may be optional where they are not required")
    func properties() throws {
        let json = """
            {"type":"object","properties":{"b":{"type":"string","connect.index":0},
             "a":{"type":"string","connect.index":1}},"required":["a"]}
            """
        #expect(
            try translated(json, version: 3)
                == Schema(.structure, version: 3, fields: [.init("b", Schema(.string)), .init("a", Schema(.string))]))
        var settings = JSONSchemaSettings()
        settings.makesNonrequiredOptional = true
        #expect(try translated(json, settings).fields.map(\.schema.isOptional) == [true, false])
    }

    @Test("references lead into the document and to others")
    func references() throws {
        let other = ##"""
            {"definitions":{"a/b":{"type":"boolean"}},"type":"object","properties":{"x":{"$ref":"#/definitions/a~1b"}}}
            """##
        let schema = try translated(
            #"{"type":"object","properties":{"o":{"$ref":"other.json"},"p":{"$ref":"other.json#/definitions/a~1b"}}}"#,
            documents: ["other.json": other])
        #expect(schema.fields.first { $0.name == "o" }?.schema.fields == [.init("x", Schema(.boolean))])
        #expect(schema.fields.first { $0.name == "p" }?.schema == Schema(.boolean))
    }

    @Test("what cannot be a Connect schema is an error", arguments: [
        (#"{"type":"array"}"#, "Array schema did not specify the items type"),
        (#"{}"#, "Unsupported schema type org.everit.json.schema.EmptySchema"),
        (#"{"type":"null"}"#, "Unsupported schema type org.everit.json.schema.NullSchema"),
        (#"{"type":"integer","connect.type":"int4"}"#, "Unsupported type int4"),
        (#"{"type":"string","default":null}"#, "Invalid null value for required STRING field"),
        (##"{"$ref":"#/a"}"##, "The JSON Schema refers to #/a, which does not exist"),
        (
            ##"{"type":"object","properties":{"next":{"$ref":"#"}}}"##,
            "The JSON Schema contains itself (#): recursive schemas are not supported"
        ),
    ])
    func defects(_ text: String, _ message: String) {
        #expect(throws: DataError(message)) { try translated(text) }
    }

    @Test("references that multiply schemas are bounded")
    func multiplication() throws {
        let definitions = (0..<40).map {
            "\"d\($0)\":{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/definitions/d\($0 + 1)\"},"
                + "\"b\":{\"$ref\":\"#/definitions/d\($0 + 1)\"}}}"
        }.joined(separator: ",")
        let error = #expect(throws: DataError.self) {
            try translated("{\"$ref\":\"#/definitions/d0\",\"definitions\":{\(definitions),\"d40\":{\"type\":\"string\"}}}")
        }
        #expect(error?.message.contains("in all") == true)
    }
}
