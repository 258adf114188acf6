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
        case oauth(OAuthClientCredentials)
    }

    private let method: Method
    /// Headers that accompany a bearer token.
    private let bearerHeaders: [RegistryRequest.Header]
    private var token: OAuthToken?

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
        case .oauth(let credentials):
            request.url = request.url.withoutUserInfo
            authorize(&request, "Bearer " + (try validToken(credentials, transport)).text)
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
        _ credentials: OAuthClientCredentials, _ transport: any RegistryTransport
    ) throws(OAuthError) -> Secret {
        if let token, transport.now < token.renewal { return token.secret }
        let response: RegistryResponse
        do throws(HTTPClientError) {
            let request = credentials.request
            response = CredentialRedaction(request, others: [credentials.clientSecret.text])
                .applied(to: try transport.send(request))
        } catch .cancelled {
            throw .cancelled
        } catch {
            throw .failed("the token endpoint \(credentials.endpoint): \(error)", isRetriable: error.isRetriable)
        }
        let new = try credentials.token(from: response, now: transport.now)
        token = new
        return new.secret
    }
}
