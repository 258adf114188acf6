import ConnectData
import HTTPWire

/// The declarations, in the order of `AbstractKafkaSchemaSerDeConfig.baseConfigDef`.
extension ConfluentRegistrySettings {
    private typealias Option = ConfigOption<ConfluentRegistrySettings>

    package static let options = ConfigOptions<ConfluentRegistrySettings>(
        schemaOptions + credentialOptions + nameOptions + connectionOptions + sslOptions + unlistedOptions)

    /// The properties that Confluent's converters list.
    package static let definition = ConfigOptions(
        schemaOptions + credentialOptions + nameOptions + connectionOptions + sslOptions
    ).definition

    // MARK: Schemas

    private static let lookedUpOnce = "the latest version is looked up once for each schema that a task writes"
    private static let rules = "cdcd applies no rules and refuses subjects that have a ruleSet"

    private static let schemaOptions = [
        Option(
            ConfigKey(
                "schema.registry.url", .list, isRequired: true, importance: .high,
                documentation: "The URLs of the schema registry's servers, separated by commas. The first one that answers is "
                    + "used until it fails.")
        ) { (input, settings) throws(ConfigError) in
            guard case .list(let items) = input.setting else { return }
            settings.urls = try RegistryURL.parse(items, name: input.name)
        },
        Option(
            ConfigKey(
                "max.schemas.per.subject", .int, defaultValue: "1000", importance: .low,
                documentation: "How many schemas the client keeps."),
            into: \.cachedSchemasMax),
        Option(
            ConfigKey(
                "normalize.schemas", .boolean, defaultValue: "false",
                documentation: "Whether the registry brings schemas into a normal form before it compares them."),
            into: \.normalizes),
        Option(
            ConfigKey(
                "auto.register.schemas", .boolean, defaultValue: "true",
                documentation: "Whether a schema is registered that the registry does not have."),
            into: \.registersSchemas),
        Option(
            ConfigKey(
                "propagate.schema.tags", .boolean, defaultValue: "false", importance: .low,
                documentation: "Whether the tags of a former version are added to a schema that is registered."),
            use: .refused(remedy: "cdcd does not add tags to schemas")),
        Option(
            ConfigKey(
                "use.schema.id", .int, defaultValue: "-1", importance: .low,
                documentation: "The id of the schema to write with, if schemas are not registered."),
            into: \.schemaID),
        Option(
            ConfigKey(
                "id.compatibility.strict", .boolean, defaultValue: "true", importance: .low,
                documentation: "Whether records must be readable with the schema of use.schema.id."),
            into: \.checksSchemaID),
        Option(
            ConfigKey(
                "use.latest.version", .boolean, defaultValue: "false", importance: .low,
                documentation: "Whether records are written with the subject's latest schema, if schemas are not registered."),
            into: \.usesLatestVersion),
        Option(
            ConfigKey(
                "latest.compatibility.strict", .boolean, defaultValue: "true", importance: .low,
                documentation: "Whether records must be readable with the subject's latest schema."),
            into: \.checksLatestVersion),
        Option(
            ConfigKey(
                "latest.cache.size", .int, defaultValue: "1000", importance: .low,
                documentation: "How many latest schemas the client keeps."),
            use: .withoutEffect(reason: lookedUpOnce)),
        Option(
            ConfigKey(
                "latest.cache.ttl.sec", .int, defaultValue: "-1", importance: .low,
                documentation: "How long in seconds the client keeps a latest schema; -1 is without a limit."),
            use: .withoutEffect(reason: lookedUpOnce)),
        Option(
            ConfigKey(
                "use.latest.with.metadata", .string, importance: .low,
                documentation: "Metadata, as name=value,…: records are written with the latest schema that has them, if "
                    + "schemas are not registered.")
        ) { (input, settings) throws(ConfigError) in
            settings.latestMetadata = try Self.pairs(input)
        },
        Option(
            ConfigKey(
                "schema.format", .string, importance: .low,
                documentation: "A form in which the registry takes and returns schemas."),
            use: .refused(remedy: "cdcd reads and writes schemas in the registry's default form")),
        Option(
            ConfigKey(
                "rule.executors", .list, defaultValue: "", importance: .low,
                documentation: "Names of classes that execute rules."),
            use: .refused(remedy: rules)),
        Option(
            ConfigKey(
                "rule.actions", .list, defaultValue: "", importance: .low,
                documentation: "Names of classes that act after rules."),
            use: .refused(remedy: rules)),
        Option(
            ConfigKey(
                "rule.service.loader.enable", .boolean, defaultValue: "true", importance: .low,
                documentation: "Whether such classes are looked for among all that Java finds."),
            use: .withoutEffect(reason: rules)),
    ]

