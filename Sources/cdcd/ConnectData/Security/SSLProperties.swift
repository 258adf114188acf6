import WireCore

/// The parser of `ssl.*` of a Kafka client.
///
/// Source: `SslConfigs` and `DefaultSslEngineFactory` of kafka-clients 4.3.
package struct SSLProperties: Sendable, Equatable {
    typealias StoreType = JavaTLSSettings.StoreType

    package private(set) var settings = JavaTLSSettings()

    private struct Store: Sendable, Equatable {
        var type = StoreType.jks
        var location: String?
        var password: String?
        var certificates: String?
    }

    private var trust = Store()
    private var key = Store()
    private var privateKey: String?

    /// - Parameter prefix: the prefix of `ssl.`, for example `producer.`.
    package init(_ properties: [String: String], prefix: String = "") throws(ConfigError) {
        self.init()
        let findings = Self.options.read(properties, prefix: prefix, into: &self)
        if let error = findings.errors.first { throw error }
        try combine(prefix: prefix)
    }

    /// The defaults, into which `options` reads; `combine` must follow.
    package init() {}

    /// Combines the properties of each store, which depend on each other.
    package mutating func combine(prefix: String = "") throws(ConfigError) {
        settings.keyStore = try makeKeyStore(prefix)
        settings.trustStore = try makeTrustStore(prefix)
    }

    // MARK: Declarations

    package static let options = ConfigOptions<SSLProperties>(
        [
            storeType("ssl.truststore.type", \.trust.type), storeType("ssl.keystore.type", \.key.type),
            ConfigOption(ConfigKey("ssl.truststore.location", .string, importance: .high), into: \.trust.location),
            ConfigOption(ConfigKey("ssl.keystore.location", .string, importance: .high), into: \.key.location),
            secret("ssl.truststore.password", \.trust.password), secret("ssl.keystore.password", \.key.password),
            secret("ssl.truststore.certificates", \.trust.certificates),
            secret("ssl.keystore.certificate.chain", \.key.certificates),
            secret("ssl.keystore.key", \.privateKey), secret("ssl.key.password", \.settings.keyPassword),
            ConfigOption(
                ConfigKey("ssl.protocol", .string, defaultValue: "TLSv1.3"), supported: ["TLSv1.2", "TLSv1.3", "TLS"]
            ) { input, properties in
                // A context of Java for this version does not negotiate later ones.
                properties.settings.protocolMax = input.trimmed?.lowercased() == "tlsv1.2" ? "TLSv1.2" : nil
            },
            ConfigOption(
                ConfigKey(
                    "ssl.enabled.protocols", .list, defaultValue: "TLSv1.2,TLSv1.3",
                    validator: .distinctItems(allowsEmpty: true)), into: \.settings.enabledProtocols),
            ConfigOption(
                ConfigKey(
                    "ssl.cipher.suites", .list, defaultValue: "", importance: .low,
                    validator: .distinctItems(allowsEmpty: true)), into: \.settings.cipherSuites),
            ConfigOption(
                ConfigKey(
                    "ssl.endpoint.identification.algorithm", .string, defaultValue: "https", importance: .low)
            ) { (input, properties) throws(ConfigError) in
                let name = input.trimmed?.lowercased() ?? ""
                guard name.isEmpty || name == "https" else {
                    throw ConfigError(
                        name: input.name, value: input.text, reason: "Value must be https, or empty for no check")
                }
                properties.settings.verifiesHostName = !name.isEmpty
            },
        ]
            + [
                ConfigKey("ssl.provider", .string),
                ConfigKey("ssl.secure.random.implementation", .string, importance: .low),
                ConfigKey("ssl.keymanager.algorithm", .string, defaultValue: "SunX509", importance: .low),
                ConfigKey("ssl.trustmanager.algorithm", .string, defaultValue: "PKIX", importance: .low),
            ].map { ConfigOption($0, use: .javaOnly) }
            + [
                ConfigOption(
                    ConfigKey("ssl.engine.factory.class", .classReference, importance: .low),
                    use: .refused(remedy: "SSL engine factories are Java classes and cannot run here"))
            ])

    private static func storeType(
        _ name: String, _ path: ConfigPath<SSLProperties, StoreType>
    ) -> ConfigOption<SSLProperties> {
        ConfigOption(ConfigKey(name, .string, defaultValue: "JKS")) { (input, properties) throws(ConfigError) in
            guard let type = StoreType(rawValue: input.trimmed?.uppercased() ?? "") else {
                throw ConfigError(name: input.name, value: input.text, reason: "Value must be one of JKS, PKCS12, PEM")
            }
            properties[keyPath: path] = type
        }
    }

    private static func secret(
        _ name: String, _ path: ConfigPath<SSLProperties, String?>
    ) -> ConfigOption<SSLProperties> {
        ConfigOption(ConfigKey(name, .password, importance: .high)) { input, properties in
            if case .text(let text) = input.setting { properties[keyPath: path] = text }
        }
    }

    // MARK: Combinations, in Java's words

    private func makeKeyStore(_ prefix: String) throws(ConfigError) -> JavaTLSSettings.KeyStore? {
        func error(_ name: String, _ message: String) -> ConfigError {
            ConfigError(name: prefix + name, message: message)
        }
        let passwordInPEM = "SSL key store password cannot be specified with PEM format, only key password may be specified"
        if let privateKey {
            if key.type != .pem {
                throw error(
                    "ssl.keystore.key",
                    "SSL private key can be specified only for PEM, but key store type is \(key.type.rawValue).")
            }
            guard let chain = key.certificates else {
                throw error("ssl.keystore.key", "SSL private key is specified, but certificate chain is not specified.")
            }
            if key.location != nil {
                throw error(
                    "ssl.keystore.location", "Both SSL key store location and separate private key are specified.")
            }
            if key.password != nil { throw error("ssl.keystore.password", passwordInPEM + ".") }
            return .inline(certificateChain: chain, privateKey: privateKey)
        }
        if key.certificates != nil {
            throw error(
                "ssl.keystore.certificate.chain",
                "SSL certificate chain is specified, but private key is not specified")
        }
        guard let path = key.location else {
            if key.password == nil { return nil }
            throw error(
                "ssl.keystore.password", "SSL key store is not specified, but key store password is specified.")
        }
        if key.type == .pem, key.password != nil { throw error("ssl.keystore.password", passwordInPEM) }
        if key.type != .pem, key.password == nil {
            throw error(
                "ssl.keystore.location", "SSL key store is specified, but key store password is not specified.")
        }
        return .file(path: path, type: key.type, password: key.password)
    }

    private func makeTrustStore(_ prefix: String) throws(ConfigError) -> JavaTLSSettings.TrustStore? {
        func error(_ name: String, _ message: String) -> ConfigError {
            ConfigError(name: prefix + name, message: message)
        }
        let passwordInPEM = "SSL trust store password cannot be specified for PEM format."
        if let certificates = trust.certificates {
            if trust.type != .pem {
                throw error(
                    "ssl.truststore.certificates",
                    "SSL trust store certs can be specified only for PEM, but trust store type is \(trust.type.rawValue).")
            }
            if trust.location != nil {
                throw error(
                    "ssl.truststore.location",
                    "Both SSL trust store location and separate trust certificates are specified.")
            }
            if trust.password != nil { throw error("ssl.truststore.password", passwordInPEM) }
            return .certificates(certificates)
        }
        guard let path = trust.location else {
            if trust.password == nil { return nil }
            throw error(
                "ssl.truststore.password", "SSL trust store is not specified, but trust store password is specified.")
        }
        if trust.type == .pem, trust.password != nil { throw error("ssl.truststore.password", passwordInPEM) }
        return .file(path: path, type: trust.type, password: trust.password)
    }
}

extension SSLProperties: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without passwords, keys and certificates.
    package var description: String { settings.description }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
