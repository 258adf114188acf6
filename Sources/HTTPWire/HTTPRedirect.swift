/// Decides about responses with a redirect status (RFC 9110, 15.4), without I/O.
enum HTTPRedirect {
    /// Headers that describe a body, removed when the method changes to GET.
    private static let contentHeaders = [
        "content-type", "content-encoding", "content-language", "content-location", "digest", "last-modified",
    ]
    private static let credentialHeaders = ["authorization", "cookie", "proxy-authorization"]

    /// The request to send next. Returns nil if the response is not a redirect.
    ///
    /// Credentials are sent to the same scheme, host and port only. Throws if the redirect must not be followed.
    static func next(
        after request: HTTPClientRequest, _ head: HTTPResponseHead
    ) throws(HTTPClientError) -> HTTPClientRequest? {
        guard [301, 302, 303, 307, 308].contains(head.status), let location = head.header("Location") else { return nil }
        guard let target = request.url.resolving(location) else {
            throw .redirectRefused(to: redacted(location), reason: "it is not an http(s) URL")
        }
        guard request.url.scheme == .http || target.scheme == .https else {
            throw .redirectRefused(to: "\(target)", reason: "it leads from https to http")
        }
        var next = request
        next.url = target
        let becomesGET =
            head.status == 303 ? request.method != "HEAD" : head.status <= 302 && request.method == "POST"
        if becomesGET {
            next.method = "GET"
            next.body = .none
            next.headers.removeAll { contentHeaders.contains($0.name.lowercased()) }
        } else if !request.body.isRepeatable {
            throw .redirectRefused(to: "\(target)", reason: "the request's body cannot be sent again")
        }
        if !target.isSameOrigin(as: request.url) {
            next.headers.removeAll { credentialHeaders.contains($0.name.lowercased()) }
        }
        return next
    }

    /// The location without user information and query, which may contain passwords.
    private static func redacted(_ location: String) -> String {
        let text = location.prefix { $0 != "?" }
        guard let at = text.lastIndex(of: "@") else { return String(text.prefix(200)) }
        return String(text[text.index(after: at)...].prefix(200))
    }
}
