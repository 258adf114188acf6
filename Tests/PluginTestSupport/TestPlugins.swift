import ConnectData
import ConnectPlugins
import DebeziumPlugins

/// The plugins of Kafka and Debezium, and those of a test.
package enum TestPlugins {
    package static let registry = registry(adding: [])

    package static func registry(adding plugins: [PluginDescriptor]) -> PluginRegistry {
        PluginRegistry(
            plugins + KafkaClasses.plugins + DebeziumClasses.plugins,
            javaClasses: KafkaClasses.javaClasses, DebeziumClasses.javaClasses)
    }
}
