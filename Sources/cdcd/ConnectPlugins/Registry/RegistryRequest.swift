import HTTPWire

/// A request to a registry, relative to the URL of any of its servers.
struct RegistryRequest: Equatable {
    var method = "GET"
    /// Not percent-encoded; a slash within a segment is escaped.
    var segments: [String]
    var parameters: [Parameter] = []
    var headers: [Header] = []
    /// nil: no body.
    var body: [UInt8]?

    struct Parameter: Equatable {
        let name: String
        let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    struct Header: Equatable {
        let name: String
        let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The same request to one server.
    func request(to url: HTTPURL) -> HTTPClientRequest {
        HTTPClientRequest(
            method: method,
            url: url.appending(segments: segments, parameters: parameters.map { (name: $0.name, value: $0.value) }),
            headers: headers.map { HTTPRequest.Header(name: $0.name, value: $0.value) },
            body: body.map { .bytes($0) } ?? .none)
    }

    /// For messages: without the body and the headers, which may hold secrets.
    var summary: String { "\(method) /\(segments.joined(separator: "/"))" }
}

/// The answer of a registry.
package struct RegistryResponse: Equatable {
    let status: Int
    let body: [UInt8]

    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }

    var isSuccess: Bool { (200...299).contains(status) }
}
