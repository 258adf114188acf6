import ConnectData
import HTTPWire

/// The declarations. Apicurio's converters list none of their properties.
extension ApicurioRegistrySettings {
    private typealias Option = ConfigOption<ApicurioRegistrySettings>

    package static let options = ConfigOptions<ApicurioRegistrySettings>(
        schemaOptions + idOptions + headerNameOptions + fallbackOptions + connectionOptions + credentialOptions
            + newerOptions)

    private static let prefix = "apicurio.registry."
    private static let noJava = "classes of Java cannot run here"
    private static let wholeSchemas = "the schemas that are registered refer to no others"
    private static let idsAreKept = "the id of a schema does not change; it is looked up once for each schema of a task"

    private static func key(_ name: String, _ type: ConfigType, _ documentation: String) -> ConfigKey {
        ConfigKey(prefix + name, type, documentation: documentation)
    }

    private static func key(
        _ name: String, _ type: ConfigType, _ defaultValue: String, _ documentation: String,
        validator: ConfigValidator? = nil
    ) -> ConfigKey {
        ConfigKey(
            prefix + name, type, defaultValue: defaultValue, documentation: documentation, validator: validator)
    }

    // MARK: Schemas

    private static let schemaOptions = [
        Option(key("url", .string, "The URL of the registry, with or without the path of the API.")) {
            (input, settings) throws(ConfigError) in
            guard let text = input.trimmed else { return }
            settings.url = try RegistryURL.parse([text], name: input.name).first
        },
        Option(
            key(
                "artifact-resolver-strategy", .classReference, ArtifactNameStrategy.topic.rawValue,
                "How the artifact of a schema is named."),
            supported: ArtifactNameStrategy.allCases.map(\.rawValue)
        ) { input, settings in
            let strategy = input.trimmed.flatMap { ArtifactNameStrategy(rawValue: $0) }
            if let strategy { settings.select(strategy) }
        },
        Option(
            key(
                "schema-resolver", .classReference, "io.apicurio.registry.resolver.DefaultSchemaResolver",
                "The class that looks schemas up."),
            use: .refused(remedy: noJava)),
        Option(key("is-key", .boolean, "Set by the converter."), use: .withoutEffect(reason: "Connect determines it")),
        Option(
            key("auto-register", .boolean, "false", "Whether a schema is registered that the registry does not have."),
            into: \.registersSchemas),
        Option(
            key(
                "auto-register.if-exists", .string, "RETURN_OR_UPDATE",
                "What happens if the artifact exists: FAIL, UPDATE, RETURN or RETURN_OR_UPDATE.",
                validator: .oneOf(ApicurioRegistryAPI.IfExists.allCases.map(\.rawValue)))
        ) { input, settings in
            let choice = input.trimmed.flatMap { ApicurioRegistryAPI.IfExists(rawValue: $0) }
            if let choice { settings.ifExists = choice }
        },
        Option(
            key("find-latest", .boolean, "false", "Whether records are written with the artifact's latest schema."),
            into: \.findsLatest),
        Option(key("cache-latest", .boolean, "true", "Whether a latest schema is kept."),
            use: .withoutEffect(reason: idsAreKept)),
        Option(
            key("fault-tolerant-refresh", .boolean, "false", "Whether a kept schema is used if the registry is down."),
            use: .withoutEffect(reason: idsAreKept)),
        Option(key("artifact.group-id", .string, "The group of all artifacts."), into: \.groupID),
        Option(key("artifact.artifact-id", .string, "The artifact of all schemas."), into: \.artifactID),
        Option(key("artifact.version", .string, "The version of the artifact."), into: \.version),
        Option(
            key("artifact.schema.location", .string, "A file with the schema."),
            use: .refused(remedy: "schemas are made of the records")),
        Option(
            key("dereference-schema", .boolean, "true", "Whether a schema is registered without references."),
            use: .withoutEffect(reason: wholeSchemas)),
        Option(
            key("serializer.dereference-schema", .boolean, "false", "Whether a schema is fetched without references."),
            use: .withoutEffect(reason: wholeSchemas)),
        Option(
            key("deserializer.dereference-schema", .boolean, "false", "Whether a schema is read without references."),
            use: .withoutEffect(reason: "references are resolved")),
        Option(
            key("check-period-ms", .long, "30000", "How long in milliseconds a schema is kept."),
            use: .withoutEffect(reason: idsAreKept)),
        Option(
            key("retry-count", .long, "3", "How often a request is repeated.", validator: .atLeast(0)),
            into: \.retries.retriesMax),
        Option(
            key(
                "retry-backoff-ms", .long, "300", "The pause in milliseconds before a repetition.",
                validator: .atLeast(0))
        ) { input, settings in
            guard let milliseconds = input.integer else { return }
            settings.retries.firstPauseMillisecondsMax = milliseconds
            settings.retries.pauseMillisecondsMax = milliseconds
        },
    ]

    // MARK: Ids

    private static let fourByteHandler = "io.apicurio.registry.serde.Legacy4ByteIdHandler"

