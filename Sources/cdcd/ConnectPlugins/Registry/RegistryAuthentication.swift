import HTTPWire
import WireCore

/// The credentials of requests to a registry. Holds a token while it is valid; used from one thread.
final class RegistryAuthentication {
    enum Method: Hashable, Sendable {
        /// The user information of each URL, if it has any.
        case urlUserInfo
        /// `user:password`.
        case basic(userInfo: Secret)
        case bearer(token: Secret)
        /// - renewalBufferSeconds: how long before its end a token is renewed. Ignored for a token whose lifetime is
        ///   shorter.
        case oauth(OAuthTokenRequest, renewalBufferSeconds: Int)
    }

    private let method: Method
    /// Headers that accompany a bearer token.
    private let bearerHeaders: [RegistryRequest.Header]
    private var token: (secret: Secret, renewal: MonotonicInstant)?
    /// The lifetime of a token whose answer does not say it.
    private static let defaultLifetimeSeconds: Int64 = 300

    init(_ method: Method, bearerHeaders: [RegistryRequest.Header] = []) {
        self.method = method
        self.bearerHeaders = bearerHeaders
    }

    /// Adds the credentials to a request. May request a token first.
    func apply(to request: inout HTTPClientRequest, _ transport: any RegistryTransport) throws(OAuthError) {
        switch method {
        case .urlUserInfo: return
        case .basic(let userInfo):
            request.url = request.url.withoutUserInfo
            var writer = ByteWriter()
            writer.base64(Array(userInfo.text.utf8))
            authorize(&request, "Basic " + String(decoding: writer.array(), as: UTF8.self))
        case .bearer(let token):
            request.url = request.url.withoutUserInfo
            authorize(&request, "Bearer " + token.text)
            addBearerHeaders(&request)
        case .oauth(let tokenRequest, let renewalBufferSeconds):
            request.url = request.url.withoutUserInfo
            authorize(&request, "Bearer " + (try validToken(tokenRequest, renewalBufferSeconds, transport)).text)
            addBearerHeaders(&request)
        }
    }

    /// A header of the configuration takes precedence.
    private func authorize(_ request: inout HTTPClientRequest, _ value: String) {
        guard !request.headers.contains(where: { $0.name.lowercased() == "authorization" }) else { return }
        request.headers.append(HTTPRequest.Header(name: "Authorization", value: value))
    }

    private func addBearerHeaders(_ request: inout HTTPClientRequest) {
        request.headers += bearerHeaders.map { HTTPRequest.Header(name: $0.name, value: $0.value) }
    }

    private func validToken(
        _ request: OAuthTokenRequest, _ renewalBufferSeconds: Int, _ transport: any RegistryTransport
    ) throws(OAuthError) -> Secret {
        if let token, transport.now < token.renewal { return token.secret }
        let response: RegistryResponse
        do throws(HTTPClientError) {
            response = try transport.send(request.httpRequest)
        } catch { throw OAuthError(error, endpoint: request.endpoint) }
        let new = try OAuthTokenResponse(to: request, status: response.status, body: response.body)
        let lifetime = max(0, min(new.lifetimeSeconds ?? Self.defaultLifetimeSeconds, 1 << 31))
        let buffer = Int64(renewalBufferSeconds)
        let seconds = lifetime > buffer ? lifetime - buffer : lifetime
        token = (new.accessToken, transport.now.advanced(byMilliseconds: Int(seconds) * 1000))
        return new.accessToken
    }
}
