import WireCore

/// The claims of a JSON Web Token (RFC 7519) that a client reads. Its signature is verified by the broker alone.
///
/// The requirements are those of Kafka's `ClientJwtValidator`: a token that is not a JWT is refused.
struct JSONWebToken: Equatable {
    /// The names of the claims with the subject and the scope.
    struct ClaimNames: Equatable, Sendable {
        var subject = "sub"
        var scope = "scope"
    }

    let subject: String
    let issuedAtMilliseconds: Int64?
    let expiresAtMilliseconds: Int64

    private static let bytesMax = 64 << 10

    init(_ text: String, _ names: ClaimNames = ClaimNames()) throws(SASLError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        // The signature is empty if the token is not secured.
        guard text.utf8.count <= Self.bytesMax, parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty,
            let payload = Self.decode(parts[1]), let claims = (try? JSONValue.parse(payload))?.objectValue
        else { throw SASLError("the token is not a JWT of header, claims and signature") }
        guard let expiration = Self.milliseconds(claims["exp"]) else {
            throw SASLError("the token has no valid claim exp")
        }
        guard let subject = claims[names.subject]?.stringValue, subject.contains(where: { !$0.isWhitespace }) else {
            throw SASLError("the token has no valid claim \(names.subject) (sasl.oauthbearer.sub.claim.name)")
        }
        let issuedAt = claims["iat"]
        if let issuedAt, !issuedAt.isNull, Self.milliseconds(issuedAt) == nil {
            throw SASLError("the token has no valid claim iat")
        }
        try Self.checkScope(claims[names.scope], names.scope)
        self.subject = subject
        issuedAtMilliseconds = Self.milliseconds(issuedAt)
        expiresAtMilliseconds = expiration
    }

    /// Base64url without padding.
    static func decode(_ text: Substring) -> [UInt8]? {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        return Base64.decode(standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4))
    }

    /// Base64url without padding.
    static func encode(_ bytes: [UInt8]) -> String {
        var writer = ByteWriter()
        writer.base64(bytes)
        return String(decoding: writer.array(), as: UTF8.self).replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// A claim in seconds, which may have a fraction.
    private static func milliseconds(_ claim: JSONValue?) -> Int64? {
        switch claim {
        case .integer(let seconds)?:
            let (milliseconds, isTooLarge) = seconds.multipliedReportingOverflow(by: 1000)
            return isTooLarge || seconds < 0 ? nil : milliseconds
        case .double(let seconds)?: return seconds < 0 ? nil : Int64(exactly: (seconds * 1000).rounded(.down))
        default: return nil
        }
    }

    private static func checkScope(_ claim: JSONValue?, _ name: String) throws(SASLError) {
        guard let scopes = claim?.arrayValue else { return }
        var found: Set<String> = []
        for scope in scopes {
            guard let text = scope.stringValue, text.contains(where: { !$0.isWhitespace }), found.insert(text).inserted
            else { throw SASLError("the token has no valid claim \(name) (sasl.oauthbearer.scope.claim.name)") }
        }
    }
}

extension OAuthBearerToken {
    /// A token that is a JWT with the usual claims.
    package init(jwt: String) throws(SASLError) { try self.init(jwt: jwt, JSONWebToken.ClaimNames()) }

    /// A token that is a JWT.
    init(jwt: String, _ names: JSONWebToken.ClaimNames) throws(SASLError) {
        let claims = try JSONWebToken(jwt, names)
        self.init(
            value: jwt, principalName: claims.subject, issuedAtMilliseconds: claims.issuedAtMilliseconds,
            expiresAtMilliseconds: claims.expiresAtMilliseconds)
    }
}
