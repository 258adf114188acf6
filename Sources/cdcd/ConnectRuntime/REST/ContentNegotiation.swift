import HTTPWire

/// What a request says about the form of its body and of the answer, judged as Connect's server judges it.
enum ContentNegotiation {
    /// Throws 415 for a body in another form than JSON, 406 where JSON is not acceptable.
    static func check(_ request: HTTPRequest) throws(RESTError) {
        if let type = request.header("Content-Type"), !type.isEmpty, !isJSON(type) {
            throw RESTError(415, "HTTP 415 Unsupported Media Type")
        }
        let ranges = request.headerElements("Accept")
        guard ranges.isEmpty || ranges.contains(where: takesJSON) else {
            throw RESTError(406, "HTTP 406 Not Acceptable")
        }
    }

    /// A body that is read has to say what it is.
    static func requireJSONBody(_ request: HTTPRequest) throws(RESTError) {
        guard request.body.isEmpty || !(request.header("Content-Type") ?? "").isEmpty else {
            throw RESTError(415, "HTTP 415 Unsupported Media Type")
        }
    }

    private static func isJSON(_ type: String) -> Bool {
        let media = type.prefix { $0 != ";" }.trimmingBlanks()
        return media.equalsIgnoringASCIICase("application/json") || media == "application/*" || media == "*/*"
    }

    private static func takesJSON(_ range: String) -> Bool {
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