    private static func pairs(_ input: ConfigInput) throws(ConfigError) -> [String: String] {
        guard let text = input.trimmed else { return [:] }
        var pairs: [String: String] = [:]
        for item in text.split(separator: ",") {
            guard let mark = item.firstIndex(of: "=") else {
                throw ConfigError(name: input.name, value: text, reason: "Expected name=value, separated by commas")
            }
            pairs[JavaText.trim(String(item[..<mark]))] = JavaText.trim(String(item[item.index(after: mark)...]))
        }
        return pairs
    }

    // MARK: Credentials

    private static let claims = "the registry checks the claims of a token"

    private static let credentialOptions = [
        Option(
            ConfigKey(
                "basic.auth.credentials.source", .string, defaultValue: "URL",
                documentation: "The source of user and password: URL, USER_INFO (basic.auth.user.info) or SASL_INHERIT "
                    + "(sasl.jaas.config).")
        ) { input, settings in
            if input.isGiven { settings.credentials.basicSource = input.trimmed }
        },
        Option(
            ConfigKey(
                "bearer.auth.credentials.source", .string, defaultValue: "STATIC_TOKEN",
                documentation: "The source of a bearer token: STATIC_TOKEN (bearer.auth.token) or OAUTHBEARER.")
        ) { input, settings in
            if input.isGiven { settings.credentials.bearerSource = input.trimmed }
        },
        secret(
            "schema.registry.basic.auth.user.info", "", "A former name of basic.auth.user.info.",
            \.deprecatedUserInfo),
        secret("basic.auth.user.info", "", "User and password, as user:password.", \.userInfo),
        secret("bearer.auth.token", "", "The token of STATIC_TOKEN.", \.token),
        Option(
            ConfigKey(
                "bearer.auth.issuer.endpoint.url", .string,
                documentation: "The URL of the identity provider's token endpoint.")
        ) { (input, settings) throws(ConfigError) in
            guard let text = input.trimmed else { return }
            settings.credentials.issuer = try RegistryURL.parse([text], name: input.name).first
        },
        credential("bearer.auth.client.id", "The client's id at the identity provider.", \.clientID),
        secret("bearer.auth.client.secret", nil, "The client's secret at the identity provider.", \.clientSecret),
        credential("bearer.auth.scope", "The scope of the token.", \.scope),
        Option(
            ConfigKey(
                "bearer.auth.scope.claim.name", .string, defaultValue: "scope", importance: .low,
                documentation: "The claim with the scope."),
            use: .withoutEffect(reason: claims)),
        Option(
            ConfigKey(
                "bearer.auth.sub.claim.name", .string, defaultValue: "sub", importance: .low,
                documentation: "The claim with the subject."),
            use: .withoutEffect(reason: claims)),
        credential(
            "bearer.auth.identity.pool.id", "Confluent's identity pool, sent as Confluent-Identity-Pool-Id.",
            \.identityPoolID),
        credential(
            "bearer.auth.logical.cluster", "Confluent's registry cluster, sent as target-sr-cluster.", \.logicalCluster),
        Option(
            ConfigKey(
                "bearer.auth.cache.expiry.buffer.seconds", .short, defaultValue: "300", importance: .low,
                documentation: "How long in seconds before its end a token is renewed.",
                validator: .between(0, 3600)),
            into: \.credentials.renewalBufferSeconds),
        Option(
            ConfigKey(
                "bearer.auth.custom.provider.class", .string,
                documentation: "A class that provides the token."),
            use: .refused(remedy: "classes of Java cannot run here; use OAUTHBEARER or STATIC_TOKEN")),
    ]

    private static func secret(
        _ name: String, _ defaultValue: String?, _ documentation: String,
        _ path: ConfigPath<CredentialProperties, Secret?>
    ) -> Option {
        let key = ConfigKey(name, .password, defaultValue: defaultValue, documentation: documentation)
        return Option(key) { input, settings in
            settings.credentials[keyPath: path] = input.trimmed.map { Secret($0) }
        }
    }

    private static func credential(
        _ name: String, _ documentation: String, _ path: ConfigPath<CredentialProperties, String?>
    ) -> Option {
        Option(ConfigKey(name, .string, documentation: documentation)) { input, settings in
            settings.credentials[keyPath: path] = input.trimmed
        }
    }

    // MARK: Names and ids

    private static let strategies = SubjectNameStrategy.allCases.map(\.className)
    private static let ids = "io.confluent.kafka.serializers.schema.id."

