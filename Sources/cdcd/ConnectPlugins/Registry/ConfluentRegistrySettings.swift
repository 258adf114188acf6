import ConnectData
import HTTPWire
import WireCore

/// The settings that Confluent's three converters share, without the prefix of the converter.
///
/// Source: `AbstractKafkaSchemaSerDeConfig` and `SchemaRegistryClientConfig` of schema-registry 8.
package struct ConfluentRegistrySettings: Sendable {
    /// How records name their schema.
    package enum IDPlace: Sendable {
        case prefix, header
    }

    var urls: [HTTPURL] = []
    var cachedSchemasMax = 1000
    var normalizes = false
    var registersSchemas = true
    var schemaID = -1
    var checksSchemaID = true
    var usesLatestVersion = false
    var checksLatestVersion = true
    var latestMetadata: [String: String] = [:]
    var limits = HTTPClientLimits()
    var retries = RegistryMachine.Settings()
    var headers: [String: String] = [:]
    var credentials = CredentialProperties()
    var keySubjects = SubjectNameStrategy.topicName
    var valueSubjects = SubjectNameStrategy.topicName
    var keyIDs = IDPlace.prefix
    var valueIDs = IDPlace.prefix
    /// `ssl.*`, by their names without the prefix.
    var ssl: [String: Secret] = [:]
    private var ineffective: [ConfigOptions<Self>.Findings.Ineffective] = []
    private var method = RegistryAuthentication.Method.urlUserInfo
    private var sslProperties: SSLProperties?

    init() {}

    /// - Parameter properties: those of the converter, without its prefix.
    /// - Throws: the first error, in the order of declaration.
    package init(_ properties: [String: String]) throws(ConfigError) {
        let own = Self.withoutNamespace(properties)
        let findings = Self.options.read(own, into: &self)
        if let error = findings.errors.first { throw error }
        ineffective = findings.withoutEffect
        method = try credentials.method()
        if !ssl.isEmpty { sslProperties = try SSLProperties(own, prefix: Self.namespace) }
    }

    static let namespace = "schema.registry."

    /// The client also reads its properties with the prefix `schema.registry.`.
    private static func withoutNamespace(_ properties: [String: String]) -> [String: String] {
        var own = properties
        for (name, value) in properties where options[name] == nil {
            guard let short = name.dropping(prefix: namespace), options[short] != nil else { continue }
            own[short] = value
        }
        return own
    }

    // MARK: What converters use

    package func subjects(isKey: Bool) -> SubjectNameStrategy { isKey ? keySubjects : valueSubjects }

    package func framing(isKey: Bool) -> SchemaFraming {
        SchemaFraming((isKey ? keyIDs : valueIDs) == .prefix ? .confluentPrefix : .confluentHeader, isKey: isKey)
    }

    /// Creates the client. Nothing is sent yet.
    ///
    /// - Parameter control: of the task, whose stop interrupts requests.
    package func makeRegistry(isKey: Bool, control: TaskControl?) throws(ConfigError) -> SchemaRegistry {
        for property in ineffective {
            Logger("io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient")
                .warn("The property \(property.name) has no effect: \(property.reason)")
        }
        let tls = try sslProperties.map { (ssl) throws(ConfigError) in
            try ssl.tlsConfiguration(prefix: Self.namespace)
        }
        return makeRegistry(
            isKey: isKey,
            transport: HTTPRegistryTransport(limits: limits, tls: tls ?? .systemTrust, control: control))
    }

    package func makeRegistry(isKey: Bool, transport: any RegistryTransport) -> SchemaRegistry {
        let exchange = RegistryExchange(
            urls: urls, settings: retries,
            authentication: RegistryAuthentication(method, bearerHeaders: credentials.bearerHeaders),
            headers: headers.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }, transport: transport)
        let api = ConfluentRegistryAPI(
            selection: selection, normalizes: normalizes, needsGUID: framing(isKey: isKey).addsRecordHeaders)
        return SchemaRegistry(api: api, exchange: exchange, cachedSchemasMax: cachedSchemasMax)
    }

    private var selection: ConfluentRegistryAPI.Selection {
        if registersSchemas { return .register }
        if schemaID >= 0 { return .id(Int32(clamping: schemaID), isStrict: checksSchemaID) }
        if !latestMetadata.isEmpty { return .latestWithMetadata(latestMetadata) }
        return usesLatestVersion ? .latest(isStrict: checksLatestVersion) : .lookUp
    }
}
