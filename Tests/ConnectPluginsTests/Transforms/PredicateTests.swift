import ConnectData
import PluginTestSupport
import Testing

@Suite struct PredicateTests {
    private static let predicates = "org.apache.kafka.connect.transforms.predicates."

    /// Whether `Filter` keeps a record.
    private func keeps(
        _ record: ConnectRecord, unless predicate: String, _ properties: [String: String] = [:], negate: String? = nil
    ) throws -> Bool {
        var configuration = [
            "transforms": "f", "transforms.f.type": "org.apache.kafka.connect.transforms.Filter",
            "transforms.f.predicate": "p", "predicates": "p", "predicates.p.type": Self.predicates + predicate,
        ]
        configuration["transforms.f.negate"] = negate
        for (name, value) in properties { configuration["predicates.p.\(name)"] = value }
        let chain = try TransformationChain(configuration: configuration, plugins: TestPlugins.registry)
        var changed = record
        let isKept = try chain.apply(&changed)
        // The shape of the record gives the same result.
        var shape = RecordShape(
            topic: record.topic, keySchema: nil, key: .null, valueSchema: record.valueSchema,
            value: record.value.isNull ? .null : .constant(record.value),
            headers: record.headers.map { .init($0.name, schema: $0.schema, value: .constant($0.value)) })
        #expect(try chain.apply(to: &shape) == (isKept ? .applied : .dropped))
        return isKept
    }

    private func record(_ topic: String, _ value: ConnectValue = .string("x"), headers: [String] = []) -> ConnectRecord {
        ConnectRecord(
            topic: topic, keySchema: nil, key: .null, valueSchema: value.isNull ? nil : Schema(.string), value: value,
            headers: headers.map { .init($0, schema: nil, value: .null) })
    }

    @Test func recordsWithoutAValueAreTombstones() throws {
        #expect(try !keeps(record("t", .null), unless: "RecordIsTombstone"))
        #expect(try keeps(record("t"), unless: "RecordIsTombstone"))
        #expect(try keeps(record("t", .null), unless: "RecordIsTombstone", negate: "true"))
        #expect(try !keeps(record("t"), unless: "RecordIsTombstone", negate: "TRUE"))
        var withSchema = record("t", .null)
        withSchema.valueSchema = Schema(.string, isOptional: true)
        #expect(try !keeps(withSchema, unless: "RecordIsTombstone"))
    }

    @Test func topicMustMatchAsAWhole() throws {
        #expect(try !keeps(record("srv.db.t"), unless: "TopicNameMatches", ["pattern": ".*[.]t"]))
        #expect(try keeps(record("srv.db.t"), unless: "TopicNameMatches", ["pattern": "db"]))
    }

    @Test func headerIsFoundByItsName() throws {
        #expect(try !keeps(record("t", headers: ["a", "b"]), unless: "HasHeaderKey", ["name": "b"]))
        #expect(try keeps(record("t", headers: ["a"]), unless: "HasHeaderKey", ["name": "A"]))
        #expect(try keeps(record("t"), unless: "HasHeaderKey", ["name": "a"]))
    }

    private func validationErrors(_ predicate: String, _ properties: [String: String]) -> [String] {
        var configuration = ["predicates": "p", "predicates.p.type": Self.predicates + predicate]
        for (name, value) in properties { configuration["predicates.p.\(name)"] = value }
        return ConnectorValidation(configuration, connectorVersion: "1", plugins: TestPlugins.registry)
            .framework.filter { $0.name.hasPrefix("predicates.p.") }.flatMap(\.errors)
    }

    /// The errors of a real worker.
    @Test func wrongOptionsAreReportedAsByConnect() {
        #expect(validationErrors("HasHeaderKey", ["name": ""]) == [
            "Invalid value  for configuration name: String must be non-empty"
        ])
        #expect(validationErrors("HasHeaderKey", [:]) == [
            "Missing required configuration \"predicates.p.name\" which has no default value."
        ])
        #expect(validationErrors("TopicNameMatches", [:]) == [
            "Missing required configuration \"predicates.p.pattern\" which has no default value.",
            "Invalid value null for configuration pattern: Invalid regex: "
                + "Cannot invoke \"String.isEmpty()\" because \"this.pattern\" is null",
        ])
        #expect(validationErrors("TopicNameMatches", ["pattern": "("]) == [
            "Invalid value ( for configuration pattern: Invalid regex: Unclosed group near index 1\n("
        ])
        #expect(validationErrors("TopicNameMatches", ["pattern": ""]) == [
            "Invalid value  for configuration pattern: String must be non-empty"
        ])
    }

    /// Connect accepts the configuration, and its task fails with this message.
    @Test(arguments: ["unknown", ""]) func unknownPredicateIsAnErrorWhenTransformsAreCreated(alias: String) {
        let configuration = [
            "transforms": "f", "transforms.f.type": "DropHeaders", "transforms.f.headers": "h",
            "transforms.f.predicate": alias, "predicates": "p", "predicates.p.type": "RecordIsTombstone",
        ]
        let validation = ConnectorValidation(configuration, connectorVersion: "1", plugins: TestPlugins.registry)
        #expect(validation.framework.filter { $0.name.hasPrefix("transforms.") }.flatMap(\.errors) == [])
        let error = #expect(throws: ConfigError.self) {
            try TransformationChain(configuration: configuration, plugins: TestPlugins.registry)
        }
        #expect(error?.message == "Unknown configuration 'predicates.\(alias).plugin.version'")
    }
}
