import WireStreams

/// Access tokens of OAuth 2 (RFC 7628, KIP-255, KIP-768): `OAUTHBEARER`.
///
/// One token is shared by all connections, and replaced before it expires; while it is valid, no connection waits long
/// for its successor. Copies share the token too.
public struct OAuthBearerMechanism: SASLMechanism {
    private let cache: CredentialCache<OAuthBearerToken>
    private let extensions: [(name: String, value: String)]

    /// - Parameters:
    ///   - extensions: sent beside the token (the JAAS options `extension_NAME`), for example `logicalCluster` for
    ///     Confluent Cloud. Names consist of letters, values of printable ASCII.
    ///   - refresh: when a token is replaced.
    /// - Throws: `SASLError` if an extension is invalid.
    public init(
        _ provider: any OAuthTokenProvider, extensions: [String: String] = [:],
        refresh: OAuthTokenRefresh = OAuthTokenRefresh()
    ) throws(SASLError) {
        cache = CredentialCache(refresh) { () throws(SASLError) in try provider.retrieveToken() }
        for (name, value) in extensions {
            guard !name.isEmpty, name != "auth", name.utf8.allSatisfy({ $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }) else {
                throw SASLError("the extension name \(SASLError.printable(name)) is invalid")
            }
            // RFC 7628, section 3.1: printable characters and blanks.
            let isValid = value.utf8.allSatisfy { (0x20...0x7E).contains($0) || [0x09, 0x0A, 0x0D].contains($0) }
            guard isValid, !value.isEmpty else { throw SASLError("the value of the extension \(name) is invalid") }
        }
        self.extensions = extensions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    public var name: String { "OAUTHBEARER" }

    public func makeSession(broker: SocketAddress) throws(SASLError) -> any SASLSession {
        OAuthBearerSession(token: try cache.credential().value, extensions: extensions)
    }
}

extension OAuthBearerMechanism: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name alone.
    public var description: String { name }
    public var debugDescription: String { name }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
