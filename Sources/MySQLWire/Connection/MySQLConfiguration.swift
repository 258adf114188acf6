import WireStreams

/// Where and as whom to connect.
public struct MySQLConfiguration: Sendable, Equatable {
    /// `database.ssl.mode`.
    public enum TLSMode: Sendable, Equatable {
        case disabled
        /// Encrypted where the server offers it, without checking its certificate.
        case preferred
        case required
        case verifyAuthority
        case verifyIdentity
    }

    public var address: SocketAddress
    public var user: String
    public var password: String
    public var database: String?
    public var tlsMode = TLSMode.preferred
    public var trust: TLSConfiguration.Store?
    public var identity: TLSConfiguration.Store?
    public var allowPublicKeyRetrieval = false
    /// How long connecting and authenticating may take together.
    public var connectTimeoutMilliseconds = 30_000
    /// How long a reply may be silent; 0 waits for ever.
    public var readTimeoutMilliseconds = 0

    public init(address: SocketAddress, user: String, password: String = "", database: String? = nil) {
        self.address = address
        self.user = user
        self.password = password
        self.database = database
    }

    var handshakeDemand: Handshake.TLSDemand {
        switch tlsMode {
        case .disabled: .never
        case .preferred: .ifOffered
        case .required, .verifyAuthority, .verifyIdentity: .always
        }
    }

    var tlsConfiguration: TLSConfiguration {
        let verification: TLSConfiguration.Verification =
            switch tlsMode {
            case .disabled, .preferred, .required: .none
            case .verifyAuthority: .authority
            case .verifyIdentity: .identity(host: address.host)
            }
        return TLSConfiguration(
            verification: verification, serverName: address.host, trust: trust, identity: identity)
    }
}
