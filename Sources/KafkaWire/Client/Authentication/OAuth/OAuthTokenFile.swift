/// A token in a file (`sasl.oauthbearer.token.endpoint.url=file:…`), for example one that Kubernetes projects into a
/// container. The file is read for each new token.
public struct OAuthTokenFile: OAuthTokenProvider, Equatable {
    private let path: String
    private let names: JSONWebToken.ClaimNames

    /// - Parameters:
    ///   - path: of a file that contains a JWT, perhaps with blanks around it.
    ///   - subjectClaim: the claim with the principal's name (`sasl.oauthbearer.sub.claim.name`).
    ///   - scopeClaim: the claim with the scope (`sasl.oauthbearer.scope.claim.name`).
    public init(path: String, subjectClaim: String = "sub", scopeClaim: String = "scope") {
        self.path = path
        names = JSONWebToken.ClaimNames(subject: subjectClaim, scope: scopeClaim)
    }

    public func retrieveToken() throws(SASLError) -> OAuthBearerToken {
        let text = try CredentialFile.text(path)
        do throws(SASLError) {
            return try OAuthBearerToken(jwt: text, names)
        } catch { throw SASLError("\(path): \(error.reason)") }
    }
}