    private static let idOptions = [
        Option(
            key(
                "id-handler", .classReference, "io.apicurio.registry.serde.DefaultIdHandler",
                "How many bytes an id before the payload has: 8, or 4 with Legacy4ByteIdHandler."),
            supported: [fourByteHandler]
        ) { input, settings in settings.usesFourByteHandler = input.trimmed == fourByteHandler },
        Option(
            key("as-confluent", .boolean, "false", "Whether an id has 4 bytes, as Confluent's."),
            into: \.isConfluentCompatible),
        Option(key("headers.enabled", .boolean, "true", "Whether ids are in headers."), into: \.usesHeaders),
        Option(
            key(
                "headers.handler", .classReference, "io.apicurio.registry.serde.headers.DefaultHeadersHandler",
                "The class that writes the headers."),
            use: .refused(remedy: noJava)),
        Option(
            key(
                "use-id", .string, "globalId", "The id that is written: globalId or contentId.",
                validator: .oneOf(["globalId", "contentId"]))
        ) { input, settings in settings.usesContentID = input.trimmed == "contentId" },
        Option(
            key("serde.validation-enabled", .boolean, "true", "Whether records are checked against their schema."),
            use: .withoutEffect(reason: "records are made of their schema")),
    ]

    private static let headerNameOptions: [Option] = [true, false].flatMap { isKey in
        let defaults = ApicurioHeaderNames(isKey: isKey)
        let names: [(String, ConfigPath<ApicurioHeaderNames, String>)] = [
            ("globalId", \.globalID), ("contentId", \.contentID), ("contentHash", \.contentHash),
            ("groupId", \.groupID), ("artifactId", \.artifactID), ("version", \.version),
        ]
        return names.map { name, path in
            Option(
                key(
                    "headers.\(isKey ? "key" : "value").\(name).name", .string, defaults[keyPath: path],
                    "The name of the header with the \(name).")
            ) { input, settings in
                guard let text = input.trimmed else { return }
                if isKey {
                    settings.keyHeaders[keyPath: path] = text
                } else {
                    settings.valueHeaders[keyPath: path] = text
                }
            }
        }
    }

    // MARK: Records without an id

    private static let fallbackOptions = [
        Option(
            key(
                "fallback.provider", .classReference,
                "io.apicurio.registry.serde.fallback.DefaultFallbackArtifactProvider",
                "The class that names the schema of records without an id."),
            use: .refused(remedy: noJava)),
        Option(key("fallback.group-id", .string, "The group for values without an id."), into: \.valueFallback.groupID),
        Option(key("fallback.artifact-id", .string, "The artifact for values."), into: \.valueFallback.artifactID),
        Option(key("fallback.version", .string, "The version for values."), into: \.valueFallback.version),
        Option(key("fallback.group-id.key", .string, "The group for keys without an id."), into: \.keyFallback.groupID),
        Option(key("fallback.artifact-id.key", .string, "The artifact for keys."), into: \.keyFallback.artifactID),
        Option(key("fallback.version.key", .string, "The version for keys."), into: \.keyFallback.version),
    ]

    // MARK: Connection

    private static let connectionOptions =
        [
            Option(
                ConfigKey(
                    prefix + "request.headers.*", .string, documentation: "A header of each request, by its name."),
                prefix: prefix + "request.headers.",
                use: .consumedGroup { headers, settings in settings.headers = headers }),
            Option(
                key("client.disable-auto-basepath-append", .boolean, "false", "Whether the URL is used as it is.")
            ) { input, settings in
                if case .boolean(let isDisabled) = input.setting { settings.appendsBasePath = !isDisabled }
            },
            Option(
                key("rest.client.auto-base-path", .string, "apis/registry/v2/", "The path that is appended to the URL."),
                into: \.basePath),
        ]
        + [
            "truststore.location", "truststore.type", "truststore.password", "keystore.location", "keystore.type",
            "keystore.password", "key.password",
        ].map { name in
            Option(key("request.ssl.\(name)", name.hasSuffix("password") ? .password : .string, "As ssl.\(name).")) {
                input, settings in
                if input.isGiven, let text = input.text { settings.ssl[name] = Secret(text) }
            }
        }

    private static let credentialOptions = [
        Option(auth("service.token.endpoint", "The URL of the token endpoint.")) {
            (input, settings) throws(ConfigError) in
            guard let text = input.trimmed else { return }
            settings.credentials.tokenEndpoint = try RegistryURL.parse([text], name: input.name).first
        },
        Option(auth("service.url", "The URL of an identity provider with realms.")) {
            (input, settings) throws(ConfigError) in
            guard let text = input.trimmed else { return }
            settings.credentials.serviceURL = try RegistryURL.parse([text], name: input.name).first
        },
        Option(auth("realm", "The realm."), into: \.credentials.realm),
        Option(auth("client.id", "The client's id."), into: \.credentials.clientID),
        Option(auth("client.secret", "The client's secret.", .password)) { input, settings in
            settings.credentials.clientSecret = input.trimmed.map { Secret($0) }
        },
        Option(auth("client.scope", "The scope of the token."), into: \.credentials.scope),
        Option(auth("username", "The user."), into: \.credentials.username),
        Option(auth("password", "The user's password.", .password)) { input, settings in
            settings.credentials.password = input.trimmed.map { Secret($0) }
        },
    ]

    private static func auth(_ name: String, _ documentation: String, _ type: ConfigType = .string) -> ConfigKey {
        ConfigKey("apicurio.auth." + name, type, documentation: documentation)
    }

    /// Prefixes of Apicurio Registry 3, whose converter has other defaults.
    private static let newerOptions: [Option] = ["auth.", "tls.", "proxy."].map { name in
        Option(
            ConfigKey(prefix + name + "*", .string), prefix: prefix + name,
            use: .refused(remedy: "it is an option of Apicurio Registry 3; cdcd has the converter of 2.6"))
    }
}
