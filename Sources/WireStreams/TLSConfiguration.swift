/// What one side of a TLS connection presents and requires.
public struct TLSConfiguration: Sendable, Equatable {
    /// How the peer's certificate is checked.
    public enum Verification: Sendable, Equatable {
        /// Not at all: the connection is encrypted, but the peer is not authenticated.
        case none
        /// It must be signed by a trusted authority.
        case authority
        /// It must also be issued for this host name or address.
        case identity(host: String)
    }

    /// Certificates in a file.
    public enum Store: Sendable, Equatable {
        case pem(path: String)
        case pkcs12(path: String, password: String)
        /// Java's own format; its trusted certificates can be read, its private keys cannot.
        case jks(path: String, password: String?)
    }

    public var verification: Verification
    /// The host that a client requests (Server Name Indication, RFC 6066), by which a proxy for several servers selects
    /// one; nil sends none. An IP address is never sent, as the RFC requires.
    public var serverName: String?
    /// The trusted authorities; nil: the system's.
    public var trust: Store?
    /// Own certificate chain and key (both in one PEM file, or PKCS#12); nil: none.
    public var identity: Store?

    public init(
        verification: Verification, serverName: String? = nil, trust: Store? = nil, identity: Store? = nil
    ) {
        self.verification = verification
        self.serverName = serverName
        self.trust = trust
        self.identity = identity
    }
}
