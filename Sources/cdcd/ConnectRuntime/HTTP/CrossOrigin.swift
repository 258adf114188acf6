import ConnectData
import HTTPWire

/// The origins whose pages may use this API (`access.control.allow.origin`), with the response headers of Connect's own
/// server, Jetty 12.
struct CrossOrigin: Sendable {
    /// Each a pattern that matches the whole origin; a lone `*` takes any.
    private let patterns: [JavaPattern]
    private let allowsAny: Bool
    private let methods: String

    /// - Parameters:
    ///   - patterns: those of `access.control.allow.origin`.
    ///   - allowsAny: whether `*` is one of them.
    ///   - methods: `access.control.allow.methods`; empty: those that Jetty allows.
    init(patterns: [JavaPattern], allowsAny: Bool, methods: [String]) {
        self.patterns = patterns
        self.allowsAny = allowsAny
        self.methods = methods.isEmpty ? "GET,POST,HEAD" : methods.joined(separator: ",")
    }

    /// Whether each origin of the header (one, or several with blanks between) may use the API.
    ///
    /// Jetty requires one of several; here all are required, since the check protects from requests that change
    /// something.
    func allows(_ header: String) -> Bool {
        if allowsAny { return true }
        let origins = header.split(separator: " ")
        return !origins.isEmpty && origins.allSatisfy { origin in
            patterns.contains { (try? $0.matchesWhole(String(origin))) ?? false }
        }
    }

    func headers(for request: HTTPRequest) -> [HTTPRequest.Header] {
        var headers = [HTTPRequest.Header(name: "Vary", value: "Origin")]
        guard let origin = request.header("Origin"), allows(origin) else { return headers }
        headers.append(HTTPRequest.Header(name: "Access-Control-Allow-Origin", value: origin))
        if request.method == "OPTIONS", request.header("Access-Control-Request-Method") != nil {
            headers.append(HTTPRequest.Header(name: "Access-Control-Allow-Methods", value: methods))
            headers.append(HTTPRequest.Header(name: "Access-Control-Allow-Headers", value: "Content-Type"))
            headers.append(HTTPRequest.Header(name: "Access-Control-Max-Age", value: "60"))
        }
        return headers
    }
}
