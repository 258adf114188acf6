import ConnectData
import KafkaWire

/// The declarations of `KafkaClientProperties`: what Kafka's clients of version 4.3 define, and how it is used here.
///
/// Source: `ProducerConfig`, `ConsumerConfig`, `AdminClientConfig` and `CommonClientConfigs` of kafka-clients 4.3.
enum KafkaClientOptions {
    typealias Option = ConfigOption<KafkaClientSettings>

    /// A property as Kafka defines it.
    static func key(
        _ name: String, _ type: ConfigType, _ defaultValue: String? = nil, _ importance: ConfigImportance = .low,
        isRequired: Bool = false, _ validator: ConfigValidator? = nil
    ) -> ConfigKey {
        ConfigKey(
            name, type, defaultValue: defaultValue, isRequired: isRequired, importance: importance,
            validator: validator ?? (type == .list ? .distinctItems(allowsEmpty: true) : nil))
    }

    /// A duration; Kafka's clients have no upper limit, and so large ones mean endless.
    static func milliseconds(
        _ key: ConfigKey, into path: ConfigPath<KafkaClientSettings, Int>
    ) -> Option {
        Option(key) { input, settings in
            if let value = input.integer { settings[keyPath: path] = min(max(0, value), Int(Int32.max)) }
        }
    }

    static func withoutEffect(_ key: ConfigKey, _ reason: String) -> Option {
        Option(key, use: .withoutEffect(reason: reason))
    }

    static func refused(_ key: ConfigKey, supported: [String] = [], _ remedy: String) -> Option {
        Option(key, supported: supported, use: .refused(remedy: remedy))
    }

    static func javaOnly(_ key: ConfigKey) -> Option { Option(key, use: .javaOnly) }
}
