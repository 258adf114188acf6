import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.predicates.RecordIsTombstone`: true for records whose value is null,
/// with or without a schema.
package final class RecordIsTombstone: Predicate {
    package static let plugin = PluginDescriptor(
        "org.apache.kafka.connect.transforms.predicates.RecordIsTombstone", ConfigDefinition([]),
        factory: .predicate { _ throws(ConfigError) in RecordIsTombstone() })

    package func test(_ record: borrowing ConnectRecord) -> Bool { record.value.isNull }

    package func test(_ shape: RecordShape) -> Bool? {
        switch shape.value {
        case .constant(.null): true
        case .constant, .structure: false
        case .input(_, let replacement): replacement == nil ? nil : false
        }
    }
}
