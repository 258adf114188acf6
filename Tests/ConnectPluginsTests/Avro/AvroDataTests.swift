import ConnectData
import Testing
import WireCore
import WireTestSupport

@testable import ConnectPlugins

/// Compares the mapping with that of Apicurio's class: `Fixtures/avro/cases.json`, and what
/// `scripts/golden-records/AvroRecords.java` made of it, which describes both formats.
@Suite struct AvroDataTests {
    private static func lines(_ text: String) throws -> [JSONObject] {
        try text.split(separator: "\n").map { try #require(try JSONValue.parse(String($0)).objectValue) }
    }

    private static func settings(_ item: JSONObject) throws -> AvroSettings {
        let members = item["config"]?.objectValue?.members ?? []
        let options = Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value.stringValue ?? "") })
        var settings = try AvroSettings.confluent.parse(options, into: AvroSettings())
        settings.variant = .apicurio
        settings.flattensSingletonUnions = false
        return settings
    }

    private static func cases() throws -> [(item: JSONObject, answer: JSONObject)] {
        let items = try #require(try JSONValue.parse(try Fixtures.text("avro/cases.json")).arrayValue)
        let answers = try lines(try Fixtures.text("avro/cases.jsonl"))
        try #require(items.count == answers.count)
        return zip(items.compactMap(\.objectValue), answers).map { ($0, $1) }
    }

    @Test func schemasAndBodiesAreJavas() throws {
        for (item, answer) in try Self.cases() where item["payloads"] != nil {
            let name = item["name"]?.stringValue ?? ""
            let settings = try Self.settings(item)
            let text: String
            var schema: Schema?
            var form: AvroForm?
            do {
                if let json = item["schema"], !json.isNull {
                    let source = try AvroFixture.schema(json)
                    schema = source
                    let avro = try AvroSchemaBuilder.schema(of: source, settings, Logger("test"))
                    text = avro.text
                    form = try AvroFormBuilder(avro, settings).form(source)
                } else {
                    text = AvroAnything.schema.text
                }
            } catch let error as DataError {
                #expect(answer["avro"]?.objectValue != nil, "\(name): \(error)")
                continue
            }
            #expect(answer["avro"]?.stringValue == text, "\(name)")
            let bodies = answer["bodies"]?.arrayValue ?? []
            for (payload, body) in zip(item["payloads"]?.arrayValue ?? [], bodies) {
                let own = Self.body(payload, item["schema"] ?? .null, schema, form)
                let expected: JSONValue = body.objectValue == nil ? body : .string("error")
                #expect(own == expected, "\(name) \(payload) \(body)")
            }
        }
    }

    private static func body(
        _ payload: JSONValue, _ json: JSONValue, _ schema: Schema?, _ form: AvroForm?
    ) -> JSONValue {
        do {
            let value = try AvroFixture.connect(json, payload: payload).value
            if value.isNull { return schema?.isOptional ?? true ? .null : .string("error") }
            if let form { return .string(try AvroSink.bytes(of: value, form).hex) }
            var writer = ByteWriter()
            try AvroAnything.write(value, into: &writer)
            return .string(writer.array().hex)
        } catch {
            return .string("error")
        }
    }

    @Test func valuesAreReadAsByJava() throws {
        for (item, answer) in try Self.cases() where item["bodies"] != nil {
            let name = item["name"]?.stringValue ?? ""
            let settings = try Self.settings(item)
            for (body, expected) in zip(item["bodies"]?.arrayValue ?? [], answer["values"]?.arrayValue ?? []) {
                let bytes = try #require([UInt8](hex: body.stringValue ?? ""))
                do {
                    let text = item["avro"]?.stringValue ?? ""
                    let schema = try AvroSchemaParser.parse(text, variant: settings.variant)
                    let reader = try AvroReader(schema, settings, Logger("test"))
                    let value = try bytes.withUnsafeBytes { try reader.value($0) }
                    let own = try Self.json(value, value.isNull ? nil : reader.target)
                    #expect(own == expected, "\(name) \(body)")
                } catch let error as DataError {
                    let message = expected.objectValue?["error"]?.stringValue
                    #expect(message != nil, "\(name): \(error)")
                    let isConnects = expected.objectValue?["class"]?.stringValue?.contains("DataException") ?? false
                    if isConnects { #expect(message == error.message, "\(name)") }
                }
            }
        }
    }

    @Test("names are scrubbed as by Confluent's AvroData.doScrubName", arguments: [
        ("a b", "a_b"), ("größe", "gr_C3_B6_C3_9Fe"), ("1st", "x1st"), ("1 b", "x1_b"), ("名", "_E5_90_8D"),
        ("_a", "_a"), ("a.b*c", "a_b_c"), ("", ""),
    ])
    func scrubbing(_ name: String, _ expected: String) {
        var settings = AvroSettings()
        #expect(AvroNames(settings).field(name) == name)
        settings.scrubsNames = true
        #expect(AvroNames(settings).field(name) == expected)
    }

    /// Confluent's splits at every dot, and scrubs namespaces, too; Apicurio's splits at the last dot.
    @Test func namesOfSchemasAreSplit() throws {
        var settings = AvroSettings()
        #expect(try AvroNames(settings).split("dots..") == AvroName("dots", namespace: nil))
        #expect(try AvroNames(settings).split("x..y") == AvroName("y", namespace: "x."))
        settings.scrubsNames = true
        #expect(try AvroNames(settings).split("a-b.1st.c d") == AvroName("c_d", namespace: "a_b.x1st"))
        settings.scrubsNames = false
        settings.variant = .apicurio
        #expect(throws: DataError("Empty name")) { try AvroNames(settings).split("dots.") }
    }

    @Test func defaultsThatDoNotFitAreRefusedByApicuriosParserOnly() throws {
        let text = #"{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]}"#
        #expect(throws: Never.self) { try AvroSchemaParser.parse(text) }
        #expect(throws: DataError(#"Invalid default for field a: "x" not a "int""#)) {
            try AvroSchemaParser.parse(text, variant: .apicurio)
        }
    }

    /// Each type has two fields with defaults of the next type: every type must be converted and checked once only.
    @Test func typesThatAreUsedManyTimesAreConvertedOnce() throws {
        let types = (0..<40).map { index in
            let fields = index == 0
                ? ""
                : ["a", "b"].map { #"{"name":"\#($0)","type":"R\#(index - 1)","default":{}}"# }.joined(separator: ",")
            return #"{"name":"f\#(index)","type":{"type":"record","name":"R\#(index)","fields":[\#(fields)]},"default":{}}"#
        }
        let text = #"{"type":"record","name":"R","fields":[\#(types.joined(separator: ","))]}"#
        let schema = try AvroSchemaParser.parse(text, variant: .apicurio)
        let target = try ConnectSchemaBuilder.schema(of: schema, AvroSettings(), Logger("test"))
        #expect(target.fields.count == 40)
    }

    @Test func defaultsOfManyCombinationsOfUnionsAreRefused() throws {
        let second = #"{"type":"record","name":"B","fields":[{"name":"x","type":["null","A","B"]}]}"#
        let first = #"{"type":"record","name":"A","fields":[{"name":"x","type":["null","A",\#(second)]}]}"#
        let value = String(repeating: #"{"x":"#, count: 30) + "1" + String(repeating: "}", count: 30)
        let text = #"{"type":"record","name":"R","fields":[{"name":"a","type":\#(first)},"#
            + #"{"name":"b","type":"A","default":\#(value)}]}"#
        #expect(throws: DataError.self) { try AvroSchemaParser.parse(text, variant: .apicurio) }
    }

    @Test func unionsOfOneTypeAreReadAsThatType() throws {
        let union = try AvroSchemaParser.parse(#"["int"]"#)
        let settings = try AvroSettings.confluent.parse([:], into: AvroSettings())
        let reader = try AvroReader(union, settings, Logger("test"))
        #expect(reader.target?.type == .int32)
        #expect(try ([0, 8] as [UInt8]).withUnsafeBytes { try reader.value($0) } == .integer(4))
        #expect(try AvroReader(union, AvroSettings(), Logger("test")).target?.name == AvroProperties.union)
    }

    private static func json(_ value: ConnectValue, _ schema: Schema?) throws -> JSONValue {
        let converter = try JSONConverter(configuration: ["replace.null.with.default": "false"])
        var writer = ByteWriter()
        guard try converter.convert(value, schema: schema, topic: "", into: &writer) else { return .null }
        return try JSONValue.parse(writer.array())
    }
}
