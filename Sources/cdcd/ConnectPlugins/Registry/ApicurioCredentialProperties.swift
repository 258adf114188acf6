import ConnectData
import HTTPWire

/// `apicurio.auth.*`: client credentials at a token endpoint, or user and password.
struct ApicurioCredentialProperties: Sendable {
    var tokenEndpoint: HTTPURL?
    var serviceURL: HTTPURL?
    var realm: String?
    var clientID: String?
    var clientSecret: Secret?
    var scope: String?
    var username: String?
    var password: Secret?

    /// The method that the properties select; messages as in `AbstractSchemaResolver`.
    func method() throws(ConfigError) -> RegistryAuthentication.Method {
        if let endpoint = try endpoint() {
            guard let clientID else { throw missing("clientId", "apicurio.auth.client.id") }
            guard let clientSecret else { throw missing("secret", "apicurio.auth.client.secret") }
            return .oauth(
                OAuthTokenRequest(
                    endpoint: endpoint, grant: .clientCredentials(.body(id: clientID, secret: clientSecret)),
                    scope: scope),
                renewalBufferSeconds: 1)
        }
        guard let username else { return .urlUserInfo }
        guard let password else { throw missing("password", "apicurio.auth.password") }
        return .basic(userInfo: Secret("\(username):\(password.text)"))
    }

    /// The one of the realm takes precedence.
    private func endpoint() throws(ConfigError) -> HTTPURL? {
        guard let serviceURL else { return tokenEndpoint }
        guard let realm else { throw missing("realm", "apicurio.auth.realm") }
        return serviceURL.appending(segments: ["realms", realm, "protocol", "openid-connect", "token"])
    }

    private func missing(_ what: String, _ name: String) -> ConfigError {
        ConfigError(name: name, message: "Missing registry auth \(what), set \(name)")
    }
}
