import HTTPWire
import WireCore

/// A token of an identity provider.
struct OAuthToken: Equatable {
    let secret: Secret
    /// When the next one is to be requested.
    let renewal: MonotonicInstant
}

/// Why there is no token. Contains no secret.
enum OAuthError: Error, Equatable, CustomStringConvertible {
    case failed(String, isRetriable: Bool)
    case cancelled

    var isRetriable: Bool {
        switch self {
        case .failed(_, let isRetriable): isRetriable
        case .cancelled: false
        }
    }

    var description: String {
        switch self {
        case .failed(let message, _): message
        case .cancelled: "the request was cancelled"
        }
    }
}

/// The client credentials grant (RFC 6749, 4.4): request and answer, without I/O.
struct OAuthClientCredentials: Hashable, Sendable {
    /// How the client identifies itself at the endpoint (RFC 6749, 2.3.1).
    enum Identification: Hashable, Sendable {
        /// Basic authentication, as Kafka's `HttpJwtRetriever`.
        case header
        /// Parameters of the body, as Apicurio's `OidcAuth`.
        case body
    }

    var endpoint: HTTPURL
    var clientID: String
    var clientSecret: Secret
    var scope: String?
    var identification = Identification.header
    /// How long before its end a token is renewed. Ignored for a token whose lifetime is shorter.
    var renewalBufferSeconds = 300

    private static let tokenBytesMax = 64 << 10
    /// The lifetime of a token whose answer does not say it.
    private static let defaultLifetimeSeconds: Int64 = 300

    var request: HTTPClientRequest {
        var form: [(String, String)] = [("grant_type", "client_credentials")]
        if let scope { form.append(("scope", scope)) }
        var headers = [
            HTTPRequest.Header(name: "Accept", value: "application/json"),
            HTTPRequest.Header(name: "Content-Type", value: "application/x-www-form-urlencoded"),
        ]
        switch identification {
        case .header:
            var writer = ByteWriter()
            writer.base64(Array("\(clientID):\(clientSecret.text)".utf8))
            headers.append(
                HTTPRequest.Header(
                    name: "Authorization", value: "Basic " + String(decoding: writer.array(), as: UTF8.self)))
        case .body: form += [("client_id", clientID), ("client_secret", clientSecret.text)]
        }
        let body = form.map { "\($0.0)=\(PercentEncoding.encodeComponent($0.1))" }.joined(separator: "&")
        return HTTPClientRequest(method: "POST", url: endpoint, headers: headers, body: .bytes(Array(body.utf8)))
    }

    /// Reads the answer of the endpoint.
    func token(from response: RegistryResponse, now: MonotonicInstant) throws(OAuthError) -> OAuthToken {
        let object = (try? JSONValue.parse(response.body))?.objectValue
        guard response.isSuccess else {
            // RFC 6749, 5.2: a code such as invalid_client.
            let code = object?["error"]?.stringValue.map { " (\($0.prefix(100)))" } ?? ""
            throw .failed(
                "the token endpoint \(endpoint) answers with status \(response.status)\(code)",
                isRetriable: response.status >= 500 || [408, 429].contains(response.status))
        }
        guard let text = object?["access_token"]?.stringValue, !text.isEmpty, text.utf8.count <= Self.tokenBytesMax,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw .failed("the token endpoint \(endpoint) returns no usable access_token", isRetriable: false) }
        let lifetime = max(0, min(object?["expires_in"]?.integerValue ?? Self.defaultLifetimeSeconds, 1 << 31))
        let buffer = Int64(renewalBufferSeconds)
        let seconds = lifetime > buffer ? lifetime - buffer : lifetime
        return OAuthToken(secret: Secret(text), renewal: now.advanced(byMilliseconds: Int(seconds) * 1000))
    }
}
