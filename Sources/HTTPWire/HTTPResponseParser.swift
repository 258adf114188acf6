import WireCore

/// The client's receiving half of HTTP/1.1 (RFC 9112) as a value: bytes in, the parts of one response out, no I/O.
///
/// Feed it what arrived and call `next()` until it needs more; call `end()` when the connection has ended. Anything
/// ambiguous is an error: two lengths, a length beside chunks, a bare line feed.
package struct HTTPResponseParser {
    package enum Outcome: Equatable {
        case needMore
        /// A 1xx response, after which the real one follows.
        case informational(HTTPResponseHead)
        case head(HTTPResponseHead)
        /// The next bytes of the body, at least one.
        case body([UInt8])
        /// The response is complete. Returned again from now on.
        case end(trailers: [HTTPRequest.Header])
    }

    private enum State {
        case head(scanned: Int)
        case sizedBody(bytes: Int)
        case chunkSize
        case chunkData(bytes: Int)
        case chunkEnd
        case trailers([HTTPRequest.Header], bytesSoFar: Int)
        case bodyUntilEnd
        case complete(trailers: [HTTPRequest.Header])
    }

    private let hasNoBody: Bool
    private let limits: HTTPClientLimits
    private var buffer: [UInt8] = []
    private var start = 0
    private var state = State.head(scanned: 0)
    private var bodyBytes = 0
    private var hasReceived = false
    private var mayPersist = false

    /// - Parameter method: of the request; the response to HEAD has no body.
    package init(method: String, limits: HTTPClientLimits = HTTPClientLimits()) {
        hasNoBody = method == "HEAD"
        self.limits = limits
    }

    /// Whether the connection can be used for another request (RFC 9112, 9.3). False before the response is complete.
    package var isReusable: Bool {
        guard case .complete = state else { return false }
        return mayPersist && start == buffer.count
    }

    package mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        if start > 0 {
            buffer.removeSubrange(0..<start)
            start = 0
        }
        hasReceived = hasReceived || bytes.count > 0
        buffer.append(contentsOf: bytes)
    }

    /// The connection has ended. Throws unless that ends the body, or the response is complete already.
    package mutating func end() throws(HTTPClientError) {
        switch state {
        case .bodyUntilEnd: state = .complete(trailers: [])
        case .complete: break
        case .head where !hasReceived: throw .closedBeforeResponse
        case .head, .sizedBody, .chunkSize, .chunkData, .chunkEnd, .trailers: throw .truncatedResponse
        }
    }

    /// The next part of the response. After an error the parser must not be used again.
    package mutating func next() throws(HTTPClientError) -> Outcome {
        while true {
            switch state {
            case .head(let scanned):
                guard let head = try parseHead(scannedBefore: scanned) else { return .needMore }
                if (100...199).contains(head.status) {
                    state = .head(scanned: 0)
                    guard head.status != 101 else { throw .malformedResponse("switches to another protocol") }
                    return .informational(head)
                }
                state = try bodyState(of: head)
                return .head(head)
            case .sizedBody(let bytes):
                guard let part = try takeBody(atMost: bytes) else { return .needMore }
                state = part.count == bytes ? .complete(trailers: []) : .sizedBody(bytes: bytes - part.count)
                return .body(part)
            case .bodyUntilEnd:
                guard let part = try takeBody(atMost: .max) else { return .needMore }
                return .body(part)
            case .chunkSize:
                guard let line = try takeLine(bytesMax: 256) else { return .needMore }
                guard let size = HTTPSyntax.chunkSize(line) else { throw .malformedResponse("invalid chunk size") }
                state = size == 0 ? .trailers([], bytesSoFar: 0) : .chunkData(bytes: size)
            case .chunkData(let bytes):
                guard let part = try takeBody(atMost: bytes) else { return .needMore }
                state = part.count == bytes ? .chunkEnd : .chunkData(bytes: bytes - part.count)
                return .body(part)
            case .chunkEnd:
                guard buffer.count - start >= 2 else { return .needMore }
                guard buffer[start] == 0x0D, buffer[start + 1] == 0x0A else {
                    throw .malformedResponse("chunk does not end with CRLF")
                }
                start += 2
                state = .chunkSize
            case .trailers(let trailers, let bytesSoFar):
                guard let line = try takeLine(bytesMax: limits.headBytesMax) else { return .needMore }
                let bytes = bytesSoFar + line.count
                guard bytes <= limits.headBytesMax, trailers.count < limits.headerCountMax else {
                    throw .headTooLarge(bytesMax: limits.headBytesMax)
                }
                state =
                    line.isEmpty
                    ? .complete(trailers: trailers)
                    : .trailers(trailers + [try Self.header(line)], bytesSoFar: bytes)
            case .complete(let trailers): return .end(trailers: trailers)
            }
        }
    }

    // MARK: Head

    private mutating func parseHead(scannedBefore: Int) throws(HTTPClientError) -> HTTPResponseHead? {
        guard let end = HTTPSyntax.headEnd(in: buffer, from: start + scannedBefore) else {
            guard buffer.count - start <= limits.headBytesMax else {
                throw .headTooLarge(bytesMax: limits.headBytesMax)
            }
            try checkUnfinishedHead()
            state = .head(scanned: max(0, buffer.count - start - 3))
            return nil
        }
        guard end - start <= limits.headBytesMax else { throw .headTooLarge(bytesMax: limits.headBytesMax) }
        var lines = buffer[start..<end - 4].split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        start = end
        // All lines except the last one still have their CR.
        for index in lines.indices.dropLast() {
            guard lines[index].popLast() == 0x0D else { throw .malformedResponse("line ends without CR") }
        }
        let (status, minorVersion) = try Self.statusLine(lines[0])
        guard lines.count - 1 <= limits.headerCountMax else { throw .headTooLarge(bytesMax: limits.headBytesMax) }
        var headers: [HTTPRequest.Header] = []
        for line in lines.dropFirst() { headers.append(try Self.header(line)) }
        return HTTPResponseHead(status: status, minorVersion: minorVersion, headers: headers)
    }

    /// Throws if the bytes cannot become a response, so that a server of another protocol is detected immediately.
    private func checkUnfinishedHead() throws(HTTPClientError) {
        let expected = Array("HTTP/1.".utf8)
        guard zip(buffer[start...], expected).allSatisfy({ $0 == $1 }) else {
            throw .malformedResponse("does not begin with HTTP/1.x")
        }
    }

    /// `HTTP/1.1 200 OK`; the reason phrase may be missing, with or without its space.
    private static func statusLine(_ line: [UInt8]) throws(HTTPClientError) -> (status: Int, minorVersion: Int) {
        let version = line.prefix(8)
        guard version.count == 8, version.starts(with: Array("HTTP/1.".utf8)), (0x30...0x39).contains(line[7]) else {
            throw .malformedResponse("does not begin with HTTP/1.x")
        }
        let rest = line.dropFirst(8)
        let digits = rest.dropFirst().prefix(3)
        guard rest.first == 0x20, digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            rest.count == 4 || rest.dropFirst(4).first == 0x20
        else { throw .malformedResponse("invalid status line") }
        let status = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard (100...599).contains(status) else { throw .malformedResponse("status \(status)") }
        return (status, Int(line[7] - 0x30))
    }

    private static func header(_ line: [UInt8]) throws(HTTPClientError) -> HTTPRequest.Header {
        do throws(HTTPProtocolError) {
            return try HTTPSyntax.header(line)
        } catch { throw .malformedResponse(error.reason) }
    }

    /// What follows the headers (RFC 9112, 6.3).
    private mutating func bodyState(of head: HTTPResponseHead) throws(HTTPClientError) -> State {
        let options = head.headerElements("Connection").map { $0.lowercased() }
        mayPersist = !options.contains("close") && (head.minorVersion >= 1 || options.contains("keep-alive"))
        if hasNoBody || head.status == 204 || head.status == 304 { return .complete(trailers: []) }
        let lengths = head.headerElements("Content-Length")
        if head.header("Transfer-Encoding") != nil {
            guard head.header("Content-Length") == nil, head.minorVersion >= 1 else {
                throw .malformedResponse("the length is ambiguous")
            }
            let encodings = head.headerElements("Transfer-Encoding")
            guard encodings.count == 1, encodings[0].equalsIgnoringASCIICase("chunked") else {
                throw .malformedResponse("a transfer encoding other than chunked")
            }
            return .chunkSize
        }
        guard head.header("Content-Length") != nil else {
            mayPersist = false
            return .bodyUntilEnd
        }
        guard let bytes = HTTPSyntax.contentLength(lengths) else { throw .malformedResponse("invalid Content-Length") }
        guard bytes <= limits.bodyBytesMax else { throw .bodyTooLarge(bytesMax: limits.bodyBytesMax) }
        return bytes == 0 ? .complete(trailers: []) : .sizedBody(bytes: bytes)
    }

    // MARK: Bytes

    private mutating func takeBody(atMost bytes: Int) throws(HTTPClientError) -> [UInt8]? {
        let count = min(bytes, buffer.count - start)
        guard count > 0 else { return nil }
        bodyBytes += count
        guard bodyBytes <= limits.bodyBytesMax else { throw .bodyTooLarge(bytesMax: limits.bodyBytesMax) }
        defer { start += count }
        return Array(buffer[start..<start + count])
    }

    /// The next line without its CRLF; nil if it is not complete.
    private mutating func takeLine(bytesMax: Int) throws(HTTPClientError) -> [UInt8]? {
        guard let end = buffer[start...].firstIndex(of: 0x0A) else {
            guard buffer.count - start <= bytesMax else { throw .headTooLarge(bytesMax: bytesMax) }
            return nil
        }
        guard end - start <= bytesMax else { throw .headTooLarge(bytesMax: bytesMax) }
        guard end > start, buffer[end - 1] == 0x0D else { throw .malformedResponse("line ends without CR") }
        defer { start = end + 1 }
        return Array(buffer[start..<end - 1])
    }
}