    private static let nameOptions: [Option] =
        [
            Option(
                ConfigKey(
                    "context.name.strategy", .classReference,
                    defaultValue: "io.confluent.kafka.serializers.context.NullContextNameStrategy",
                    documentation: "A class that names the registry's context."),
                use: .refused(remedy: "contexts are not supported by cdcd; a URL may contain /contexts/NAME"))
        ] + ["key", "value"].flatMap { role in
            [
                Option(
                    ConfigKey(
                        "\(role).subject.name.strategy", .classReference,
                        defaultValue: SubjectNameStrategy.topicName.className,
                        documentation: "How the subject of a \(role)'s schema is named."),
                    supported: strategies
                ) { input, settings in
                    let name = input.trimmed
                    let known = SubjectNameStrategy.allCases.first { $0.className == name }
                    guard let strategy = known else { return }
                    if role == "key" { settings.keySubjects = strategy } else { settings.valueSubjects = strategy }
                },
                Option(
                    ConfigKey(
                        "\(role).schema.id.serializer", .classReference, defaultValue: ids + "PrefixSchemaIdSerializer",
                        documentation: "Whether the id of a \(role)'s schema precedes the \(role) or is in a header."),
                    supported: [ids + "HeaderSchemaIdSerializer"]
                ) { input, settings in
                    let place: IDPlace = input.trimmed == ids + "HeaderSchemaIdSerializer" ? .header : .prefix
                    if role == "key" { settings.keyIDs = place } else { settings.valueIDs = place }
                },
                Option(
                    ConfigKey(
                        "\(role).schema.id.deserializer", .classReference, defaultValue: ids + "DualSchemaIdDeserializer",
                        documentation: "Where the id of a \(role)'s schema is looked for."),
                    use: .refused(remedy: "a header is looked for first, then the bytes before the \(role)")),
            ]
        } + [
            Option(
                ConfigKey(
                    "schema.reflection", .boolean, defaultValue: "false", importance: .low,
                    documentation: "Whether objects of Java are read by reflection."),
                use: .refused(remedy: "there are no objects of Java here"))
        ]

    // MARK: Connection

    private static let proxy = "cdcd does not connect through a proxy"

    private static let connectionOptions = [
        Option(
            ConfigKey(
                "proxy.host", .string, defaultValue: "", importance: .low,
                documentation: "A proxy between the worker and the registry."),
            use: .refused(remedy: proxy)),
        Option(
            ConfigKey(
                "proxy.port", .int, defaultValue: "-1", importance: .low, documentation: "The port of the proxy."),
            use: .refused(remedy: proxy)),
        Option(
            ConfigKey(
                "http.connect.timeout.ms", .int, defaultValue: "60000", importance: .low,
                documentation: "How long in milliseconds a connection may take to open."),
            into: \.limits.connectTimeoutMilliseconds),
        Option(
            ConfigKey(
                "http.read.timeout.ms", .int, defaultValue: "60000", importance: .low,
                documentation: "How long in milliseconds the registry may send nothing."),
            into: \.limits.readTimeoutMilliseconds),
        Option(
            ConfigKey(
                "max.retries", .int, defaultValue: "3", importance: .low,
                documentation: "How often a request is repeated after an answer that announces a temporary failure."),
            into: \.retries.retriesMax),
        Option(
            ConfigKey(
                "retries.wait.ms", .int, defaultValue: "1000", importance: .low,
                documentation: "The maximum pause in milliseconds before the first repetition; it doubles each time."),
            into: \.retries.firstPauseMillisecondsMax),
        Option(
            ConfigKey(
                "retries.max.wait.ms", .int, defaultValue: "20000", importance: .low,
                documentation: "The maximum pause in milliseconds before any repetition."),
            into: \.retries.pauseMillisecondsMax),
    ]

    // MARK: TLS

    /// With the defaults and importances of Kafka's `withClientSslSupport`.
    private static let sslOptions: [Option] = RegistrySSLKeys.keys.map { key in
        Option(key) { input, settings in
            if input.isGiven, let text = input.text { settings.ssl[key.name] = Secret(text) }
        }
    }

    /// Read by the client, and in no list of Java.
    private static let unlistedOptions = [
        Option(
            ConfigKey("sasl.jaas.config", .password, documentation: "User and password for SASL_INHERIT.")
        ) { input, settings in settings.credentials.jaas = input.trimmed.map { Secret($0) } },
        Option(
            ConfigKey("request.header.*", .string, documentation: "A header of each request, by its name."),
            prefix: "request.header.", use: .consumedGroup { headers, settings in settings.headers = headers }),
    ]
}
