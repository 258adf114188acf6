/// Where tokens for `OAuthBearerMechanism` come from: `OAuthTokenEndpoint`, `OAuthTokenFile`, `UnsecuredTokens`,
/// `AWSIAMTokens` or a type of the caller's.
public protocol OAuthTokenProvider: Sendable {
    /// Obtains a new token. May block; the mechanism calls it when the last token is about to expire, on one thread at
    /// a time.
    ///
    /// - Throws: `SASLError` without credentials in its text.
    func retrieveToken() throws(SASLError) -> OAuthBearerToken
}
