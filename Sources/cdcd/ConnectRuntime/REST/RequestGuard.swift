import HTTPWire

/// Refuses requests by their `Host` and `Origin` headers.
///
/// Any page that is open in a browser can send requests to any address. `cdcd.rest.allowed.hosts` refuses those of a
/// page whose host name was made to resolve to this worker's address (DNS rebinding). A request that changes something,
/// sent from a page of another origin, is refused unless `access.control.allow.origin` permits that origin; Connect
/// itself carries out those that browsers send without a preflight request (a POST without a body).
struct RequestGuard: Sendable {
    /// Lower case, without ports; nil: all.
    private let allowedHosts: Set<String>?
    private let origins: CrossOrigin?

    init(_ configuration: WorkerConfiguration) {
        allowedHosts = configuration.allowedHosts
        origins = configuration.crossOrigin
    }

    /// Throws 403 for a request that is refused.
    func check(_ request: HTTPRequest) throws(RESTError) {
        try checkHost(request)
        guard ["POST", "PUT", "PATCH", "DELETE"].contains(request.method) else { return }
        for origin in request.headers where origin.name.equalsIgnoringASCIICase("Origin") {
            guard isOwn(origin.value, host: request.header("Host")) || origins?.allows(origin.value) == true else {
                throw RESTError(
                    403, "A request from a page of the origin \(origin.value) must not change anything here: it is neither this "
                        + "worker's own nor in access.control.allow.origin.")
            }
        }
    }

    private func checkHost(_ request: HTTPRequest) throws(RESTError) {
        guard let allowedHosts else { return }
        let header = request.header("Host") ?? ""
        guard let host = Authority(header)?.host, allowedHosts.contains(host) else {
            throw RESTError(
                403, "The host '\(header)' is not in cdcd.rest.allowed.hosts. Name it there, or call this worker by one that is.")
        }
    }

    /// Whether a page of this origin came from the host and port that the request is sent to.
    private func isOwn(_ origin: String, host: String?) -> Bool {
        for (scheme, port) in [("http://", 80), ("https://", 443)] {
            guard origin.utf8.count > scheme.utf8.count, origin.prefix(scheme.count).lowercased() == scheme,
                let page = Authority(String(origin.dropFirst(scheme.count))),
                let target = host.flatMap({ Authority($0) })
            else { continue }
            return page.host == target.host && (page.port ?? port) == (target.port ?? port)
        }
        return false
    }

    /// The response headers that inform browsers which origins may read the response.
    func headers(for request: HTTPRequest) -> [HTTPRequest.Header] { origins?.headers(for: request) ?? [] }
}
