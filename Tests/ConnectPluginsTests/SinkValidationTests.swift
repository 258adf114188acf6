import ConnectData
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import ConnectPlugins

/// Compares the validation of a sink connector with the answers of a real worker.
@Suite struct SinkValidationTests {
    private static let base = [
        "connector.class": "org.apache.kafka.connect.file.FileStreamSinkConnector", "tasks.max": "1", "name": "v",
    ]

    /// As a worker's answer has them.
    private static func validate(_ extra: [String: String]) -> [ConfigValue] {
        let configuration = base.merging(extra) { $1 }
        let validation = ConnectorValidation(
            configuration, of: .sink, connectorVersion: "4.3.1",
            workerConverters: .init(
                key: JSONConverter.className, value: JSONConverter.className, header: SimpleHeaderConverter.className),
            plugins: TestPlugins.registry)
        let own = FileStreamSinkConnector.options.definition.validate(configuration)
        return validation.framework + own + validation.converters
    }

    /// Texts of Java's regular expressions are not compared.
    private static func comparable(_ error: String) -> String {
        error.firstRange(of: "Invalid regex: ").map { String(error[..<$0.upperBound]) } ?? error
    }

    @Test func errorsEqualConnects() throws {
        let lines = try Fixtures.text("connect/sink-validation.jsonl").split(separator: "\n")
        #expect(lines.count > 40)
        for line in lines {
            let object = try #require(try JSONValue.parse(String(line)).objectValue)
            let config = (object["config"]?.objectValue?.members ?? []).map { ($0.name, $0.value.stringValue ?? "") }
            var found: [String: [String]] = [:]
            for value in Self.validate(Dictionary(uniqueKeysWithValues: config)) where !value.errors.isEmpty {
                found[value.name] = value.errors.map(Self.comparable)
            }
            var expected: [String: [String]] = [:]
            for member in object["errors"]?.objectValue?.members ?? [] {
                expected[member.name] = member.value.arrayValue?.compactMap(\.stringValue).map(Self.comparable)
            }
            #expect(found == expected, "\(line)")
        }
    }

    @Test func definitionsAndValuesEqualConnects() throws {
        let found = Self.validate([
            "topics": " a , b ", "errors.deadletterqueue.topic.name": "dead", "transforms": "r",
            "transforms.r.type": "org.apache.kafka.connect.transforms.RegexRouter", "transforms.r.regex": "(.*)",
            "transforms.r.replacement": "$1", "key.converter": "JsonConverter", "tasks.max": " 2 ",
        ])
        try expectDefinitions(found, equal: "connect/sink-validation-answer.jsonl")
    }

    @Test func topicsOfATaskAreThoseOfItsConfiguration() throws {
        #expect(try SinkTopics(["topics": " a ,b"]).names == ["a", "b"])
        #expect(try SinkTopics(["topics.regex": " a.* "]).pattern == "a.*")
        #expect(throws: ConfigError.self) { _ = try SinkTopics([:]) }
        #expect(throws: ConfigError.self) { _ = try SinkTopics(["topics": "a", "topics.regex": "b"]) }
        #expect(throws: ConfigError.self) { _ = try SinkTopics(["topics": "a,a"]) }
    }
}
