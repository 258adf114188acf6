/// Why this client does not perform the authentication that the server requests.
public struct MySQLAuthenticationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// New reasons may be added.
    @nonexhaustive
    public enum Reason: Equatable, Sendable {
        /// Full authentication on a connection without TLS needs the server's RSA key, and
        /// `MySQLConfiguration.allowPublicKeyRetrieval` is off: an intermediary could send its own key.
        case publicKeyRetrievalNotAllowed
        /// `mysql_clear_password` sends the password in the clear, which is only done over TLS.
        case clearTextPasswordWithoutTLS
        /// The account uses an authentication plugin that is not implemented.
        case unsupportedPlugin(String)
    }

    public let reason: Reason
    public let user: String
    /// Whether the server is MariaDB, whose `IDENTIFIED` clause differs from MySQL's.
    public let isMariaDB: Bool

    package init(_ reason: Reason, user: String, isMariaDB: Bool) {
        self.reason = reason
        self.user = user
        self.isMariaDB = isMariaDB
    }

    public var description: String {
        switch reason {
        case .publicKeyRetrievalNotAllowed:
            "Public Key Retrieval is not allowed: the account \(user) requires full authentication over a connection "
                + "without TLS"
        case .clearTextPasswordWithoutTLS:
            "the account \(user) uses mysql_clear_password, which sends the password unencrypted and is only supported over TLS"
        case .unsupportedPlugin(let plugin):
            "the account \(user) uses the authentication plugin \(plugin), which is not supported"
        }
    }
}
