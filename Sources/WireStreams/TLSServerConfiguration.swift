/// What a server presents to its clients and requires of them.
package struct TLSServerConfiguration: Sendable, Equatable {
    /// Whether clients present a certificate (`ssl.client.auth`).
    package enum ClientAuthentication: String, Sendable {
        case none, requested, required
    }

    /// Certificate chain and private key.
    package var identity: TLSConfiguration.Store
    package var clientAuthentication: ClientAuthentication
    /// The authorities of clients' certificates; nil: the system's.
    package var trust: TLSConfiguration.Store?
    package var protocols: Set<TLSConfiguration.ProtocolVersion> = [.tls12, .tls13]
    /// As `TLSConfiguration.cipherSuites`.
    package var cipherSuites: [String] = []

    package init(
        identity: TLSConfiguration.Store, clientAuthentication: ClientAuthentication = .none,
        trust: TLSConfiguration.Store? = nil
    ) {
        self.identity = identity
        self.clientAuthentication = clientAuthentication
        self.trust = trust
    }
}
