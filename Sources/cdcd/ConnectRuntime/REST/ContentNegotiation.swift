import HTTPWire

/// Checks a request's `Content-Type` and `Accept` headers as Connect's server does.
enum ContentNegotiation {
    /// Throws 415 if the body is not JSON, 406 if the client does not accept JSON.
    static func check(_ request: HTTPRequest) throws(RESTError) {
        if let type = request.header("Content-Type"), !type.isEmpty, !isJSON(type) {
            throw RESTError(415, "HTTP 415 Unsupported Media Type")
        }
        let ranges = request.headerElements("Accept")
        guard ranges.isEmpty || ranges.contains(where: acceptsJSON) else {
            throw RESTError(406, "HTTP 406 Not Acceptable")
        }
    }

    /// Throws 415 if the request has a body without a content type.
    static func requireJSONBody(_ request: HTTPRequest) throws(RESTError) {
        guard request.body.isEmpty || !(request.header("Content-Type") ?? "").isEmpty else {
            throw RESTError(415, "HTTP 415 Unsupported Media Type")
        }
    }

    private static func isJSON(_ type: String) -> Bool {
        let media = type.prefix { $0 != ";" }.trimmingBlanks()
        return media.equalsIgnoringASCIICase("application/json") || media == "application/*" || media == "*/*"
    }

    private static func acceptsJSON(_ range: String) -> Bool {
        let parts = range.split(separator: ";")
        guard let media = parts.first, isJSON(String(media)) || media.trimmingBlanks() == "*" else { return false }
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=")
            if pair.count == 2, pair[0].trimmingBlanks().equalsIgnoringASCIICase("q"), let quality = Double(pair[1].trimmingBlanks()) {
                return quality > 0
            }
        }
        return true
    }
}
