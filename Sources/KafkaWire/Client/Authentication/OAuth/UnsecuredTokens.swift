import WireCore

/// Tokens without a signature, for brokers in development: what Kafka's clients send with OAUTHBEARER if no login
/// callback handler is configured (`OAuthBearerUnsecuredLoginCallbackHandler`).
public struct UnsecuredTokens: OAuthTokenProvider {
    private let claims: [(name: String, value: JSONValue)]
    private let names: JSONWebToken.ClaimNames
    private let lifetimeSeconds: Int64
    /// The options `unsecuredLoginExtension_NAME`, for `OAuthBearerMechanism`.
    public let extensions: [String: String]

    /// - Parameter options: the JAAS options `unsecuredLoginStringClaim_NAME`, `unsecuredLoginNumberClaim_NAME`,
    ///   `unsecuredLoginListClaim_NAME` (the first character separates the elements),
    ///   `unsecuredLoginExtension_NAME`, `unsecuredLoginPrincipalClaimName`, `unsecuredLoginScopeClaimName` and
    ///   `unsecuredLoginLifetimeSeconds`. Others are ignored.
    /// - Throws: `SASLError` for an invalid value, and without a claim with the principal's name.
    public init(options: [String: String]) throws(SASLError) {
        var claims: [(name: String, value: JSONValue)] = []
        var extensions: [String: String] = [:]
        for (option, value) in options.sorted(by: { $0.key < $1.key }) {
            guard let mark = option.firstIndex(of: "_") else { continue }
            let name = String(option[option.index(after: mark)...])
            switch option[..<mark] {
            case "unsecuredLoginExtension":
                extensions[name] = value
                continue
            case "unsecuredLoginStringClaim": claims.append((name, .string(value)))
            case "unsecuredLoginNumberClaim":
                guard let number = Double(value), number.isFinite else { throw SASLError("\(option) is not a number") }
                claims.append((name, .double(number)))
            case "unsecuredLoginListClaim": claims.append((name, .array(Self.list(value))))
            default: continue
            }
            if name.isEmpty || name == "iat" || name == "exp" { throw SASLError("\(option) is not permitted") }
        }
        func name(_ option: String, default defaultName: String) -> String {
            let text = options[option]?.filter { !$0.isWhitespace } ?? ""
            return text.isEmpty ? defaultName : text
        }
        names = JSONWebToken.ClaimNames(
            subject: name("unsecuredLoginPrincipalClaimName", default: "sub"),
            scope: name("unsecuredLoginScopeClaimName", default: "scope"))
        let lifetime = options["unsecuredLoginLifetimeSeconds"] ?? "3600"
        guard let lifetimeSeconds = Int64(lifetime), (1...Self.lifetimeSecondsMax).contains(lifetimeSeconds) else {
            throw SASLError("unsecuredLoginLifetimeSeconds is not a number of seconds")
        }
        self.claims = claims
        self.lifetimeSeconds = lifetimeSeconds
        self.extensions = extensions
        _ = try token(nowMilliseconds: 0)
    }

    /// A hundred years.
    private static let lifetimeSecondsMax: Int64 = 100 * 366 * 86_400

    private static func list(_ value: String) -> [JSONValue] {
        guard let separator = value.first else { return [] }
        return value.dropFirst().split(separator: separator).map { .string(String($0)) }
    }

    public func retrieveToken() throws(SASLError) -> OAuthBearerToken {
        try token(nowMilliseconds: WallTime.now.epochMilliseconds)
    }

    func token(nowMilliseconds now: Int64) throws(SASLError) -> OAuthBearerToken {
        let seconds = now / 1000
        let header = JSONValue.object(["alg": .string("none")])
        let times: [(name: String, value: JSONValue)] = [
            ("exp", .integer(seconds + lifetimeSeconds)), ("iat", .integer(seconds)),
        ]
        let parts = [header, .object(JSONObject(times + claims))].map { JSONWebToken.encode($0.encoded()) }
        return try OAuthBearerToken(jwt: parts.joined(separator: ".") + ".", names)
    }
}
