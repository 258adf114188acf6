import ConnectData
import KafkaWire
import WireCore
import WireStreams

/// `security.protocol`, `ssl.*` and `sasl.*` of a client.
package struct KafkaSecurityProperties: Sendable {
    enum SecurityProtocol: String, Sendable, CaseIterable {
        case plaintext = "PLAINTEXT", ssl = "SSL", saslPlaintext = "SASL_PLAINTEXT", saslSSL = "SASL_SSL"

        var usesTLS: Bool { self == .ssl || self == .saslSSL }
        var usesSASL: Bool { self == .saslPlaintext || self == .saslSSL }
    }

    var securityProtocol = SecurityProtocol.plaintext
    var ssl = SSLProperties()
    var sasl = SASLProperties()

    /// Sets TLS and authentication of a client. As in Java, `ssl.*` and `sasl.*` are used only if `security.protocol`
    /// asks for them.
    ///
    /// - Throws: an error that names the property, without a prefix, and no secret.
    func configure(_ client: inout KafkaClientConfiguration) throws(ConfigError) {
        client.tls = securityProtocol.usesTLS ? try tls() : nil
        client.authentication = securityProtocol.usesSASL ? try sasl.mechanism() : nil
    }

    /// Whether `security.protocol` uses this property; true for those that are no security properties.
    func uses(_ property: String) -> Bool {
        if property.hasExactPrefix("ssl.") { return securityProtocol.usesTLS }
        return property.hasExactPrefix("sasl.") ? securityProtocol.usesSASL : true
    }

    /// The problems of properties that are not used.
    var unusedProblems: [ConfigError] {
        var problems: [ConfigError] = []
        func check(_ body: () throws(ConfigError) -> Void) {
            do throws(ConfigError) { try body() } catch { problems.append(error) }
        }
        if !securityProtocol.usesSASL { check { () throws(ConfigError) in try sasl.check() } }
        if !securityProtocol.usesTLS {
            check { () throws(ConfigError) in
                var ssl = ssl
                try ssl.combine()
            }
        }
        return problems
    }

    private func tls() throws(ConfigError) -> TLSConfiguration {
        var ssl = ssl
        try ssl.combine()
        do throws(JavaTLSError) {
            return try TLSConfiguration(ssl.settings)
        } catch {
            throw ConfigError(name: error.property, value: error.value, message: error.reason)
        }
    }
}
