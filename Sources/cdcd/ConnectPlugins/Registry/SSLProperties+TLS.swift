import ConnectData
import WireStreams

extension TLSConfiguration {
    /// The system's authorities, and a certificate for the host.
    static var systemTrust: TLSConfiguration { TLSConfiguration(verification: .identity(host: "")) }
}

extension SSLProperties {
    /// The TLS configuration of a client with these properties; the host is set for each connection.
    ///
    /// - Parameter prefix: of the properties, for messages.
    /// - Throws: an error that names a property whose value cannot be used here.
    func tlsConfiguration(prefix: String) throws(ConfigError) -> TLSConfiguration {
        do throws(JavaTLSError) {
            return try TLSConfiguration(settings)
        } catch {
            throw ConfigError(name: prefix + error.property, value: error.value, reason: error.reason)
        }
    }
}
