import ConnectData
import ConnectPlugins
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

/// Compares encoded bytes with those of Kafka's own converters.
@Suite struct JSONConverterTests {
    /// Records of a real worker are decoded and must be encoded to the same bytes.
    @Test(arguments: ["3.6", "3.6-nulls-kept", "1.9"])
    func recordsAreEncodedAsByAJavaWorker(_ name: String) throws {
        let keepsNulls = ["replace.null.with.default": "false"]
        let writer = try RecordWriter(name == "3.6-nulls-kept" ? keepsNulls : [:])
        let records = try RecordedRecord.read("debezium/envelopes/\(name).jsonl")
        #expect(records.count == 12)
        for record in records { #expect(try writer.write(record.sourceRecord()) == record) }
    }

    /// The same records of the same table under another prefix, without schemas and with decimals as numbers.
    @Test func schemasAreOmittedIfDisabled() throws {
        let writer = try RecordWriter(["schemas.enable": "false", "decimal.format": "numeric"])
        let records = try RecordedRecord.read("debezium/envelopes/3.6.jsonl")
        let expected = try RecordedRecord.read("debezium/envelopes/3.6-without-schemas.jsonl")
        for (record, expected) in zip(records, expected) {
            let written = try writer.write(record.sourceRecord())
            #expect(written.key == expected.key)
            #expect(try row(written.value) == row(expected.value))
        }
    }

    /// The part before the source block, which differs between two connectors.
    private func row(_ text: String?) throws -> Substring? {
        guard let text else { return nil }
        let end = try #require(text.firstRange(of: ",\"source\":"))
        return text[..<end.lowerBound]
    }

    // MARK: Values of every type

    private static let settings: [(name: String, options: [String: String])] = [
        ("schemas", [:]), ("plain", ["schemas.enable": "false"]), ("numeric", ["decimal.format": "NUMERIC"]),
        ("nulls-kept", ["schemas.enable": "false", "replace.null.with.default": "false"]),
    ]

    @Test func valuesOfEveryTypeAreEncodedAsByKafka() throws {
        let answers = try #require(try JSONValue.parse(Fixtures.text("connect/converted-values.json")).objectValue)
        #expect(answers.names == ConvertedValues.all.map(\.name))
        for setting in Self.settings {
            let converter = try JSONConverter(configuration: setting.options)
            for item in ConvertedValues.all {
                let expected = try #require(answers[item.name]?.objectValue?[setting.name])
                var writer = ByteWriter()
                let place: Comment = "\(item.name), \(setting.name)"
                do {
                    let isWritten = try converter.convert(item.value, schema: item.schema, topic: "t", into: &writer)
                    let text = isWritten ? String(decoding: writer.array(), as: UTF8.self) : nil
                    #expect(text == expected.stringValue, place)
                } catch {
                    #expect(expected.stringValue?.hasPrefix("error: ") == true, place)
                    #expect(writer.count == 0, place)
                }
            }
        }
    }

    @Test func headersAreEncodedAsByKafka() throws {
        let answers = try #require(try JSONValue.parse(Fixtures.text("connect/converted-values.json")).objectValue)
        let converter = SimpleHeaderConverter()
        for item in ConvertedValues.all {
            var writer = ByteWriter()
            let isWritten = try converter.convert(
                item.value, schema: item.schema, header: "h", topic: "t", into: &writer)
            let text = isWritten ? String(decoding: writer.array(), as: UTF8.self) : nil
            #expect(text == answers[item.name]?.objectValue?["header"]?.stringValue, "\(item.name)")
        }
    }

    // MARK: Faults

    @Test func valueThatDoesNotMatchItsSchemaIsRefused() throws {
        let converter = try JSONConverter(configuration: [:])
        let schema = Schema(.structure, fields: [.init("id", Schema(.int32))])
        let row = ConnectValue.structure(Struct(schema: schema, values: [.string("x")]))
        var writer = ByteWriter()
        writer.literal("before")
        #expect(throws: DataError("Conversion error: id is a string, which does not fit its schema")) {
            _ = try converter.convert(row, schema: schema, topic: "t", into: &writer)
        }
        #expect(writer.array() == Array("before".utf8))
    }

    @Test func structOfAnotherSchemaIsRefused() throws {
        let converter = try JSONConverter(configuration: [:])
        let schema = Schema(.structure, fields: [.init("id", Schema(.int32))])
        let other = Schema(.structure, fields: [.init("id", Schema(.int64))])
        let equal = Schema(.structure, fields: [.init("id", Schema(.int32))])
        var writer = ByteWriter()
        #expect(throws: DataError("Mismatching schema.")) {
            _ = try converter.convert(
                .structure(Struct(schema: other, values: [.integer(1)])), schema: schema, topic: "t", into: &writer)
        }
        #expect(
            try converter.convert(
                .structure(Struct(schema: equal, values: [.integer(1)])), schema: schema, topic: "t", into: &writer))
    }

    @Test func cacheEvictsSchemasBeyondItsLimit() throws {
        let converter = try JSONConverter(configuration: ["schemas.cache.size": "2", "schemas.enable": "false"])
        for number in 0..<10 {
            let schema = Schema(.structure, fields: [.init("f\(number)", Schema(.int32))])
            var writer = ByteWriter()
            let row = ConnectValue.structure(Struct(schema: schema, values: [.integer(Int64(number))]))
            _ = try converter.convert(row, schema: schema, topic: "t", into: &writer)
            #expect(String(decoding: writer.array(), as: UTF8.self) == "{\"f\(number)\":\(number)}")
        }
    }
}
