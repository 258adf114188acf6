import ConnectData
import DebeziumPlugins
import Testing
import WireCore
import WireTestSupport

@testable import BinlogSource

@Suite struct ConnectorOptionsTests {
    private func json(_ path: String) throws -> [JSONObject] {
        (try JSONValue.parse(try Fixtures.bytes("debezium/options/" + path)).arrayValue ?? []).compactMap(\.objectValue)
    }

    /// Names, types, defaults, groups and order equal those of Debezium's plugin.
    @Test(arguments: [("3.6.1", DebeziumProfile.v36), ("1.9.5", .v19)])
    func definitionsEqualDebeziums(version: String, profile: DebeziumProfile) throws {
        let expected = try json(version + ".json")
        let ours = ConnectorOptions.definition(profile).keys
        #expect(ours.map(\.name) == expected.compactMap { $0["name"]?.stringValue })
        for (key, theirs) in zip(ours, expected) {
            let shown: JSONObject = [
                "name": .string(key.name), "type": .string(key.type.rawValue),
                "default_value": key.defaultValue.map { .string($0) } ?? .null,
                "importance": .string(key.importance.rawValue), "group": key.group.map { .string($0) } ?? .null,
                "order": .integer(Int64(key.orderInGroup)), "width": .string(key.width.rawValue),
                "display_name": theirs["display_name"] ?? .null, "dependents": .array(key.dependents.map { .string($0) }),
                "recommended_values": .array(key.recommendedValues.map { .string($0) }),
                "visible": theirs["visible"] ?? .null,
            ]
            #expect(shown == theirs, "\(key.name)")
            #expect(!key.documentation.isEmpty)
        }
    }

    @Test(arguments: [("3.6.1", "topic.prefix"), ("1.9.5", "database.server.name")])
    func visibilityEqualsDebeziums(version: String, name: String) throws {
        let values = ConnectorConfigValidation([name: "x"]).result.values
        for theirs in try json(version + ".json") {
            let ours = values.first { $0.name == theirs["name"]?.stringValue }
            #expect(ours?.isVisible == theirs["visible"]?.boolValue, "\(theirs["name"]?.stringValue ?? "")")
        }
    }

    /// The same properties have the same errors (once; Debezium repeats some).
    @Test func validationErrorsEqualDebeziums() throws {
        var compared = 0
        for answer in try json("answers.json") {
            let version = answer["version"]?.stringValue ?? ""
            var configuration = Self.right(version)
            let properties = answer["properties"]?.objectValue ?? [:]
            for (name, value) in properties.members { configuration[name] = value.stringValue }
            let expected = answer["errors"]?.objectValue ?? [:]
            let found = ConnectorConfigValidation(configuration).result.values.filter { !$0.errors.isEmpty }
            for (name, errors) in expected.members where errors.arrayValue?.first?.stringValue?.contains("connect") != true {
                // Java's messages about regular expressions are not imitated.
                let theirs = errors.arrayValue?.compactMap(\.stringValue) ?? []
                let ours = found.first { $0.name == name }?.errors ?? []
                let isSame = theirs.contains(ours.first ?? "") || (theirs.first ?? "").contains("regular expressions")
                #expect(isSame && ours.count == 1, "\(version) \(properties.names): \(name): \(ours) for \(theirs)")
                compared += 1
            }
            for value in found where expected[value.name] == nil {
                // Debezium accepts some of these and ignores them.
                let isOurs = value.errors.allSatisfy { $0.contains("is not supported yet by cdcd") }
                    || ["binary.handling.mode", "event.converting.failure.handling.mode"].contains(value.name)
                #expect(isOurs, "\(version) \(properties.names): \(value.name): \(value.errors)")
            }
        }
        #expect(compared > 60)
    }

    static func right(_ version: String) -> [String: String] {
        let history = version == "3.6" ? "schema.history.internal." : "database.history."
        return [
            version == "3.6" ? "topic.prefix" : "database.server.name": "vv", "database.hostname": "127.0.0.1",
            "database.port": "3306", "database.user": "root", "database.password": "", "database.server.id": "7",
            history + "kafka.topic": "h", history + "kafka.bootstrap.servers": "127.0.0.1:9092",
        ]
    }

    @Test(arguments: ["3.6", "1.9"]) func validConfigurationHasNoErrors(version: String) throws {
        let validation = ConnectorConfigValidation(Self.right(version)).result
        #expect(validation.errorCount == 0)
        #expect(validation.warnings.isEmpty)
        _ = try MySQLConnectorConfig(configuration: Self.right(version))
    }

    @Test(arguments: [
        ("heartbeat.interval.ms", "1000"), ("provide.transaction.metadata", "true"), ("signal.data.collection", "a.b"),
        ("binlog.buffer.size", "10"), ("snapshot.include.collection.list", "a.b"), ("converters", "c"),
        ("snapshot.select.statement.overrides", "a.b"), ("column.mask.with.5.chars", "a.b.c"),
        ("column.truncate.to.5.chars", "a.b.c"), ("column.mask.hash.SHA-256.with.salt.x", "a.b.c"),
        ("event.processing.failure.handling.mode", "warn"), ("snapshot.locking.mode", "minimal_percona"),
        ("snapshot.mode", "recovery"), ("schema.history.internal", "io.debezium.storage.file.history.FileSchemaHistory"),
        ("gtid.ignore.on.recovery", "true"), ("table.ignore.builtin", "false"), ("read.only", "true"),
    ])
    func unsupportedOptionsAreRefusedByName(name: String, value: String) throws {
        var configuration = Self.right("3.6")
        configuration[name] = value
        let blamed = ConnectorConfigValidation(configuration).result.values.filter { !$0.errors.isEmpty }
        #expect(blamed.map(\.name) == [name])
        let message = try #require(blamed.first?.errors.first)
        #expect(message.contains(name) && message.contains("not supported yet by cdcd"))
        #expect(throws: ConfigError.self) { try MySQLConnectorConfig(configuration: configuration) }
    }

    /// Their values are checked by the part that knows Kafka, when the history is opened.
    @Test(arguments: [
        ("1.9", "database.history.producer.security.protocol"), ("1.9", "database.history.consumer.sasl.jaas.config"),
        ("3.6", "schema.history.internal.producer.security.protocol"),
        ("3.6", "schema.history.internal.consumer.fetch.max.bytes"),
    ])
    func propertiesOfHistoryClientsAreTaken(generation: String, name: String) throws {
        var configuration = Self.right(generation)
        configuration[name] = "SSL"
        #expect(ConnectorConfigValidation(configuration).result.values.filter { !$0.errors.isEmpty }.map(\.name) == [])
        let history = try MySQLConnectorConfig(configuration: configuration).history
        let given = name.contains("producer") ? history.producerProperties : history.consumerProperties
        #expect(given.count == 1 && given.keys.allSatisfy { name.hasSuffix($0) })
    }

    @Test func propertiesWithoutEffectAreNamedInWarnings() {
        var configuration = Self.right("1.9")
        configuration["max.batch.size"] = "100"
        configuration["database.useCompression"] = "true"
        configuration["table.include.lst"] = "a.b"
        configuration["database.allowPublicKeyRetrieval"] = "true"
        configuration["transforms.unwrap.type"] = "x"
        let warnings = ConnectorConfigValidation(configuration).result.warnings
        #expect(warnings.count == 3)
        for name in ["max.batch.size", "database.useCompression", "table.include.lst"] {
            #expect(warnings.contains { $0.contains(name) })
        }
    }
}
