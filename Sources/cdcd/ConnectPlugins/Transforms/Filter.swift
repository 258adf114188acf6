import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.Filter`: drops every record for which its predicate is true.
package final class Filter: Transformation {
    package static let plugin = PluginDescriptor(
        "org.apache.kafka.connect.transforms.Filter", ConfigDefinition([]),
        factory: .transformation { _ throws(ConfigError) in Filter() })

    package func apply(_ record: inout ConnectRecord) -> Bool { false }

    package func apply(to shape: inout RecordShape) -> ShapeChange { .dropped }
}
