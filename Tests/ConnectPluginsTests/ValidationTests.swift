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
        let lines = try Fixtures.text("connect/validation-answer.jsonl").split(separator: "\n")
        #expect(found.count == lines.count)
        for (value, line) in zip(found, lines) {
            let expected = try #require(try JSONValue.parse(String(line)).objectValue)
            let key = try #require(value.key, "\(value.name)")
            func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
            let shown: JSONObject = [
                "name": .string(key.name), "type": .string(key.type.rawValue), "required": .bool(key.isRequired),
                "default_value": text(key.defaultValue), "importance": .string(key.importance.rawValue),
                "group": text(key.group), "order_in_group": .integer(Int64(key.orderInGroup)),
                "width": .string(key.width.rawValue), "display_name": .string(key.displayName),
                "dependents": .array(key.dependents.map(JSONValue.string)), "value": text(value.value),
                "errors": .array(value.errors.map(JSONValue.string)), "visible": .bool(value.isVisible),
            ]
            #expect(shown == expected, "\(value.name)")
            #expect(!key.documentation.isEmpty, "\(value.name)")
        }
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

    @Test func unavailablePluginVersionsAreRefused() {
        #expect(Self.errors(["connector.plugin.version": "9"]).keys.sorted() == ["connector.plugin.version"])
        #expect(Self.errors(["key.converter": "Json", "key.converter.plugin.version": "4.3.1"]).isEmpty)
        #expect(
            Self.errors(["key.converter": "Json", "key.converter.plugin.version": "2"]).keys.sorted()
                == ["key.converter.plugin.version"])
    }
}
