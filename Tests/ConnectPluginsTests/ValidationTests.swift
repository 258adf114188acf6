import ConnectData
import ConnectPlugins
import DebeziumPlugins
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

/// Compares validation with the answers of a real worker.
@Suite struct ValidationTests {
    private static let base = [
        "connector.class": "io.debezium.connector.mysql.MySqlConnector", "tasks.max": "1", "name": "v",
        "topic.prefix": "dataval",
    ]

    private static func validate(_ extra: [String: String]) -> [ConfigValue] {
        let configuration = base.merging(extra) { $1 }
        let validation = ConnectorValidation(
            configuration, connectorVersion: "3.6.1.Final",
            workerConverters: .init(
                key: JSONConverter.className, value: JSONConverter.className, header: SimpleHeaderConverter.className),
            plugins: TestPlugins.registry)
        return validation.framework + validation.converters
    }

    private static func errors(_ extra: [String: String]) -> [String: [String]] {
        var errors: [String: [String]] = [:]
        for value in validate(extra) where !value.errors.isEmpty { errors[value.name] = value.errors }
        return errors
    }

    private static func texts(_ json: JSONValue?) -> [String: String] {
        let members = json?.objectValue?.members ?? []
        return Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value.stringValue ?? "") })
    }

    /// Java lists choices in no defined order; texts with the name of a Java exception are not compared.
    private static func comparable(_ error: String) -> String {
        if let end = error.firstRange(of: "Invalid regex: ") { return String(error[..<end.upperBound]) }
        if let end = error.firstRange(of: "must be one of") {
            return error[..<end.upperBound] + error[end.upperBound...].split { ", :".contains($0) }.sorted().joined(separator: " ")
        }
        return error
    }

    @Test func errorsEqualConnects() throws {
        let lines = try Fixtures.text("connect/validation.jsonl").split(separator: "\n")
        #expect(lines.count > 50)
        for line in lines {
            let object = try #require(try JSONValue.parse(String(line)).objectValue)
            let found = Self.errors(Self.texts(object["config"])).mapValues { $0.map(Self.comparable) }
            var expected: [String: [String]] = [:]
            for member in object["errors"]?.objectValue?.members ?? [] {
                expected[member.name] = member.value.arrayValue?.compactMap(\.stringValue).map(Self.comparable)
            }
            #expect(found == expected, "\(line.prefix(200))")
        }
    }

    @Test func definitionsAndValuesEqualConnects() throws {
        let found = Self.validate([
            "transforms": "u,r", "transforms.u.type": "io.debezium.transforms.ExtractNewRecordState",
            "transforms.u.add.fields": "op, table",
            "transforms.r.type": "org.apache.kafka.connect.transforms.RegexRouter", "transforms.r.regex": "(.*)",
            "transforms.r.replacement": "$1", "key.converter": "JsonConverter", "tasks.max": " 1 ",
        ])
        try expectDefinitions(found, equal: "connect/validation-answer.jsonl")
    }

    @Test func secretsAreNotShown() {
        let values = Self.validate([
            "value.converter": "io.confluent.connect.json.JsonSchemaConverter",
            "value.converter.schema.registry.url": "http://ann:topsecret@a:1/x@y,http://b",
            "value.converter.basic.auth.user.info": "topsecret",
        ])
        let shown = values.filter { $0.name.hasPrefix("value.converter.") && $0.value != nil }
        #expect(shown.first { $0.name.hasSuffix("schema.registry.url") }?.value == "http://a:1/x@y,http://b")
        #expect(shown.first { $0.name.hasSuffix(".basic.auth.user.info") }?.value == "[hidden]")
        #expect(!values.contains { $0.value?.contains("topsecret") == true })
    }

    // MARK: Unsupported values

    @Test(arguments: [
        ("transforms.a.type", ["transforms": "a", "transforms.a.type": "OpenLineage"]),
        ("value.converter", ["value.converter": "io.apicurio.registry.utils.converter.SerdeBasedConverter"]),
        ("key.converter", ["key.converter": "io.apicurio.registry.utils.converter.ProtobufConverter"]),
        ("offsets.storage.topic", ["offsets.storage.topic": "mine"]),
    ])
    func unsupportedClassesAreRefusedByName(_ name: String, _ configuration: [String: String]) throws {
        let errors = Self.errors(configuration)
        #expect(errors.keys.sorted() == [name])
        let error = try #require(errors[name]?.first)
        #expect(error.hasSuffix("is not supported by cdcd yet"), "\(error)")
    }

    @Test func optionsOfTheOtherGenerationAreRefused() {
        let unwrap = ["transforms": "u", "transforms.u.type": "ExtractNewRecordState"]
        let new = Self.errors(unwrap.merging(["transforms.u.drop.tombstones": "false"]) { $1 })
        #expect(
            new == [
                "transforms.u.drop.tombstones": [
                    "Invalid value false for configuration transforms.u.drop.tombstones: Debezium 3 has no such option; "
                        + "use delete.tombstone.handling.mode instead"
                ]
            ])
        var old = Self.base.merging(unwrap) { $1 }
        old["topic.prefix"] = nil
        old["database.server.name"] = "x"
        old["transforms.u.delete.tombstone.handling.mode"] = "drop"
        old["transforms.u.delete.handling.mode"] = "bogus"
        let validation = ConnectorValidation(old, connectorVersion: "1.9.5.Final", plugins: TestPlugins.registry)
        let names = validation.framework.filter { !$0.errors.isEmpty }.map(\.name)
        #expect(names == ["transforms.u.delete.handling.mode", "transforms.u.delete.tombstone.handling.mode"])
    }

    @Test(arguments: [
        ("database.server.name", "[1.9,2)", false), ("database.server.name", "3.6.1.Final", true),
        ("topic.prefix", "[1.9,2)", true), ("topic.prefix", "3.6.1.Final", false),
    ])
    func versionsOfDebeziumsClassesAreThoseOfTheGeneration(option: String, version: String, isRefused: Bool) {
        let configuration = [
            option: "s", "transforms": "u", "transforms.u.type": "ExtractNewRecordState",
            "transforms.u.plugin.version": version,
        ]
        let validation = ConnectorValidation(configuration, connectorVersion: "", plugins: TestPlugins.registry)
        let refused = validation.framework.filter { $0.name.hasPrefix("transforms.u.") && !$0.errors.isEmpty }
        #expect(refused.map(\.name) == (isRefused ? ["transforms.u.type", "transforms.u.plugin.version"] : []))
    }

    @Test func propertiesOfAnUnavailableVersionAreNotShown() {
        let values = Self.validate([
            "value.converter": "JsonConverter", "value.converter.plugin.version": "9", "transforms": "t",
            "transforms.t.type": "InsertHeader", "transforms.t.plugin.version": "9", "transforms.t.header": "h",
            "predicates": "p", "predicates.p.type": "HasHeaderKey", "predicates.p.plugin.version": "[9",
        ])
        let names = values.map(\.name).filter { ["transforms.", "predicates.", "value.converter."].contains(where: $0.hasPrefix) }
        #expect(
            names == [
                "value.converter.plugin.version", "transforms.t.type", "transforms.t.plugin.version", "predicates.p.type",
                "predicates.p.plugin.version",
            ])
        let errors = values.filter { names.contains($0.name) }.map(\.errors)
        let transform =
            "Plugin org.apache.kafka.connect.transforms.InsertHeader not found that matches the version range [9,9], "
            + "available versions: [4.3.1]"
        #expect(errors[1...] == [[transform], [transform], ["Unbounded range: [9"], ["Unbounded range: [9"]])
    }

    @Test func anUnavailableVersionOfTheConnectorLeavesItsCommonProperties() {
        let validation = ConnectorValidation(
            Self.base.merging(["transforms": "t", "key.converter": "JsonConverter"]) { $1 }, connectorVersion: "3.6.1.Final",
            versionError: "no such version", plugins: TestPlugins.registry)
        #expect(validation.framework.count == 19)
        #expect(validation.framework.last?.name == "errors.log.include.messages")
        #expect(validation.converters.isEmpty)
        let errors = validation.framework.filter { !$0.errors.isEmpty }
        #expect(errors.map(\.name) == ["connector.class", "connector.plugin.version"])
        #expect(errors.map(\.errors) == [["no such version"], ["no such version"]])
    }

    @Test func groupsOfATransformFollowItsAlias() {
        let values = Self.validate([
            "transforms": "o", "transforms.o.type": "io.debezium.transforms.outbox.EventRouter",
        ])
        let shown = values.filter { $0.name.hasPrefix("transforms.o.") }
        var groups: [String] = []
        for group in shown.compactMap(\.key?.group) where groups.last != group { groups.append(group) }
        #expect(groups == ["Transforms: o", "Transforms: o: Table", "Transforms: o: Router", "Transforms: o: Tracing"])
        #expect(shown.map(\.name)[1...4] == [
            "transforms.o.plugin.version", "transforms.o.negate", "transforms.o.predicate", "transforms.o.table.field.event.id",
        ])
        #expect(shown.map(\.key?.orderInGroup) == Array(0..<shown.count))
    }

    @Test func versionOfAnUnknownClassIsNotVisible() {
        let values = Self.validate(["key.converter": "x.Y", "transforms": "t", "transforms.t.type": "x.Y", "transforms.t.negate": "true"])
        #expect(values.filter { !$0.isVisible }.map(\.name) == ["key.converter.plugin.version"])
        let type = values.first { $0.name == "transforms.t.type" }
        #expect(type?.value == nil)
        #expect(type?.errors.count == 2)
    }
}
