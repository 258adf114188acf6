import ConnectData
import KafkaWire

/// `security.protocol`, `ssl.*` and `sasl.*`.
extension KafkaClientOptions {
    static let security: [Option] =
        SSLProperties.options.options.map { $0.within(\.security.ssl) } + sasl + kerberos + login + oauthBearer + [
            Option(
                key(
                    "security.protocol", .string, "PLAINTEXT", .medium,
                    .oneOfIgnoringCase(["SASL_SSL", "PLAINTEXT", "SSL", "SASL_PLAINTEXT"]))
            ) { input, settings in
                let name = input.trimmed?.uppercased() ?? ""
                let found = KafkaSecurityProperties.SecurityProtocol(rawValue: name)
                if let found { settings.security.securityProtocol = found }
            },
            javaOnly(key("security.providers", .string)),
        ]

    private static let sasl = [
        Option(key("sasl.mechanism", .string, "GSSAPI", .medium), into: \.security.sasl.mechanismName),
        Option(key("sasl.jaas.config", .password, nil, .medium), into: \.security.sasl.jaas),
        Option(
            key("sasl.client.callback.handler.class", .classReference, nil, .medium),
            into: \.security.sasl.clientCallbackHandler),
        Option(
            key("sasl.login.callback.handler.class", .classReference, nil, .medium),
            into: \.security.sasl.loginCallbackHandler),
        refused(
            key("sasl.login.class", .classReference, nil, .medium),
            "logins are Java classes and cannot run here; leave it out"),
    ]

    private static let noTokens = "OAUTHBEARER is not supported yet"

    private static let kerberos = [
        key("sasl.kerberos.kinit.cmd", .string, "/usr/bin/kinit"),
        key("sasl.kerberos.min.time.before.relogin", .long, "60000"),
        key("sasl.kerberos.service.name", .string, nil, .medium),
        key("sasl.kerberos.ticket.renew.jitter", .double, "0.05"),
        key("sasl.kerberos.ticket.renew.window.factor", .double, "0.8"),
    ].map { withoutEffect($0, "Kerberos (GSSAPI) is not supported") }

    private static let login = [
        key("sasl.login.connect.timeout.ms", .int), key("sasl.login.read.timeout.ms", .int),
        key("sasl.login.refresh.buffer.seconds", .short, "300", .low, .between(0, 3600)),
        key("sasl.login.refresh.min.period.seconds", .short, "60", .low, .between(0, 900)),
        key("sasl.login.refresh.window.factor", .double, "0.8", .low, .within(0.5, 1.0)),
        key("sasl.login.refresh.window.jitter", .double, "0.05", .low, .within(0.0, 0.25)),
        key("sasl.login.retry.backoff.max.ms", .long, "10000"), key("sasl.login.retry.backoff.ms", .long, "100"),
    ].map { withoutEffect($0, noTokens) }

    private static let oauthBearer = [
        key("assertion.algorithm", .string, "RS256", .medium, .oneOfIgnoringCase(["ES256", "RS256"])),
        key("assertion.claim.aud", .string, nil, .medium),
        key("assertion.claim.exp.seconds", .int, "300", .low, .between(0, 86_400)),
        key("assertion.claim.iss", .string, nil, .medium), key("assertion.claim.jti.include", .boolean, "false", .medium),
        key("assertion.claim.nbf.seconds", .int, "60", .low, .between(0, 3600)),
        key("assertion.claim.sub", .string, nil, .medium), key("assertion.file", .string, nil, .medium),
        key("assertion.private.key.file", .string, nil, .medium),
        key("assertion.private.key.passphrase", .password, nil, .medium),
        key("assertion.template.file", .string, nil, .medium),
        key("client.credentials.client.id", .string, nil, .medium),
        key("client.credentials.client.secret", .password, nil, .medium),
        key("clock.skew.seconds", .int, "30"), key("expected.audience", .list, "", .high),
        key("expected.issuer", .string, nil, .high), key("header.urlencode", .boolean, "false"),
        key("jwks.endpoint.refresh.ms", .long, "3600000"), key("jwks.endpoint.retry.backoff.max.ms", .long, "10000"),
        key("jwks.endpoint.retry.backoff.ms", .long, "100"), key("jwks.endpoint.url", .string, nil, .medium),
        key(
            "jwt.retriever.class", .classReference,
            "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever", .medium),
        key(
            "jwt.validator.class", .classReference,
            "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator", .medium),
        key("scope", .string, nil, .medium), key("scope.claim.name", .string, "scope"),
        key("sub.claim.name", .string, "sub"), key("token.endpoint.url", .string, nil, .medium),
    ].map { key in
        var key = key
        key.name = "sasl.oauthbearer." + key.name
        return withoutEffect(key, noTokens)
    }
}
