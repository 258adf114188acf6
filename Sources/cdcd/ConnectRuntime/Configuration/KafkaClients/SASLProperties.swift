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
        default: throw unsupportedMechanism
        }
    }

    private var unsupportedMechanism: ConfigError {
        let reason =
            switch mechanismName {
            case "GSSAPI": "Kerberos is not supported; use SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN"
            case "OAUTHBEARER", "AWS_MSK_IAM": "the mechanism is not supported yet"
            default: "there is no such mechanism; use SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN"
            }
        return ConfigError(name: "sasl.mechanism", value: mechanismName, message: reason)
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

    /// The login modules that provide a user name and a password. As in Java, each serves each mechanism.
    private static let passwordModules = [
        "org.apache.kafka.common.security.plain.PlainLoginModule",
        "org.apache.kafka.common.security.scram.ScramLoginModule",
    ]

    private func credentials() throws(ConfigError) -> (username: String, password: String) {
        for (name, handler) in [
            ("sasl.client.callback.handler.class", clientCallbackHandler),
            ("sasl.login.callback.handler.class", loginCallbackHandler),
        ] {
            guard let handler else { continue }
            throw ConfigError(
                name: name, value: handler,
                message: "callback handlers for \(mechanismName) are Java classes and cannot run here; leave it out")
        }
        let module = try loginModule()
        // Programs that contain Kafka's classes under another package name have longer names for them.
        guard Self.passwordModules.contains(where: { module.loginModule.hasSuffix($0) }) else {
            throw jaasError(
                "\(module.loginModule) does not serve the mechanism \(mechanismName); use "
                    + Self.passwordModules[mechanismName == "PLAIN" ? 0 : 1])
        }
        if module.options["tokenauth"]?.lowercased() == "true" {
            throw jaasError("delegation tokens (tokenauth) are not supported; use a user's own password")
        }
        guard let username = module.options["username"], let password = module.options["password"] else {
            throw jaasError("\(module.loginModule) needs the options username and password")
        }
        return (username, password)
    }
}
