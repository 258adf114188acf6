import HTTPWire
import WireCore
import WireStreams

/// Tokens of an identity provider, requested from its token endpoint (KIP-768, KIP-1139; RFC 6749).
public struct OAuthTokenEndpoint: OAuthTokenProvider {
    /// On what grounds the endpoint issues a token (`sasl.oauthbearer.grant.type`).
    public enum Grant: Sendable {
        /// The client's id and secret (`sasl.oauthbearer.client.credentials.*`).
        case clientCredentials(id: String, secret: String)
        /// A signed token in place of the secret (`sasl.oauthbearer.assertion.*`). The id may be in the token alone.
        case clientAssertion(JWTAssertion, id: String? = nil)
        /// A signed token alone (`urn:ietf:params:oauth:grant-type:jwt-bearer`).
        case jwtBearer(JWTAssertion)
    }

    /// The scope that is requested (`sasl.oauthbearer.scope`); nil: the client's default.
    public var scope: String?
    /// Whether id and secret are sent in the body instead of the header `Authorization`.
    public var sendsSecretInBody = false
    /// Whether id and secret are encoded before they are put into the header
    /// (`sasl.oauthbearer.header.urlencode`).
    public var encodesHeader = false
    /// TLS with the endpoint, if its URL is `https`; its host replaces the one given.
    public var tls = TLSConfiguration(verification: .identity(host: ""))
    /// The maximum time to connect (`sasl.login.connect.timeout.ms`).
    public var connectTimeoutMilliseconds = 10_000
    /// The maximum time without data (`sasl.login.read.timeout.ms`).
    public var readTimeoutMilliseconds = 30_000
    /// The pause before the first retry; it doubles with each one (`sasl.login.retry.backoff.ms`).
    public var retryBackoffMilliseconds = 100
    /// The time after which no further attempt is made (`sasl.login.retry.backoff.max.ms`).
    public var retryBackoffMaxMilliseconds = 10_000
    /// The claim with the principal's name (`sasl.oauthbearer.sub.claim.name`).
    public var subjectClaim = "sub"
    /// The claim with the scope (`sasl.oauthbearer.scope.claim.name`).
    public var scopeClaim = "scope"

    private let url: HTTPURL
    private let grant: Grant

    /// The maximum size of a response; tokens have some kilobytes.
    private static let responseBytesMax = 1 << 20

    /// - Parameter url: `http` or `https` (`sasl.oauthbearer.token.endpoint.url`).
    /// - Throws: `SASLError` if the URL is invalid, or a credential is empty.
    public init(url: String, grant: Grant) throws(SASLError) {
        guard let parsed = HTTPURL(url) else { throw SASLError("the URL of the token endpoint is not a valid http(s) URL") }
        if case .clientCredentials(let id, let secret) = grant, id.isEmpty || secret.isEmpty {
            throw SASLError("the client's id or secret for the token endpoint \(parsed) is empty")
        }
        self.url = parsed
        self.grant = grant
    }

    public func retrieveToken() throws(SASLError) -> OAuthBearerToken {
        let end = MonotonicInstant.now.advanced(byMilliseconds: max(0, retryBackoffMaxMilliseconds))
        var pauseMilliseconds = max(1, retryBackoffMilliseconds)
        while true {
            do throws(OAuthError) {
                let response = try send(try request(now: .now))
                do throws(SASLError) {
                    return try OAuthBearerToken(
                        jwt: response.accessToken.text,
                        JSONWebToken.ClaimNames(subject: subjectClaim, scope: scopeClaim))
                } catch { throw OAuthError.failed("the token endpoint \(url): \(error.reason)", isRetriable: false) }
            } catch {
                let remaining = end.milliseconds(since: .now)
                guard error.isRetriable, remaining > 0 else {
                    throw SASLError("\(error)", isRetriable: error.isRetriable)
                }
                let pause = min(pauseMilliseconds, remaining)
                _ = Monitor(false).waitUntilTrue(deadline: .now.advanced(byMilliseconds: pause))
                pauseMilliseconds = min(pauseMilliseconds * 2, retryBackoffMaxMilliseconds)
            }
        }
    }

    func request(now: WallTime) throws(OAuthError) -> OAuthTokenRequest {
        let requested: OAuthTokenRequest.Grant
        do throws(SASLError) {
            requested =
                switch grant {
                case .clientCredentials(let id, let secret):
                    .clientCredentials(
                        sendsSecretInBody
                            ? .body(id: id, secret: Secret(secret))
                            : .header(id: id, secret: Secret(secret), isEncoded: encodesHeader))
                case .clientAssertion(let assertion, let id):
                    .clientCredentials(.assertion(try assertion.token(now: now), id: id))
                case .jwtBearer(let assertion): .jwtBearer(assertion: try assertion.token(now: now))
                }
        } catch { throw .failed(error.reason, isRetriable: error.isRetriable) }
        return OAuthTokenRequest(endpoint: url, grant: requested, scope: scope)
    }

    private func send(_ request: OAuthTokenRequest) throws(OAuthError) -> OAuthTokenResponse {
        var limits = HTTPClientLimits()
        limits.connectTimeoutMilliseconds = connectTimeoutMilliseconds
        limits.readTimeoutMilliseconds = readTimeoutMilliseconds
        limits.totalTimeoutMilliseconds = connectTimeoutMilliseconds + 2 * readTimeoutMilliseconds
        limits.bodyBytesMax = Self.responseBytesMax
        let response: HTTPClientResponse
        do throws(HTTPClientError) {
            response = try HTTPClient(limits: limits, tls: tls, userAgent: "KafkaWire").send(request.httpRequest)
        } catch { throw OAuthError(error, endpoint: url) }
        return try OAuthTokenResponse(to: request, status: response.status, body: response.body)
    }
}

extension OAuthTokenEndpoint: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The endpoint's URL without user information.
    public var description: String { "\(url)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
