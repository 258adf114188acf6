import WireCore

/// A response of the server, before it is sent.
package struct HTTPResponse: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// Written by the closure while the client reads, on the connection's own thread: in chunks, or for clients of
        /// HTTP/1.0 until the connection ends. The closure is not called for HEAD. If it throws, the connection is
        /// closed, so that the client detects the incomplete body.
        case stream(@Sendable (HTTPBodyWriter) throws -> Void)
    }

    package var status: Int
    package var headers: [HTTPRequest.Header] = []
    package var body: Body

    package init(status: Int, headers: [HTTPRequest.Header] = [], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package init(status: Int, headers: [HTTPRequest.Header] = [], body: [UInt8]) {
        self.init(status: status, headers: headers, body: .bytes(body))
    }

    var isStreamed: Bool { if case .stream = body { true } else { false } }

    /// A status that by definition has no body (204) is sent without a length.
    private var hasBody: Bool { status != 204 && status != 304 && status >= 200 }

    /// Whether the connection stays open after the response.
    package enum Persistence: Equatable {
        case closing
        /// Clients of HTTP/1.0 reuse it only if the response has `Connection: keep-alive` (RFC 9112, appendix C.2.2).
        case open(minorVersion: Int)
    }

    package static let continueInterim: [UInt8] = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Appends status line, headers and (unless `headOnly`) the body, if it is not streamed.
    ///
    /// - Parameters:
    ///   - isChunked: how a streamed body is sent.
    ///   - now: seconds since the epoch, for the `Date` header.
    package func encode(
        into writer: inout ByteWriter, persistence: Persistence, headOnly: Bool, isChunked: Bool = true, now: Int64
    ) {
        writer.utf8("HTTP/1.1 \(status) \(Self.reasonPhrase(status))\r\n")
        writer.utf8("Date: \(Self.date(now))\r\n")
        for header in headers { writer.utf8("\(header.name): \(header.value)\r\n") }
        switch body {
        case .bytes(let bytes) where hasBody: writer.utf8("Content-Length: \(bytes.count)\r\n")
        case .stream where isChunked: writer.utf8("Transfer-Encoding: chunked\r\n")
        case .bytes, .stream: break
        }
        switch persistence {
        case .closing: writer.utf8("Connection: close\r\n")
        case .open(minorVersion: 0): writer.utf8("Connection: keep-alive\r\n")
        case .open: break
        }
        writer.utf8("\r\n")
        if case .bytes(let bytes) = body, hasBody, !headOnly { writer.bytes(bytes) }
    }

    package static func reasonPhrase(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Status \(status)"
        }
    }

    /// RFC 9110, 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
    package static func date(_ secondsSinceEpoch: Int64) -> String {
        let secondOfDay = (secondsSinceEpoch % 86_400 + 86_400) % 86_400
        let days = (secondsSinceEpoch - secondOfDay) / 86_400
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let (year, month, day) = CivilDate.from(daysSinceEpoch: days)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = "\(two(secondOfDay / 3600)):\(two(secondOfDay / 60 % 60)):\(two(secondOfDay % 60))"
        return "\(weekdays[Int(((days % 7) + 7) % 7)]), \(two(day)) \(months[Int(month) - 1]) \(year) \(clock) GMT"
    }
}
