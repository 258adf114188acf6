import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.predicates.HasHeaderKey`: true for records with a header of the name.
package final class HasHeaderKey: Predicate {
    package static let plugin = PluginDescriptor(
        "org.apache.kafka.connect.transforms.predicates.HasHeaderKey", options.definition,
        factory: .predicate { context throws(ConfigError) in try HasHeaderKey(context.properties) })

    struct Settings: Sendable {
        var name = ""
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "name", .string, isRequired: true, documentation: "The name of the header.", validator: .nonEmptyString),
            into: \.name)
    ])

    private let name: String

    private init(_ properties: [String: String]) throws(ConfigError) {
        name = try Self.options.parse(properties, into: Settings()).name
    }

    package func test(_ record: borrowing ConnectRecord) -> Bool { record.headers.contains { $0.name == name } }

    package func test(_ shape: RecordShape) -> Bool? { shape.headers.contains { $0.name == name } }
}
