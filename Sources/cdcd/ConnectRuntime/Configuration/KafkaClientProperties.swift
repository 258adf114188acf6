import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// The properties of Kafka's clients, under any prefix.
///
/// Source: `ProducerConfig`, `ConsumerConfig` and `AdminClientConfig` of Kafka 4.3.
package struct KafkaClientProperties: Sendable {
    /// The client whose properties are read.
    package enum Role: String, Sendable, CaseIterable {
        /// A client of its own: the worker's, or that of a schema history.
        case client
        /// A task's producer: `producer.`, `producer.override.`.
        case producer
        /// A sink task's consumer: `consumer.`, `consumer.override.`.
        case consumer
        /// The client that creates a task's topics: `admin.`, `admin.override.`.
        case admin
    }

    /// The result of reading besides the settings.
    package struct Findings: Sendable {
        package var errors: [ConfigError] = []
        /// The names of properties that are accepted and have no effect.
        package var withoutEffect: [String] = []
        package var javaOnly: [String] = []
        /// The names of properties that no Kafka client has.
        package var unknown: [String] = []
        /// The problems of properties that have no effect.
        package var warnings: [String] = []
    }

    package let options: ConfigOptions<KafkaClientSettings>

    private init(_ options: [ConfigOption<KafkaClientSettings>]) { self.options = ConfigOptions(options) }

    package static func of(_ role: Role) -> KafkaClientProperties {
        switch role {
        case .client: client
        case .producer: producer
        case .consumer: consumer
        case .admin: admin
        }
    }

    private static let client = KafkaClientProperties(KafkaClientOptions.all(\.client))
    private static let producer = KafkaClientProperties(KafkaClientOptions.taskProducer)
    private static let consumer = KafkaClientProperties(KafkaClientOptions.taskConsumer)
    private static let admin = KafkaClientProperties(KafkaClientOptions.taskAdmin)

    /// Reads the properties that begin with `prefix` into `settings`; what is not given stays as it is there.
    package func read(
        _ properties: [String: String], prefix: String, into settings: inout KafkaClientSettings
    ) -> Findings {
        let found = options.read(
            properties, prefix: prefix, into: &settings, conventions: .worker, appliesDefaults: false)
        var findings = Findings()
        findings.errors = found.errors
        findings.withoutEffect = found.withoutEffect.map(\.name)
        findings.javaOnly = found.javaOnly
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            guard let property = name.dropping(prefix: prefix), !property.isEmpty else { continue }
            if options[property] == nil { findings.unknown.append(name) }
            findings.warnings += KafkaClientOptions.securityWarning(property, value).map { ["\(name) \($0)"] } ?? []
        }
        findings.warnings += KafkaClientOptions.sslWarning(properties, prefix: prefix).map { [$0] } ?? []
        return findings
    }

    /// A client with properties of its own.
    ///
    /// - Throws: the first error, which names the property with its prefix.
    package static func settings(
        _ properties: [String: String], prefix: String = ""
    ) throws(ConfigError) -> KafkaClientSettings {
        var settings = KafkaClientSettings(client: KafkaClientConfiguration(bootstrapServers: []))
        if let error = client.read(properties, prefix: prefix, into: &settings).errors.first { throw error }
        return settings
    }

    /// Parses `bootstrap.servers`.
    static func bootstrapServers(_ input: ConfigInput) throws(ConfigError) -> [SocketAddress] {
        var addresses: [SocketAddress] = []
        for text in JavaText.items(input.text) {
            guard let address = KafkaClientConfiguration.bootstrapServer(text) else {
                throw ConfigError(name: input.name, value: input.text, message: "\(text) is not host:port")
            }
            addresses.append(address)
        }
        if addresses.isEmpty {
            throw ConfigError(name: input.name, value: input.text, message: "name at least one broker as host:port")
        }
        return addresses
    }
}
