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

    private static let kerberos = [
        key("sasl.kerberos.kinit.cmd", .string, "/usr/bin/kinit"),
        key("sasl.kerberos.min.time.before.relogin", .long, "60000"),
        key("sasl.kerberos.service.name", .string, nil, .medium),
        key("sasl.kerberos.ticket.renew.jitter", .double, "0.05"),
        key("sasl.kerberos.ticket.renew.window.factor", .double, "0.8"),
    ].map { withoutEffect($0, "Kerberos (GSSAPI) is not supported") }
}
