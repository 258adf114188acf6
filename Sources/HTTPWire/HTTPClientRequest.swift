/// A request before it is sent.
package struct HTTPClientRequest {
    package enum Body {
        case none
        case bytes([UInt8])
        /// Produced while it is sent, with a length that is known before: the closure returns pieces until nil.
        /// Such a request is sent once; it is not repeated after a redirect or on another connection.
        case sized(bytes: Int, next: () throws -> [UInt8]?)
        /// Produced while it is sent, in chunks. Sent once, too.
        case chunked(next: () throws -> [UInt8]?)

        /// Whether it can be sent again.
        var isRepeatable: Bool {
            switch self {
            case .none, .bytes: true
            case .sized, .chunked: false
            }
        }
    }

    package var method: String
    package var url: HTTPURL
    /// Without `Host`, `Content-Length`, `Transfer-Encoding` and `Connection`, which the client sets.
    package var headers: [HTTPRequest.Header]
    package var body: Body

    package init(method: String = "GET", url: HTTPURL, headers: [HTTPRequest.Header] = [], body: Body = .none) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// RFC 9110, 9.2.2: repeating it has the same effect as sending it once.
    var isIdempotent: Bool { ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"].contains(method) }

    private static let reservedHeaders = ["host", "content-length", "transfer-encoding", "connection"]

    /// Throws for what would change the meaning of the bytes on the wire.
    func check() throws(HTTPClientError) {
        guard !method.isEmpty, method.utf8.allSatisfy(HTTPSyntax.isTokenCharacter) else {
            throw .invalidRequest("the method is not a token")
        }
        for header in headers {
            guard !header.name.isEmpty, header.name.utf8.allSatisfy(HTTPSyntax.isTokenCharacter) else {
                throw .invalidRequest("the name of a header is not a token")
            }
            guard !Self.reservedHeaders.contains(header.name.lowercased()) else {
                throw .invalidRequest("the header \(header.name) is set by the client")
            }
            guard header.value.utf8.allSatisfy(HTTPSyntax.isValueCharacter) else {
                throw .invalidRequest("the header \(header.name) contains a control character")
            }
        }
    }

    /// Request line and headers, with the empty line.
    func head(userAgent: String) -> [UInt8] {
        var text = "\(method) \(url.target) HTTP/1.1\r\nHost: \(url.authority)\r\n"
        if headers.firstValue("User-Agent") == nil { text += "User-Agent: \(userAgent)\r\n" }
        for header in headers { text += "\(header.name): \(header.value)\r\n" }
        switch body {
        case .none: if ["POST", "PUT", "PATCH"].contains(method) { text += "Content-Length: 0\r\n" }
        case .bytes(let bytes): text += "Content-Length: \(bytes.count)\r\n"
        case .sized(let count, _): text += "Content-Length: \(count)\r\n"
        case .chunked: text += "Transfer-Encoding: chunked\r\n"
        }
        return Array((text + "\r\n").utf8)
    }
}
