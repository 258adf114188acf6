import WireCore

/// AWS IAM for Amazon MSK by OAUTHBEARER: tokens as `IAMOAuthBearerLoginCallbackHandler` of `aws-msk-iam-auth` makes
/// them, the text of a URL that the client has signed.
public struct AWSIAMTokens: OAuthTokenProvider {
    private let credentials: CredentialCache<AWSCredentials>
    private let region: String?

    private static let expiresSeconds = 900

    /// - Parameter region: of the cluster; nil: that of the process (`AWS_REGION`, the profile, the instance).
    public init(_ provider: any AWSCredentialsProvider = AWSCredentialsChain(), region: String? = nil) {
        credentials = CredentialCache(provider)
        self.region = region
    }

    public func retrieveToken() throws(SASLError) -> OAuthBearerToken {
        let region = try AWSRegion.region(configured: region, host: nil, AWSEnvironment())
        return Self.token(region: region, credentials: try credentials.credential(), now: .now)
    }

    static func token(region: String, credentials: AWSCredentials, now: WallTime) -> OAuthBearerToken {
        let host = "kafka.\(region).amazonaws.com"
        let signature = AWSSignature(credentials: credentials, region: region, service: AWSIAMSession.service, now: now)
        let query = signature.presignedQuery(host: host, [AWSIAMSession.action], expiresSeconds: expiresSeconds)
            + [("User-Agent", AWSIAMSession.userAgent)]
        let issuedAt = now.seconds * 1000
        return OAuthBearerToken(
            value: JSONWebToken.encode(Array("https://\(host)/?\(AWSSignature.encoded(query))".utf8)),
            principalName: credentials.accessKeyID, issuedAtMilliseconds: issuedAt,
            expiresAtMilliseconds: issuedAt + Int64(expiresSeconds) * 1000)
    }
}

extension AWSIAMTokens: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without credentials.
    public var description: String { "tokens signed with credentials of AWS" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
