import ConnectData
import HTTPWire

/// The properties of Confluent's client that select credentials.
struct CredentialProperties: Sendable {
    var basicSource: String?
    var userInfo: Secret?
    /// `schema.registry.basic.auth.user.info`, which takes precedence.
    var deprecatedUserInfo: Secret?
    var bearerSource: String?
    var token: Secret?
    var issuer: HTTPURL?
    var clientID: String?
    var clientSecret: Secret?
    var scope: String?
    var logicalCluster: String?
    var identityPoolID: String?
    var renewalBufferSeconds = 300
    /// Of the worker's Kafka client, for SASL_INHERIT.
    var jaas: Secret?

    var bearerHeaders: [RegistryRequest.Header] {
        (identityPoolID.map { [.init("Confluent-Identity-Pool-Id", $0)] } ?? [])
            + (logicalCluster.map { [.init("target-sr-cluster", $0)] } ?? [])
    }

    /// The method that the properties select, in the words of Confluent's client if they contradict each other.
    func method() throws(ConfigError) -> RegistryAuthentication.Method {
        if basicSource != nil, bearerSource != nil {
            throw ConfigError(
                name: "bearer.auth.credentials.source",
                message: "Only one of 'basic.auth.credentials.source' and 'bearer.auth.credentials.source' may be "
                    + "specified")
        }
        if let bearerSource { return try bearer(bearerSource) }
        return try basic(basicSource ?? "URL")
    }

    private func basic(_ source: String) throws(ConfigError) -> RegistryAuthentication.Method {
        switch source {
        case "URL": return .urlUserInfo
        case "USER_INFO":
            guard let info = deprecatedUserInfo ?? userInfo else {
                throw ConfigError(
                    name: "basic.auth.user.info",
                    message: "UserInfo must be provided when basic.auth.credentials.source is set to USER_INFO")
            }
            return .basic(userInfo: info)
        case "SASL_INHERIT": return .basic(userInfo: Secret(try inheritedUserInfo()))
        default:
            throw ConfigError(
                name: "basic.auth.credentials.source", value: source,
                reason: "Value must be one of URL, USER_INFO, SASL_INHERIT")
        }
    }

    private func inheritedUserInfo() throws(ConfigError) -> String {
        guard let jaas else {
            throw ConfigError(
                name: "sasl.jaas.config",
                message: "basic.auth.credentials.source is SASL_INHERIT, but the converter has no sasl.jaas.config")
        }
        let configuration: JAASConfiguration
        do throws(JAASError) {
            configuration = try JAASConfiguration(parsing: jaas.text)
        } catch {
            throw ConfigError(name: "sasl.jaas.config", message: "sasl.jaas.config cannot be used: \(error)")
        }
        guard let user = configuration.options["username"], let password = configuration.options["password"] else {
            throw ConfigError(
                name: "sasl.jaas.config", message: "sasl.jaas.config has no username and password to inherit")
        }
        return "\(user):\(password)"
    }

    private func bearer(_ source: String) throws(ConfigError) -> RegistryAuthentication.Method {
        switch source {
        case "STATIC_TOKEN":
            return .bearer(token: try required(token, "bearer.auth.token", source))
        case "OAUTHBEARER":
            guard let issuer else { throw missing("bearer.auth.issuer.endpoint.url", source) }
            let grant = OAuthTokenRequest.Grant.clientCredentials(
                .header(
                    id: try required(clientID, "bearer.auth.client.id", source),
                    secret: try required(clientSecret, "bearer.auth.client.secret", source), isEncoded: false))
            return .oauth(
                OAuthTokenRequest(endpoint: issuer, grant: grant, scope: scope),
                renewalBufferSeconds: renewalBufferSeconds)
        case "SASL_OAUTHBEARER_INHERIT", "CUSTOM":
            throw .notSupported("bearer.auth.credentials.source", value: source, what: "The source \(source)")
        default:
            throw ConfigError(
                name: "bearer.auth.credentials.source", value: source,
                reason: "Value must be one of STATIC_TOKEN, OAUTHBEARER")
        }
    }

    private func required<Value>(_ value: Value?, _ name: String, _ source: String) throws(ConfigError) -> Value {
        guard let value else { throw missing(name, source) }
        return value
    }

    private func missing(_ name: String, _ source: String) -> ConfigError {
        ConfigError(
            name: name, message: "\(name) must be provided when bearer.auth.credentials.source is set to \(source)")
    }
}
