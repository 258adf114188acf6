import ConnectData
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

/// The registered transforms, predicates and converters, compared with those of a real worker.
@Suite struct RegisteredPluginTests {
    private struct Recorded {
        let kind: String
        let className: String
        let version: String
        let keys: [JSONObject]
    }

    /// The classes that were not on the worker, with what is known about them.
    private static let unrecorded = [
        "io.confluent.": "Confluent's converters are not Apache Kafka's",
        "io.debezium.converters.ByteBufferConverter": "of Debezium 1.9",
        "io.debezium.converters.CloudEventsConverter": "Connect does not list it",
        "io.debezium.transforms.ContentBasedRouter": "in a library of its own",
        "io.debezium.transforms.Filter": "in a library of its own",
    ]

    private static func recorded() throws -> [Recorded] {
        try RecordedRecord.lines(of: "connect/plugins.jsonl").map { line in
            let plugin = try #require(line["plugin"]?.objectValue)
            return Recorded(
                kind: plugin["type"]?.stringValue ?? "", className: plugin["class"]?.stringValue ?? "",
                version: plugin["version"]?.stringValue ?? "",
                keys: (line["config"]?.arrayValue ?? []).compactMap(\.objectValue))
        }
    }

    private static var registered: [PluginDescriptor] {
        PluginKind.allCases.filter { !$0.isConnector && $0 != .configProvider }
            .flatMap { TestPlugins.registry.plugins($0) }
    }

    private static func isUnrecorded(_ className: String) -> Bool {
        unrecorded.keys.contains { className.hasPrefix($0) }
    }

    private static func definition(_ key: ConfigKey) -> JSONObject {
        func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
        return JSONObject([
            ("name", .string(key.name)), ("type", .string(key.type.rawValue)), ("required", .bool(key.isRequired)),
            ("default_value", text(key.defaultValue)), ("importance", .string(key.importance.rawValue)),
            ("group", text(key.group)), ("order_in_group", .integer(Int64(key.orderInGroup))),
            ("width", .string(key.width.rawValue)), ("display_name", .string(key.displayName)),
            ("dependents", .array(key.dependents.map(JSONValue.string))),
        ])
    }

    @Test func pluginsAreListedInTheOrderOfConnect() throws {
        let found = Self.registered.filter { !Self.isUnrecorded($0.className) }.map { "\($0.kind.rawValue) \($0.className)" }
        let recorded = try Self.recorded().map { "\($0.kind) \($0.className)" }
        #expect(Set(found).subtracting(recorded) == [])
        #expect(found == recorded.filter(Set(found).contains))
    }

    @Test func versionsAreThoseOfConnect() throws {
        let registered = Self.registered
        for recorded in try Self.recorded() {
            let plugin = registered.first { $0.className == recorded.className && $0.kind.rawValue == recorded.kind }
            if let plugin { #expect(plugin.version() == recorded.version, "\(recorded.className)") }
        }
    }

    @Test func optionsAreDefinedAsInConnect() throws {
        let registered = Self.registered
        for recorded in try Self.recorded() {
            let plugin = registered.first { $0.className == recorded.className && $0.kind.rawValue == recorded.kind }
            guard let keys = plugin?.properties().definition.keys else { continue }
            #expect(keys.map(\.name) == recorded.keys.map { $0["name"]?.stringValue }, "\(recorded.className)")
            for (key, expected) in zip(keys, recorded.keys) {
                #expect(Self.definition(key) == expected, "\(recorded.className) \(key.name)")
                #expect(!key.documentation.isEmpty, "\(recorded.className) \(key.name)")
            }
        }
    }
}
