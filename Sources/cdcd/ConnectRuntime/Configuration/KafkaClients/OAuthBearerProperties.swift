import ConnectData
import KafkaWire
import WireCore
import WireStreams

/// `sasl.oauthbearer.*` and `sasl.login.*` of a client.
struct OAuthBearerProperties: Sendable {
    var endpointURL: String?
    var clientID: String?
    var clientSecret: String?
    var scope: String?
    var encodesHeader = false
    var subjectClaim = "sub"
    var scopeClaim = "scope"
    /// The class that retrieves tokens.
    var retriever = Self.retrieverPackage + "DefaultJwtRetriever"
    var assertionFile: String?
    var assertionKeyFile: String?
    var assertionPassphrase: String?
    var assertionAlgorithm = "RS256"
    var assertionContent = JWTAssertion.Content()
    var refresh = OAuthTokenRefresh()
    var connectTimeoutMilliseconds: Int?
    var readTimeoutMilliseconds: Int?
    var retryBackoffMilliseconds = 100
    var retryBackoffMaxMilliseconds = 10_000

    static let retrieverPackage = "org.apache.kafka.common.security.oauthbearer."
    static let retrievers = ["Default", "ClientCredentials", "JwtBearer", "File"].map {
        "\(retrieverPackage)\($0)JwtRetriever"
    }

    private static let urlProperty = "sasl.oauthbearer.token.endpoint.url"

    /// Retrieves the tokens that the properties and the options of the login module describe.
    func provider(_ options: [String: String]) throws(ConfigError) -> any OAuthTokenProvider {
        guard let url = endpointURL else {
            throw ConfigError(
                name: Self.urlProperty, message: "name the URL of the token endpoint, or file: and the path of a token")
        }
        let isFileRetriever = retriever.hasSuffix(".FileJwtRetriever")
        let isClientRetriever = retriever.hasSuffix(".ClientCredentialsJwtRetriever")
        if isFileRetriever || (url.lowercased().hasPrefix("file:") && !isClientRetriever) {
            return OAuthTokenFile(path: try filePath(url), subjectClaim: subjectClaim, scopeClaim: scopeClaim)
        }
        do throws(SASLError) {
            var endpoint = try OAuthTokenEndpoint(url: url, grant: try grant(options))
            endpoint.scope = scope ?? JavaText.trimmedOrNil(options["scope"])
            endpoint.encodesHeader = encodesHeader
            endpoint.subjectClaim = subjectClaim
            endpoint.scopeClaim = scopeClaim
            endpoint.retryBackoffMilliseconds = retryBackoffMilliseconds
            endpoint.retryBackoffMaxMilliseconds = retryBackoffMaxMilliseconds
            if let limit = connectTimeoutMilliseconds { endpoint.connectTimeoutMilliseconds = limit }
            if let limit = readTimeoutMilliseconds { endpoint.readTimeoutMilliseconds = limit }
            if let tls = try tls(options) { endpoint.tls = tls }
            return endpoint
        } catch {
            throw ConfigError(name: Self.urlProperty, value: url, message: error.reason)
        }
    }

    private func filePath(_ url: String) throws(ConfigError) -> String {
        guard url.lowercased().hasPrefix("file:") else {
            throw ConfigError(name: Self.urlProperty, value: url, message: "FileJwtRetriever needs file: and a path")
        }
        let path = url.dropFirst("file:".count)
        for host in ["//localhost/", "///"] where path.lowercased().hasPrefix(host) {
            return String(path.dropFirst(host.count - 1))
        }
        return String(path)
    }

    private func grant(_ options: [String: String]) throws(SASLError) -> OAuthTokenEndpoint.Grant {
        if retriever.hasSuffix(".JwtBearerJwtRetriever") {
            guard let assertion else { throw SASLError("JwtBearerJwtRetriever needs an assertion: \(Self.assertionNames)") }
            return .jwtBearer(assertion)
        }
        let id = clientID ?? options["clientId"]
        if let assertion { return .clientAssertion(assertion, id: id) }
        guard let id, let secret = clientSecret ?? options["clientSecret"] else {
            throw SASLError(
                "the client's id and secret are missing: sasl.oauthbearer.client.credentials.client.id and .client.secret")
        }
        return .clientCredentials(id: id, secret: secret)
    }

    private static let assertionNames =
        "sasl.oauthbearer.assertion.file or sasl.oauthbearer.assertion.private.key.file"

    private var assertion: JWTAssertion? {
        if let assertionFile { return JWTAssertion(path: assertionFile) }
        guard let assertionKeyFile else { return nil }
        return JWTAssertion(
            privateKeyPath: assertionKeyFile, passphrase: assertionPassphrase,
            algorithm: JWTAssertion.SigningAlgorithm(rawValue: assertionAlgorithm.uppercased()) ?? .rs256,
            content: assertionContent)
    }

    /// TLS with the endpoint, from the options `ssl.*` of the login module, as in Kafka.
    private func tls(_ options: [String: String]) throws(SASLError) -> TLSConfiguration? {
        guard options.keys.contains(where: { $0.hasExactPrefix("ssl.") }) else { return nil }
        do {
            return try TLSConfiguration(try SSLProperties(options).settings)
        } catch let error as ConfigError {
            throw SASLError("the option \(error.name) of the login module cannot be used: \(error.message)")
        } catch {
            throw SASLError("an option ssl.* of the login module cannot be used: \(error)")
        }
    }
}
