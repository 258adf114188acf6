/// An access token for OAUTHBEARER, with what the client must know of it.
public struct OAuthBearerToken: Sendable, Equatable {
    /// The token as it is sent to brokers. Secret.
    public let value: String
    /// The subject, for messages.
    public let principalName: String
    /// When it was issued, in milliseconds since the epoch; nil if it does not say so.
    public let issuedAtMilliseconds: Int64?
    /// When it expires, in milliseconds since the epoch.
    public let expiresAtMilliseconds: Int64

    /// - Parameters:
    ///   - value: without blanks and control characters.
    ///   - issuedAtMilliseconds: since the epoch.
    ///   - expiresAtMilliseconds: since the epoch.
    public init(
        value: String, principalName: String, issuedAtMilliseconds: Int64? = nil, expiresAtMilliseconds: Int64
    ) {
        self.value = value
        self.principalName = principalName
        self.issuedAtMilliseconds = issuedAtMilliseconds
        self.expiresAtMilliseconds = expiresAtMilliseconds
    }
}

extension OAuthBearerToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without the token itself.
    public var description: String { "token of \(principalName), expires at \(expiresAtMilliseconds) ms" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
