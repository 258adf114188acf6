import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// The properties of Kafka's clients, under any prefix.
package struct KafkaClientProperties: Sendable {
    /// The client whose properties are read.
    package enum Role: String, Sendable, CaseIterable {
        /// A client of its own: the worker's.
        case client
        /// A producer: `producer.`, `producer.override.`.
        case producer
        /// A consumer: `consumer.`, `consumer.override.`.
        case consumer
        /// A client for administration: `admin.`, `admin.override.`.
        case admin
    }

    /// Properties with a common prefix, for example those of a connector with `producer.override.`.
    package struct Layer: Sendable {
        package let prefix: String
        /// By their names with the prefix. Other properties are ignored.
        package let properties: [String: String]

        package init(_ properties: [String: String], prefix: String = "") {
            self.properties = properties
            self.prefix = prefix
        }
    }

    /// The result of reading besides the settings. Names have their prefix.
    package struct Findings: Sendable {
        package var errors: [ConfigError] = []
        /// Those of `errors` that a later layer can settle: properties of security that are missing or exclude each
        /// other.
        var securityErrors: [ConfigError] = []
        /// The names of properties that are accepted and have no effect.
        package var withoutEffect: [String] = []
        package var javaOnly: [String] = []
        /// The names of properties that no Kafka client has.
        package var unknown: [String] = []
        /// The problems of properties that have no effect.
        package var warnings: [String] = []

        /// Removes what concerns other properties.
        mutating func keep(_ isKept: (_ name: String) -> Bool) {
            errors.removeAll { !isKept($0.name) }
            securityErrors.removeAll { !isKept($0.name) }
            withoutEffect.removeAll { !isKept($0) }
            javaOnly.removeAll { !isKept($0) }
            unknown.removeAll { !isKept($0) }
            warnings.removeAll { !isKept($0) }
        }

        /// Makes warnings of the errors that connectors can settle with the properties below `prefix`.
        mutating func leaveSecurity(to prefix: String) {
            errors.removeAll { securityErrors.contains($0) }
            warnings += securityErrors.map { "\($0.name): \($0.message), or \(prefix)* in each connector" }
        }

        mutating func add(_ security: KafkaClientSettings.SecurityFindings, _ named: (ConfigError) -> ConfigError) {
            securityErrors = security.errors.map(named)
            errors += securityErrors
            warnings += security.unused.map(named).map { "\($0.name) cannot be used: \($0.message)" }
        }
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

    private static func common(_ role: Role) -> [ConfigOption<KafkaClientSettings>] {
        KafkaClientOptions.common(role) + KafkaClientOptions.security
    }

    private static let client = KafkaClientProperties(common(.client))
    private static let producer = KafkaClientProperties(KafkaClientOptions.producer + common(.producer))
    private static let consumer = KafkaClientProperties(KafkaClientOptions.consumer + common(.consumer))
    private static let admin = KafkaClientProperties(KafkaClientOptions.admin + common(.admin))

    /// The properties of several layers without their prefixes, and their names with them.
    static func merged(_ layers: [Layer]) -> (values: [String: String], origins: [String: String]) {
        var (values, origins): ([String: String], [String: String]) = ([:], [:])
        for layer in layers {
            for (name, value) in layer.properties {
                guard let property = name.dropping(prefix: layer.prefix), !property.isEmpty else { continue }
                values[property] = value
                origins[property] = name
            }
        }
        return (values, origins)
    }

    /// Reads the properties of several layers; of a property in several layers the last one counts.
    ///
    /// - Parameters:
    ///   - base: properties without prefix that apply where no layer has them; otherwise Kafka's defaults apply.
    ///   - settings: usable only if there are no errors.
    package func read(
        _ layers: [Layer], over base: [String: String] = [:], into settings: inout KafkaClientSettings
    ) -> Findings {
        let (given, origins) = Self.merged(layers)
        let merged = base.merging(given) { $1 }
        // A property that is missing is missed where others are given.
        let present = layers.last { layer in layer.properties.keys.contains { $0.hasExactPrefix(layer.prefix) } }
        let prefix = (present ?? layers.first)?.prefix ?? ""
        func named(_ error: ConfigError) -> ConfigError {
            ConfigError(name: origins[error.name] ?? prefix + error.name, value: error.value, message: error.message)
        }
        let found = options.read(merged, into: &settings, conventions: .kafkaClient)
        var findings = Findings()
        findings.errors = found.errors.map(named)
        findings.withoutEffect = found.withoutEffect.compactMap { origins[$0.name] }
        findings.javaOnly = found.javaOnly.compactMap { origins[$0] }
        findings.withoutEffect += origins.filter { property, name in
            options[property]?.isConsumed == true && !settings.security.uses(property)
        }.map(\.value)
        findings.unknown = origins.filter { options[$0.key] == nil }.map(\.value).sorted()
        findings.add(settings.secure(), named)
        if options["acks"] != nil, findings.errors.isEmpty { findings.errors += settings.resolveDelivery().map(named) }
        if options["group.protocol"] != nil, findings.errors.isEmpty {
            findings.errors += ConsumerGroupProperties.errors(merged, settings.consumer).map(named)
        }
        return findings
    }

    /// A client with properties of its own.
    ///
    /// - Throws: the first error, which names the property with its prefix.
    package func settings(
        _ properties: [String: String], prefix: String = "", over base: [String: String] = [:]
    ) throws(ConfigError) -> KafkaClientSettings {
        var settings = KafkaClientSettings()
        let findings = read([Layer(properties, prefix: prefix)], over: base, into: &settings)
        if let error = findings.errors.first { throw error }
        return settings
    }

    /// Parses `bootstrap.servers`.
    static func bootstrapServers(_ input: ConfigInput) throws(ConfigError) -> [SocketAddress] {
        var addresses: [SocketAddress] = []
        guard case .list(let items) = input.setting else { return [] }
        for text in items {
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

extension ConfigConventions {
    /// Those of the properties of Kafka's clients: Kafka's texts, without the name and the value, and a blank value
    /// counts as absent.
    static let kafkaClient = ConfigConventions(
        // Blank, this one turns off the check of host names.
        treatsBlankAsAbsent: { $0.name != "ssl.endpoint.identification.algorithm" }, validatesDefaults: false,
        removesRepetitions: true,
        missing: { _, name, value in ConfigError(name: name, value: value, message: "it has no default; name it") },
        unreadable: { _, error in ConfigError(name: error.name, value: error.value, message: error.reason) },
        invalid: { ConfigError(name: $0.name, value: $0.value, message: $0.reason) },
        unsupported: { _, name, value, supported, remedy in
            let message = remedy.isEmpty ? "only \(supported.joined(separator: " and ")) are supported" : remedy
            return ConfigError(name: name, value: value, message: message)
        })
}
