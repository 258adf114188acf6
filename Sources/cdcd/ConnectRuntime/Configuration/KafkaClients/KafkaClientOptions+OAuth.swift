import ConnectData
import KafkaWire

/// `sasl.oauthbearer.*` and `sasl.login.*`.
extension KafkaClientOptions {
    static let login = [
        Option(key("sasl.login.connect.timeout.ms", .int), into: \.security.sasl.oauth.connectTimeoutMilliseconds),
        Option(key("sasl.login.read.timeout.ms", .int), into: \.security.sasl.oauth.readTimeoutMilliseconds),
        Option(
            key("sasl.login.refresh.buffer.seconds", .short, "300", .low, .between(0, 3600)),
            into: \.security.sasl.oauth.refresh.bufferSeconds),
        Option(
            key("sasl.login.refresh.min.period.seconds", .short, "60", .low, .between(0, 900)),
            into: \.security.sasl.oauth.refresh.minPeriodSeconds),
        fraction(
            key("sasl.login.refresh.window.factor", .double, "0.8", .low, .within(0.5, 1.0)),
            into: \.security.sasl.oauth.refresh.windowFactor),
        fraction(
            key("sasl.login.refresh.window.jitter", .double, "0.05", .low, .within(0.0, 0.25)),
            into: \.security.sasl.oauth.refresh.windowJitter),
        milliseconds(
            key("sasl.login.retry.backoff.max.ms", .long, "10000"),
            into: \.security.sasl.oauth.retryBackoffMaxMilliseconds),
        milliseconds(
            key("sasl.login.retry.backoff.ms", .long, "100"), into: \.security.sasl.oauth.retryBackoffMilliseconds),
    ]

    private static func fraction(_ key: ConfigKey, into path: ConfigPath<KafkaClientSettings, Double>) -> Option {
        Option(key) { input, settings in
            if case .double(let value) = input.setting { settings[keyPath: path] = value }
        }
    }

    static let oauthBearer = tokenEndpoint + assertion + validation

    private static let tokenEndpoint = [
        Option(oauth("token.endpoint.url", .string, nil, .medium), into: \.security.sasl.oauth.endpointURL),
        Option(oauth("client.credentials.client.id", .string, nil, .medium), into: \.security.sasl.oauth.clientID),
        Option(
            oauth("client.credentials.client.secret", .password, nil, .medium),
            into: \.security.sasl.oauth.clientSecret),
        Option(oauth("scope", .string, nil, .medium), into: \.security.sasl.oauth.scope),
        Option(oauth("scope.claim.name", .string, "scope"), into: \.security.sasl.oauth.scopeClaim),
        Option(oauth("sub.claim.name", .string, "sub"), into: \.security.sasl.oauth.subjectClaim),
        Option(oauth("header.urlencode", .boolean, "false"), into: \.security.sasl.oauth.encodesHeader),
        Option(
            oauth(
                "jwt.retriever.class", .classReference, OAuthBearerProperties.retrievers[0], .medium)
        ) { (input, settings) throws(ConfigError) in
            let name = input.trimmed ?? ""
            guard OAuthBearerProperties.retrievers.contains(name) else {
                let choices = OAuthBearerProperties.retrievers.joined(separator: ", ")
                throw ConfigError(
                    name: input.name, value: input.text,
                    message: "other classes are Java's and cannot run here; use one of \(choices)")
            }
            settings.security.sasl.oauth.retriever = name
        },
    ]

    private static let assertion = [
        Option(
            oauth("assertion.algorithm", .string, "RS256", .medium, .oneOfIgnoringCase(["ES256", "RS256"])),
            into: \.security.sasl.oauth.assertionAlgorithm),
        Option(
            oauth("assertion.claim.aud", .string, nil, .medium), into: \.security.sasl.oauth.assertionContent.audience),
        Option(
            oauth("assertion.claim.exp.seconds", .int, "300", .low, .between(0, 86_400)),
            into: \.security.sasl.oauth.assertionContent.expirationSeconds),
        Option(
            oauth("assertion.claim.iss", .string, nil, .medium), into: \.security.sasl.oauth.assertionContent.issuer),
        Option(
            oauth("assertion.claim.jti.include", .boolean, "false", .medium),
            into: \.security.sasl.oauth.assertionContent.includesID),
        Option(
            oauth("assertion.claim.nbf.seconds", .int, "60", .low, .between(0, 3600)),
            into: \.security.sasl.oauth.assertionContent.notBeforeSeconds),
        Option(
            oauth("assertion.claim.sub", .string, nil, .medium), into: \.security.sasl.oauth.assertionContent.subject),
        Option(oauth("assertion.file", .string, nil, .medium), into: \.security.sasl.oauth.assertionFile),
        Option(
            oauth("assertion.private.key.file", .string, nil, .medium), into: \.security.sasl.oauth.assertionKeyFile),
        Option(
            oauth("assertion.private.key.passphrase", .password, nil, .medium),
            into: \.security.sasl.oauth.assertionPassphrase),
        Option(
            oauth("assertion.template.file", .string, nil, .medium),
            into: \.security.sasl.oauth.assertionContent.templatePath),
    ]

    private static let validation = [
        oauth("clock.skew.seconds", .int, "30"), oauth("expected.audience", .list, "", .high),
        oauth("expected.issuer", .string, nil, .high), oauth("jwks.endpoint.refresh.ms", .long, "3600000"),
        oauth("jwks.endpoint.retry.backoff.max.ms", .long, "10000"),
        oauth("jwks.endpoint.retry.backoff.ms", .long, "100"), oauth("jwks.endpoint.url", .string, nil, .medium),
        oauth(
            "jwt.validator.class", .classReference, OAuthBearerProperties.retrieverPackage + "DefaultJwtValidator",
            .medium),
    ].map { withoutEffect($0, "brokers validate tokens") }

    private static func oauth(
        _ name: String, _ type: ConfigType, _ defaultValue: String? = nil, _ importance: ConfigImportance = .low,
        _ validator: ConfigValidator? = nil
    ) -> ConfigKey {
        key("sasl.oauthbearer." + name, type, defaultValue, importance, validator)
    }
}
