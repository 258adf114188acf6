import ConnectData
import KafkaWire
import WireCore

/// `sasl.*` of a client.
struct SASLProperties: Sendable {
    /// The value of `sasl.mechanism`.
    var mechanismName = "GSSAPI"
    /// The value of `sasl.jaas.config`.
    var jaas: String?
    var clientCallbackHandler: String?
    var loginCallbackHandler: String?
    var oauth = OAuthBearerProperties()

    private static let jaasProperty = "sasl.jaas.config"

    /// The mechanism that the properties ask for.
    ///
    /// - Throws: an error that names the property, and no secret.
    func mechanism() throws(ConfigError) -> any SASLMechanism {
        switch mechanismName {
        case "PLAIN":
            let (username, password) = try credentials()
            return PLAINMechanism(username: username, password: password)
        case "SCRAM-SHA-256", "SCRAM-SHA-512":
            let (username, password) = try credentials()
            return SCRAMMechanism(
                mechanismName == "SCRAM-SHA-256" ? .sha256 : .sha512, username: username, password: password)
        case "OAUTHBEARER": return try tokens()
        case "AWS_MSK_IAM": return try awsIAM()
        default: throw unsupportedMechanism
        }
    }

    private var unsupportedMechanism: ConfigError {
        let reason = mechanismName == "GSSAPI" ? "Kerberos is not supported" : "there is no such mechanism"
        return ConfigError(
            name: "sasl.mechanism", value: mechanismName,
            message: "\(reason); use PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or AWS_MSK_IAM")
    }

    /// Parses `sasl.jaas.config` without using it.
    func check() throws(ConfigError) { if jaas != nil { _ = try loginModule() } }

    private func jaasError(_ message: String) -> ConfigError {
        ConfigError(name: Self.jaasProperty, value: jaas.map { _ in ConfigError.hiddenValue }, message: message)
    }

    private func loginModule() throws(ConfigError) -> JAASConfiguration {
        guard let jaas else {
            throw jaasError("the mechanism \(mechanismName) needs a login module with its options; name it")
        }
        do throws(JAASError) {
            return try JAASConfiguration(parsing: jaas)
        } catch {
            throw jaasError("\(error)")
        }
    }

    /// The login module of the mechanism. Programs that contain its class under another package have a longer name.
    private func loginModule(_ names: [String]) throws(ConfigError) -> JAASConfiguration {
        let module = try loginModule()
        if names.contains(where: { module.loginModule.hasSuffix($0) }) { return module }
        throw jaasError("\(module.loginModule) does not serve the mechanism \(mechanismName); use \(names[0])")
    }

    // MARK: User name and password

    private static let plainModule = "org.apache.kafka.common.security.plain.PlainLoginModule"
    private static let scramModule = "org.apache.kafka.common.security.scram.ScramLoginModule"

    private func credentials() throws(ConfigError) -> (username: String, password: String) {
        try refuseHandlers()
        // As in Java, each of the two serves each mechanism.
        let module = try loginModule(
            mechanismName == "PLAIN" ? [Self.plainModule, Self.scramModule] : [Self.scramModule, Self.plainModule])
        if module.options["tokenauth"]?.lowercased() == "true" {
            throw jaasError("delegation tokens (tokenauth) are not supported; use a user's own password")
        }
        guard let username = module.options["username"], let password = module.options["password"] else {
            throw jaasError("\(module.loginModule) needs the options username and password")
        }
        return (username, password)
    }

    private func refuseHandlers() throws(ConfigError) {
        for (name, handler) in [
            ("sasl.client.callback.handler.class", clientCallbackHandler),
            ("sasl.login.callback.handler.class", loginCallbackHandler),
        ] {
            guard let handler else { continue }
            throw ConfigError(
                name: name, value: handler,
                message: "callback handlers for \(mechanismName) are Java classes and cannot run here; leave it out")
        }
    }

    // MARK: OAuth

    private static let oauthModule = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
    private static let oauthHandlers = [
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
        "org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerLoginCallbackHandler",
    ]
    private static let strimziHandler = "io.strimzi.kafka.oauth.client.JaasClientOauthLoginCallbackHandler"
    private static let awsTokenHandler = "software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler"
    private static let awsModule = "software.amazon.msk.auth.iam.IAMLoginModule"
    private static let awsHandler = "software.amazon.msk.auth.iam.IAMClientCallbackHandler"

    private func tokens() throws(ConfigError) -> any SASLMechanism {
        let module = try loginModule([Self.oauthModule])
        let isAWS = loginCallbackHandler == Self.awsTokenHandler
        if let handler = clientCallbackHandler, !isAWS || handler != Self.awsTokenHandler {
            throw ConfigError(
                name: "sasl.client.callback.handler.class", value: handler,
                message: "callback handlers are Java classes and cannot run here; leave it out")
        }
        do throws(SASLError) {
            switch loginCallbackHandler {
            case nil:
                let tokens = try UnsecuredTokens(options: module.options)
                return try OAuthBearerMechanism(tokens, extensions: tokens.extensions, refresh: oauth.refresh)
            case Self.awsTokenHandler:
                let aws = AWSLoginOptions(module.options)
                return try OAuthBearerMechanism(
                    AWSIAMTokens(aws.chain, region: aws.region), refresh: oauth.refresh)
            case .some(let handler) where Self.oauthHandlers.contains(handler): break
            case .some(let handler): throw SASLError(Self.handlerRemedy(handler))
            }
        } catch {
            guard let handler = loginCallbackHandler, !isAWS else { throw jaasError(error.reason) }
            throw ConfigError(name: "sasl.login.callback.handler.class", value: handler, message: error.reason)
        }
        var extensions: [String: String] = [:]
        for (name, value) in module.options {
            if let name = name.dropping(prefix: "extension_") { extensions[name] = value }
        }
        let provider = try oauth.provider(module.options)
        do throws(SASLError) {
            return try OAuthBearerMechanism(provider, extensions: extensions, refresh: oauth.refresh)
        } catch { throw jaasError(error.reason) }
    }

    private static func handlerRemedy(_ handler: String) -> String {
        let instead = "use \(oauthHandlers[0]) with sasl.oauthbearer.token.endpoint.url, "
            + "sasl.oauthbearer.client.credentials.client.id and .client.secret, and sasl.oauthbearer.scope"
        if handler == strimziHandler { return "Strimzi's handler and its options oauth.* are not supported; \(instead)" }
        return "other callback handlers are Java classes and cannot run here; \(instead)"
    }

    private func awsIAM() throws(ConfigError) -> any SASLMechanism {
        let module = try loginModule([Self.awsModule])
        if let handler = clientCallbackHandler, handler != Self.awsHandler {
            throw ConfigError(
                name: "sasl.client.callback.handler.class", value: handler, message: "use \(Self.awsHandler)")
        }
        if let handler = loginCallbackHandler {
            throw ConfigError(
                name: "sasl.login.callback.handler.class", value: handler,
                message: "AWS_MSK_IAM has no login callback handler; leave it out")
        }
        let aws = AWSLoginOptions(module.options)
        return AWSIAMMechanism(aws.chain, region: aws.region)
    }
}
