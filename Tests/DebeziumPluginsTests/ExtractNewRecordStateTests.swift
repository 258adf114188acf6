import ConnectData
import DebeziumPlugins
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

/// Compares records with those that Debezium's own classes made of recorded envelopes.
@Suite struct ExtractNewRecordStateTests {
    static let versions = ["3.6", "1.9"]

    private static func variants(_ version: String) throws -> [(name: String, options: [String: String])] {
        let text = try Fixtures.text("debezium/unwrap/\(version)/variants.json")
        let object = try #require(try JSONValue.parse(text).objectValue)
        return object.members.map { member in
            let options = (member.value.objectValue?.members ?? []).map { ($0.name, $0.value.stringValue ?? "") }
            return (member.name, Dictionary(uniqueKeysWithValues: options))
        }
    }

    private static func configuration(_ version: String, _ options: [String: String]) -> [String: String] {
        var configuration = [
            "transforms": "u", "transforms.u.type": "io.debezium.transforms.ExtractNewRecordState",
            version == "3.6" ? "topic.prefix" : "database.server.name": "d",
        ]
        for (name, value) in options where !name.hasPrefix("(") { configuration["transforms.u.\(name)"] = value }
        return configuration
    }

    /// Routes by columns of all types, fields of transactions and rows, other names.
    @Test(arguments: versions) func routesAndAddedFieldsEqualDebeziums(_ version: String) throws {
        try TransformCases("debezium-\(version)/extract-new-record-state").compare()
    }

    /// A delete and its tombstone share a list of headers, which transforms that make new records copy.
    @Test(arguments: [
        (nil, 2), ("org.apache.kafka.connect.transforms.RegexRouter", 1),
        ("io.debezium.transforms.TimezoneConverter", 2), ("org.apache.kafka.connect.transforms.SetSchemaMetadata$Key", 1),
    ])
    func tombstoneHasTheHeadersOfItsDeleteUnlessTheyWereCopied(_ first: String?, _ count: Int) throws {
        var configuration = Self.configuration(
            "3.6", ["delete.tombstone.handling.mode": "rewrite-with-tombstone", "add.headers": "op"])
        if let first {
            configuration["transforms"] = "first,u"
            configuration["transforms.first.type"] = first
            configuration["transforms.first.regex"] = "t"
            configuration["transforms.first.replacement"] = "s"
            configuration["transforms.first.converted.timezone"] = "UTC"
            configuration["transforms.first.schema.name"] = "t.Envelope"
        }
        let chain = try TransformationChain(configuration: configuration, plugins: TestPlugins.registry)
        let row = Schema(.structure, isOptional: true, fields: [.init("id", Schema(.int32))])
        let source = Schema(.structure, fields: [.init("table", Schema(.string))])
        let envelope = Schema(
            .structure, name: "t.Envelope",
            fields: [
                .init("before", row), .init("after", row), .init("source", source), .init("op", Schema(.string)),
            ])
        let event = Struct(
            schema: envelope,
            values: [
                .structure(Struct(schema: row, values: [.integer(1)])), .null,
                .structure(Struct(schema: source, values: [.string("t")])), .string("d"),
            ])
        let key = Struct(schema: row, values: [.integer(1)])
        var delete = ConnectRecord(
            topic: "t", keySchema: row, key: .structure(key), valueSchema: envelope, value: .structure(event))
        var tombstone = ConnectRecord(
            topic: "t", keySchema: row, key: .structure(key), valueSchema: nil, value: .null)
        #expect(try chain.apply(&delete) && chain.apply(&tombstone))
        #expect(delete.headers.map(\.name) == ["__op"])
        #expect(tombstone.headers.map(\.name) == Array(repeating: "__op", count: count))
    }

    /// Debezium fails.
    @Test func structIsAdded() throws {
        let row = Schema(.structure, isOptional: true, fields: [.init("id", Schema(.int32))])
        let envelope = Schema(
            .structure, name: "t.Envelope",
            fields: [.init("before", row), .init("after", row), .init("source", Schema(.structure))])
        let (old, new) = (Struct(schema: row, values: [.integer(1)]), Struct(schema: row, values: [.integer(2)]))
        let source = ConnectValue.structure(Struct(schema: Schema(.structure), values: []))
        let chain = try TransformationChain(
            configuration: Self.configuration("3.6", ["add.fields": "before"]), plugins: TestPlugins.registry)
        func value(_ before: ConnectValue) throws -> Struct {
            let event = Struct(schema: envelope, values: [before, .structure(new), source])
            var record = ConnectRecord(
                topic: "t", keySchema: nil, key: .null, valueSchema: envelope, value: .structure(event))
            #expect(try chain.apply(&record))
            #expect(record.valueSchema == record.value.structValue?.schema)
            return try #require(record.value.structValue)
        }
        let withRow = try value(.structure(old))
        #expect(withRow.values == [.integer(2), .structure(old)])
        #expect(withRow.schema.fields.map(\.name) == ["id", "__before"])
        #expect(try value(.null).schema.fields.last?.schema.fields.isEmpty == true)
    }

    @Test(arguments: versions) func recordsEqualDebeziums(_ version: String) throws {
        let envelopes = try RecordedRecord.read("debezium/envelopes/3.6-nulls-kept.jsonl")
        let writer = try RecordWriter(["replace.null.with.default": "false"])
        let variants = try Self.variants(version)
        #expect(variants.count >= 10)
        for variant in variants {
            let chain = try TransformationChain(
                configuration: Self.configuration(version, variant.options), plugins: TestPlugins.registry)
            let answers = try RecordedRecord.lines(of: "debezium/unwrap/\(version)/\(variant.name).jsonl")
            #expect(answers.count == envelopes.count)
            for (number, (envelope, answer)) in zip(envelopes, answers).enumerated() {
                var record = try envelope.sourceRecord()
                if let dropped = variant.options["(header gone)"] {
                    let names = dropped.split(separator: ",").map { ConnectValue.string(String($0)) }
                    record.headers.append(
                        .init("gone", schema: Schema(.array, valueSchema: Schema(.string)), value: .array(names)))
                }
                let place: Comment = "\(version) \(variant.name), record \(number)"
                do {
                    let isKept = try chain.apply(&record)
                    #expect(answer["error"] == nil, place)
                    #expect(isKept == (answer["dropped"] == nil), place)
                    guard isKept, answer["dropped"] == nil else { continue }
                    let written = try writer.write(record)
                    let expected = RecordedRecord(answer)
                    #expect(written.value == expected.value, place)
                    #expect(written.key == expected.key, place)
                    #expect(written.headers == expected.headers, place)
                    #expect(written.topic == expected.topic, place)
                } catch let error as DataError {
                    let message = try #require(answer["error"]?.stringValue, place)
                    // Java throws a NullPointerException here; the message of cdcd is its own.
                    if !message.hasPrefix("Cannot invoke") { #expect(error.message == message, place) }
                }
            }
        }
    }
}
