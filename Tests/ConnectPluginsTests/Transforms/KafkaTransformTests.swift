import PluginTestSupport
import Testing

/// The transforms of Kafka, compared with Java's over all types, with schemas and without, and with wrong
/// configurations.
@Suite struct KafkaTransformTests {
    @Test(arguments: [
        "cast", "drop-headers", "extract-field", "flatten", "header-from", "hoist-field", "insert-field",
        "insert-header", "mask-field", "regex-router", "replace-field", "set-schema-metadata", "timestamp-converter",
        "value-to-key",
    ])
    func recordsEqualKafkas(name: String) throws { try TransformCases("kafka/\(name)").compare() }
}
