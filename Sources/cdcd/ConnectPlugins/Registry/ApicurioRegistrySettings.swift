import ConnectData
import HTTPWire
import WireCore

/// The settings of Apicurio's converters that concern the registry, without the prefix of the converter.
///
/// Source: `SerdeConfig`, `SchemaResolverConfig` and `JdkHttpClient` of Apicurio Registry 2.6.13.
package struct ApicurioRegistrySettings: Sendable {
    var url: HTTPURL?
    var registersSchemas = false
    var ifExists = ApicurioRegistryAPI.IfExists.returnOrUpdate
    var findsLatest = false
    var groupID: String?
    var artifactID: String?
    var version: String?
    package private(set) var artifacts = ArtifactNameStrategy.topic
    var usesFourByteHandler = false
    var isConfluentCompatible = false
    var usesHeaders = true
    var usesContentID = false
    var keyHeaders = ApicurioHeaderNames(isKey: true)
    var valueHeaders = ApicurioHeaderNames(isKey: false)
    var retries = RegistryMachine.Settings(
        retriesMax: 3, firstPauseMillisecondsMax: 300, pauseMillisecondsMax: 300, spreadsPauses: false)
    var headers: [String: String] = [:]
    var credentials = ApicurioCredentialProperties()
    var appendsBasePath = true
    var basePath = "apis/registry/v2/"
    /// The artifacts of records without an id, for keys and for values; nil: there is none.
    var keyFallback = Fallback()
    var valueFallback = Fallback()
    /// `request.ssl.*`, by their names.
    var ssl: [String: Secret] = [:]
    private var ineffective: [ConfigOptions<Self>.Findings.Ineffective] = []
    private var method = RegistryAuthentication.Method.urlUserInfo
    private var sslProperties: SSLProperties?

    struct Fallback: Sendable {
        var groupID: String?
        var artifactID: String?
        var version: String?
    }

    init() {}

    /// - Parameter properties: those of the converter, without its prefix.
    /// - Throws: the first error, in the order of declaration.
    package init(_ properties: [String: String]) throws(ConfigError) {
        let findings = Self.options.read(properties, into: &self)
        if let error = findings.errors.first { throw error }
        ineffective = findings.withoutEffect
        guard url != nil else {
            throw ConfigError(
                name: "apicurio.registry.url", message: "Missing registry base url, set apicurio.registry.url")
        }
        method = try credentials.method()
        if !ssl.isEmpty { sslProperties = try SSLProperties(properties, prefix: Self.tlsPrefix) }
    }

    static let tlsPrefix = "apicurio.registry.request."

    // MARK: What converters use

    package func framing(isKey: Bool) -> SchemaFraming {
        let idBytes = isConfluentCompatible || usesFourByteHandler ? 4 : 8
        let names = isKey ? keyHeaders : valueHeaders
        return SchemaFraming(
            usesHeaders
                ? .apicurioHeaders(names, idBytes: idBytes, usesContentID: usesContentID)
                : .apicurioPrefix(idBytes: idBytes, usesContentID: usesContentID),
            isKey: isKey)
    }

    /// The schema of records that have no id or an unknown one; nil: there is none.
    package func fallback(isKey: Bool) -> SchemaID? {
        let fallback = isKey ? keyFallback : valueFallback
        guard let artifactID = fallback.artifactID else { return nil }
        return SchemaID(artifact: SchemaSubject(artifactID, group: fallback.groupID), version: fallback.version)
    }

    /// Creates the client. Nothing is sent yet.
    ///
    /// - Parameters:
    ///   - language: of the converter's schemas.
    ///   - control: of the task, whose stop interrupts requests.
    package func makeRegistry(
        _ language: RegisteredSchema.Language, control: TaskControl?
    ) throws(ConfigError) -> SchemaRegistry {
        for property in ineffective {
            Logger("io.apicurio.registry.resolver.DefaultSchemaResolver")
                .warn("The property \(property.name) has no effect: \(property.reason)")
        }
        let tls = try sslProperties.map { (ssl) throws(ConfigError) in
            try ssl.tlsConfiguration(prefix: Self.tlsPrefix)
        }
        return makeRegistry(
            language,
            transport: HTTPRegistryTransport(limits: HTTPClientLimits(), tls: tls ?? .systemTrust, control: control))
    }

    package func makeRegistry(
        _ language: RegisteredSchema.Language, transport: any RegistryTransport
    ) -> SchemaRegistry {
        let exchange = RegistryExchange(
            urls: url.map { [base($0)] } ?? [], settings: retries, authentication: RegistryAuthentication(method),
            headers: headers.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }, transport: transport)
        return SchemaRegistry(
            api: ApicurioRegistryAPI(
                language: language, registersSchemas: registersSchemas, ifExists: ifExists, findsLatest: findsLatest,
                groupID: groupID, artifactID: artifactID, version: version),
            exchange: exchange)
    }

    /// The path of the API is appended unless the URL ends with it.
    private func base(_ url: HTTPURL) -> HTTPURL {
        let segments = basePath.split(separator: "/").map(String.init)
        let path = "/" + segments.joined(separator: "/")
        let isComplete = url.path.hasSuffix(path) || url.path.hasSuffix(path + "/")
        return isComplete || !appendsBasePath ? url : url.appending(segments: segments)
    }

    mutating func select(_ strategy: ArtifactNameStrategy) { artifacts = strategy }
}
