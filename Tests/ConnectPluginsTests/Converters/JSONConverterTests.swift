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

    // MARK: Shared values

    // MARK: Values of every type

    private static let inner = Schema(
        .structure, isOptional: true, name: "inner",
        fields: [
            .init("x", Schema(.float64)), .init("y", Schema(.string, isOptional: true, defaultValue: .string("why"))),
        ])
    private static let innerValue = ConnectValue.structure(Struct(schema: inner, values: [.float64(2), .null]))
    private static let outer = Schema(
        .structure, name: "outer", version: 2, documentation: "doc", parameters: [.init("p", "1"), .init("q", "\"")],
        fields: [
            .init("id", Schema(.int32, defaultValue: .integer(0))), .init("inner", inner), .init("again", inner),
            .init("list", Schema(.array, isOptional: true, valueSchema: inner)), .init("na\"me", Schema(.bytes)),
        ])

    private static func decimal(_ scale: Int, isOptional: Bool = false, defaultValue: ConnectValue? = nil) -> Schema {
        Schema(
            .bytes, isOptional: isOptional, name: "org.apache.kafka.connect.data.Decimal", version: 1,
            parameters: [.init("scale", String(scale))], defaultValue: defaultValue)
    }

    private static func logical(_ name: String, _ type: SchemaType) -> Schema {
        Schema(type, name: "org.apache.kafka.connect.data.\(name)", version: 1)
    }

    private static func hex(_ text: String) -> ConnectValue { .bytes([UInt8](hex: text) ?? []) }

    private static let map = Schema(.map, isOptional: true, keySchema: Schema(.string), valueSchema: Schema(.int32))

    /// As `scripts/golden-records/ConvertValues.java` builds them.
    private static let cases: [(name: String, schema: Schema?, value: ConnectValue)] = [
        ("nothing", nil, .null),
        ("schemaless text", nil, .string("a\"b")),
        ("schemaless number", nil, .integer(5)),
        ("schemaless list", nil, .array([.integer(1), .string("x"), .boolean(true)])),
        ("schemaless map", nil, .map([.init(key: .string("k"), value: .float64(1.5))])),
        ("schemaless pairs", nil, .map([.init(key: .integer(1), value: .string("v"))])),
        ("schemaless date", nil, .instant(1_767_323_045_678)),
        ("schemaless date in a list", nil, .array([.instant(86_400_000), .instant(-1)])),
        ("int8", Schema(.int8), .integer(-100)),
        ("int16", Schema(.int16), .integer(-100)),
        ("int32", Schema(.int32), .integer(-100)),
        ("int64", Schema(.int64), .integer(-100)),
        ("smallest int64", Schema(.int64), .integer(.min)),
        ("largest int64", Schema(.int64), .integer(.max)),
        ("boolean", Schema(.boolean), .boolean(true)),
        ("float32", Schema(.float32), .float32(3.14)),
        ("float32 nan", Schema(.float32), .float32(.nan)),
        ("float64", Schema(.float64), .float64(1e21)),
        ("float64 infinity", Schema(.float64), .float64(-.infinity)),
        ("string", Schema(.string),
            .string("\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F} \"\\/<>&'\u{7F}\u{80}\u{E9}\u{2028}\u{1F600}")),
        ("bytes", Schema(.bytes), hex("00ff103f80")),
        ("empty bytes", Schema(.bytes), .bytes([])),
        ("optional null", Schema(.string, isOptional: true), .null),
        ("required null", Schema(.string), .null),
        ("null with default", Schema(.int32, isOptional: true, defaultValue: .integer(7)), .null),
        ("required null with default", Schema(.string, defaultValue: .string("d\"")), .null),
        ("decimal", decimal(2), hex("009c")),
        ("decimal negative", decimal(5), hex("ff")),
        ("decimal small", decimal(7, isOptional: true), hex("01")),
        ("decimal zero", decimal(10), hex("00")),
        ("decimal of scale zero", decimal(0), hex("ff0000000000000000")),
        ("decimal with default", decimal(3, isOptional: true, defaultValue: hex("05dc")), .null),
        ("decimal large", decimal(30), hex("1e02bc1e97858bdc6cb95058f3424c16358b27fe4ecb29ae398115")),
        ("decimal large negative", decimal(1), hex("80000000000000000000000000000000")),
        ("decimal negative scale", decimal(-3), hex("78")),
        ("date", logical("Date", .int32), .integer(20_000)),
        ("time", logical("Time", .int32), .integer(3_723_004)),
        ("timestamp", logical("Timestamp", .int64), .integer(1_767_323_045_678)),
        ("timestamp of midnight", logical("Timestamp", .int64), .integer(86_400_000 * 20_000)),
        ("timestamp before 1970", logical("Timestamp", .int64), .integer(-1)),
        ("array",
            Schema(
                .array, name: "l", version: 3, documentation: "a list",
                valueSchema: Schema(.float32, isOptional: true)),
            .array([.float32(1.5), .null, .float32(-0.0)])),
        ("map", map, .map([.init(key: .string("a\""), value: .integer(1))])),
        ("empty map", map, .map([])),
        ("map of numbers", Schema(.map, keySchema: Schema(.int32), valueSchema: Schema(.string)),
            .map([.init(key: .integer(1), value: .string("x"))])),
        ("struct", outer,
            .structure(
                Struct(schema: outer, values: [.integer(1), innerValue, .null, .array([innerValue]), hex("01")]))),
        ("empty struct", Schema(.structure), .structure(Struct(schema: Schema(.structure), values: []))),
    ]

    private static let settings: [(name: String, options: [String: String])] = [
        ("schemas", [:]), ("plain", ["schemas.enable": "false"]), ("numeric", ["decimal.format": "NUMERIC"]),
        ("nulls kept", ["schemas.enable": "false", "replace.null.with.default": "false"]),
    ]

    @Test func valuesOfEveryTypeAreEncodedAsByKafka() throws {
        let answers = try #require(try JSONValue.parse(Fixtures.text("connect/converted-values.json")).objectValue)
        #expect(answers.names == Self.cases.map(\.name))
        for setting in Self.settings {
            let converter = try JSONConverter(configuration: setting.options)
            for item in Self.cases {
                let expected = try #require(answers[item.name]?.objectValue?[setting.name])
                var writer = ByteWriter()
                let place: Comment = "\(item.name), \(setting.name)"
                do {
                    let isWritten = try converter.convert(item.value, schema: item.schema, topic: "t", into: &writer)
                    let text = isWritten ? String(decoding: writer.array(), as: UTF8.self) : nil
                    #expect(text == expected.stringValue, place)
                } catch {
                    #expect(expected.stringValue == "error", place)
                    #expect(writer.count == 0, place)
                }
            }
        }
    }

    @Test func headersAreEncodedAsByKafka() throws {
        let answers = try #require(try JSONValue.parse(Fixtures.text("connect/converted-values.json")).objectValue)
        let converter = SimpleHeaderConverter()
        for item in Self.cases {
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
