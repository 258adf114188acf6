import ConnectData

/// `schema.registry.ssl.*`, in the order of Kafka's `ConfigDef.withClientSslSupport`.
enum RegistrySSLKeys {
    static let keys = [
        key("protocol", .string, "TLSv1.3", .medium, "The version of TLS."),
        key("provider", .string, nil, .medium, "Java's implementation of TLS."),
        key("cipher.suites", .list, "", .low, "The cipher suites."),
        key("enabled.protocols", .list, "TLSv1.2,TLSv1.3", .medium, "The versions of TLS that may be used."),
        key("keystore.type", .string, "JKS", .medium, "The format of the key store: JKS, PKCS12 or PEM."),
        key("keystore.location", .string, nil, .high, "The file with the client's certificate and key."),
        key("keystore.password", .password, nil, .high, "The password of the key store."),
        key("key.password", .password, nil, .high, "The password of the key."),
        key("keystore.key", .password, nil, .high, "The client's key in PEM."),
        key("keystore.certificate.chain", .password, nil, .high, "The client's certificates in PEM."),
        key("truststore.certificates", .password, nil, .high, "The trusted authorities in PEM."),
        key("truststore.type", .string, "JKS", .medium, "The format of the trust store: JKS, PKCS12 or PEM."),
        key("truststore.location", .string, nil, .high, "The file with the trusted authorities."),
        key("truststore.password", .password, nil, .high, "The password of the trust store."),
        key("keymanager.algorithm", .string, "SunX509", .low, "Java's selection of keys."),
        key("trustmanager.algorithm", .string, "PKIX", .low, "Java's check of certificates."),
        key(
            "endpoint.identification.algorithm", .string, "https", .low,
            "https checks that the certificate is for the host; empty does not."),
        key("secure.random.implementation", .string, nil, .low, "Java's source of random numbers."),
        key("engine.factory.class", .classReference, nil, .low, "A class of Java that creates TLS engines."),
    ]

    private static func key(
        _ name: String, _ type: ConfigType, _ defaultValue: String?, _ importance: ConfigImportance,
        _ documentation: String
    ) -> ConfigKey {
        ConfigKey(
            "schema.registry.ssl." + name, type, defaultValue: defaultValue, importance: importance,
            documentation: documentation)
    }
}
