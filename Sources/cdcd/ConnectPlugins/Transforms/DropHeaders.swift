import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.DropHeaders`: removes the headers of some names.
package final class DropHeaders: Transformation {
    package static let plugin = PluginDescriptor(
        "org.apache.kafka.connect.transforms.DropHeaders", options.definition,
        factory: .transformation { context throws(ConfigError) in try DropHeaders(context.properties) })

    struct Settings: Sendable {
        var headers: [String] = []
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "headers", .list, isRequired: true, importance: .high, documentation: "The names of the headers.",
                validator: .distinctItems(allowsEmpty: false)),
            into: \.headers)
    ])

    private let names: Set<String>

    private init(_ properties: [String: String]) throws(ConfigError) {
        names = Set(try Self.options.parse(properties, into: Settings()).headers)
    }

    package func apply(_ record: inout ConnectRecord) -> Bool {
        // An array that stays the same is converted only once.
        if record.headers.contains(where: { names.contains($0.name) }) {
            record.headers.removeAll { names.contains($0.name) }
        }
        return true
    }

    package func apply(to shape: inout RecordShape) -> ShapeChange {
        shape.headers.removeAll { names.contains($0.name) }
        return .applied
    }
}
