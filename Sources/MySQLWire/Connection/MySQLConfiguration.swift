import WireStreams

/// The server and account to connect to, and the settings of the connection.
public struct MySQLConfiguration: Sendable, Equatable {
    /// Whether the connection is encrypted and how the server's certificate is verified; MySQL's `--ssl-mode`.
    public enum TLSMode: Sendable, Equatable {
        /// No encryption.
        case disabled
        /// Encrypted if the server offers TLS. The certificate is not verified.
        case preferred
        /// Encrypted, or the connection fails. The certificate is not verified.
        case required
        /// Like `required`, and a trusted authority must have signed the certificate.
        case verifyAuthority
        /// Like `verifyAuthority`, and the certificate must be issued for the host of `address`.
        case verifyIdentity
    }

    public var address: SocketAddress
    public var user: String
    public var password: String
    /// The default database; nil for none.
    public var database: String?
    public var tlsMode = TLSMode.preferred
    /// The trusted authorities; nil for the system's.
    public var trust: TLSConfiguration.Store?
    /// The client's certificate and key; nil for none.
    public var identity: TLSConfiguration.Store?
    /// Whether the password may be encrypted with an RSA key that the server sends over an unencrypted connection. An
    /// intermediary could send its own key and read the password.
    public var allowPublicKeyRetrieval = false
    /// The maximum time for connecting and authenticating together.
    public var connectTimeoutMilliseconds = 30_000
    /// The maximum time without any bytes of a response; 0 for no limit.
    public var readTimeoutMilliseconds = 0
    /// The program's name, which the server shows in `performance_schema.session_connect_attrs` (`program_name`); nil
    /// to send none.
    public var programName: String?

    public init(address: SocketAddress, user: String, password: String = "", database: String? = nil) {
        self.address = address
        self.user = user
        self.password = password
        self.database = database
    }

    var handshakeDemand: Handshake.TLSRequirement {
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
