import WireCore

/// A request for an access token (RFC 6749), without I/O.
package struct OAuthTokenRequest: Hashable, Sendable {
    package enum Grant: Hashable, Sendable {
        /// RFC 6749, section 4.4.
        case clientCredentials(ClientAuthentication)
        /// RFC 7523, section 2.1: a signed token stands for the client.
        case jwtBearer(assertion: Secret)
    }

    /// How the client identifies itself at the endpoint.
    package enum ClientAuthentication: Hashable, Sendable {
        /// Basic authentication (RFC 6749, section 2.3.1).
        ///
        /// - isEncoded: whether id and secret are percent-encoded first. RFC 6749 requires it, and many servers do not
        ///   expect it.
        case header(id: String, secret: Secret, isEncoded: Bool)
        /// Parameters of the body.
        case body(id: String, secret: Secret)
        /// A signed token as a parameter of the body (RFC 7523, section 2.2).
        case assertion(Secret, id: String?)
    }

    package var endpoint: HTTPURL
    package var grant: Grant
    package var scope: String?

    package init(endpoint: HTTPURL, grant: Grant, scope: String? = nil) {
        self.endpoint = endpoint
        self.grant = grant
        self.scope = scope
    }

    package var httpRequest: HTTPClientRequest {
        var form: [(String, String)] = []
        var headers = [
            HTTPRequest.Header(name: "Accept", value: "application/json"),
            HTTPRequest.Header(name: "Cache-Control", value: "no-cache"),
            HTTPRequest.Header(name: "Content-Type", value: "application/x-www-form-urlencoded"),
        ]
        switch grant {
        case .jwtBearer(let assertion):
            form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion.text)]
        case .clientCredentials(let authentication):
            form = [("grant_type", "client_credentials")]
            switch authentication {
            case .header(let id, let secret, let isEncoded):
                headers.append(
                    HTTPRequest.Header(name: "Authorization", value: Self.basic(id, secret.text, isEncoded)))
            case .body(let id, let secret): form += [("client_id", id), ("client_secret", secret.text)]
            case .assertion(let assertion, let id):
                form += [
                    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                    ("client_assertion", assertion.text),
                ]
                if let id { form.append(("client_id", id)) }
            }
        }
        if let scope { form.append(("scope", scope)) }
        let body = form.map { "\($0.0)=\(PercentEncoding.encodeComponent($0.1))" }.joined(separator: "&")
        return HTTPClientRequest(method: "POST", url: endpoint, headers: headers, body: .bytes(Array(body.utf8)))
    }

    private static func basic(_ id: String, _ secret: String, _ isEncoded: Bool) -> String {
        // application/x-www-form-urlencoded as Java's URLEncoder writes it.
        func encoded(_ text: String) -> String {
            guard isEncoded else { return text }
            return PercentEncoding.encodeComponent(text).replacing("%20", with: "+").replacing("%2A", with: "*")
                .replacing("~", with: "%7E")
        }
        var writer = ByteWriter()
        writer.base64(Array("\(encoded(id)):\(encoded(secret))".utf8))
        return "Basic " + String(decoding: writer.array(), as: UTF8.self)
    }

    /// What must not be shown, also if the endpoint repeats it.
    var secrets: [String] {
        switch grant {
        case .jwtBearer(let assertion): [assertion.text]
        case .clientCredentials(.header(_, let secret, _)), .clientCredentials(.body(_, let secret)): [secret.text]
        case .clientCredentials(.assertion(let assertion, _)): [assertion.text]
        }
    }
}
