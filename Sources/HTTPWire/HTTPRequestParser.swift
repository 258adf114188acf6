import WireCore

/// The server's receiving half of HTTP/1.1 (RFC 9112) as a value: bytes in, requests out, no I/O.
///
/// Feed it what arrived, then call `next()` until it needs more; pipelined requests are returned one by one. Anything
/// ambiguous is an error: two lengths, a length beside chunks, a folded header, a bare line feed, spaces before a
/// colon. Accepted beyond the RFC: more than one space between the parts of the request line, as Connect does.
package struct HTTPRequestParser {
    package enum Outcome: Equatable {
        case needMore
        /// The client waits for `100 Continue` before it sends the body; returned once per request.
        case sendContinue
        case request(HTTPRequest)
    }

    /// The part of a request that is being received, by which the server chooses its time limit.
    package enum Phase: Equatable { case idle, head, body }

    private enum State {
        case head(scanned: Int)
        case sizedBody(HTTPRequest, bytes: Int)
        case chunkSize(HTTPRequest)
        case chunkData(HTTPRequest, bytes: Int)
        case trailers(HTTPRequest, bytesSoFar: Int)
    }

    private let limits: HTTPLimits
    private var buffer: [UInt8] = []
    private var start = 0
    private var state = State.head(scanned: 0)
    private var mustSendContinue = false
    /// The chunks so far. Outside of the state, so that a chunk does not copy all those before it.
    private var chunks: [UInt8] = []

    package init(limits: HTTPLimits = HTTPLimits()) { self.limits = limits }

    package var phase: Phase {
        guard case .head = state else { return .body }
        return start == buffer.count ? .idle : .head
    }

    /// The bytes that are buffered for the current request and those after it.
    package var heldBytes: Int { buffer.count - start + chunks.count }

    package mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        if start > 0 {
            buffer.removeSubrange(0..<start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next request, or what is needed first. After an error the parser must not be used again.
    package mutating func next() throws(HTTPProtocolError) -> Outcome {
        while true {
            switch state {
            case .head(let scanned):
                guard try parseHead(scannedBefore: scanned) else { return .needMore }
            case .sizedBody(var request, let bytes):
                guard buffer.count - start >= bytes else { return continueOrMore() }
                request.body = Array(buffer[start..<start + bytes])
                start += bytes
                return finish(request)
            case .chunkSize(let request):
                guard let line = try takeLine(bytesMax: 256, tooLong: HTTPProtocolError(400, "chunk size too long"))
                else { return continueOrMore() }
                guard let size = HTTPSyntax.chunkSize(line) else { throw HTTPProtocolError(400, "invalid chunk size") }
                guard chunks.count + size <= limits.bodyBytesMax else { throw bodyTooLarge }
                state = size == 0 ? .trailers(request, bytesSoFar: 0) : .chunkData(request, bytes: size)
            case .chunkData(let request, let bytes):
                guard buffer.count - start >= bytes + 2 else { return .needMore }
                let end = start + bytes
                guard buffer[end] == 0x0D, buffer[end + 1] == 0x0A else {
                    throw HTTPProtocolError(400, "chunk does not end with CRLF")
                }
                chunks.append(contentsOf: buffer[start..<end])
                start = end + 2
                state = .chunkSize(request)
            case .trailers(var request, let bytesSoFar):
                let tooLong = HTTPProtocolError(431, "trailers too large")
                guard let line = try takeLine(bytesMax: limits.headersBytesMax, tooLong: tooLong) else {
                    return .needMore
                }
                if line.isEmpty {
                    request.body = chunks
                    chunks = []
                    return finish(request)
                }
                _ = try HTTPSyntax.header(line)
                guard bytesSoFar + line.count <= limits.headersBytesMax else { throw tooLong }
                state = .trailers(request, bytesSoFar: bytesSoFar + line.count)
            }
        }
    }

    private mutating func finish(_ request: HTTPRequest) -> Outcome {
        state = .head(scanned: 0)
        mustSendContinue = false
        return .request(request)
    }

    private mutating func continueOrMore() -> Outcome {
        guard mustSendContinue else { return .needMore }
        mustSendContinue = false
        return .sendContinue
    }

    private var bodyTooLarge: HTTPProtocolError {
        HTTPProtocolError(413, "the body is larger than \(limits.bodyBytesMax) bytes")
    }

    // MARK: Lines

    /// The next line without its CRLF; nil if it is not complete.
    private mutating func takeLine(bytesMax: Int, tooLong: HTTPProtocolError) throws(HTTPProtocolError) -> [UInt8]? {
        guard let end = buffer[start...].firstIndex(of: 0x0A) else {
            if buffer.count - start > bytesMax { throw tooLong }
            return nil
        }
        guard end - start <= bytesMax else { throw tooLong }
        guard end > start, buffer[end - 1] == 0x0D else { throw HTTPProtocolError(400, "line ends without CR") }
        let line = Array(buffer[start..<end - 1])
        start = end + 1
        return line
    }

    // MARK: Head

    /// Parses the request line and headers once they are complete. Returns false if more bytes are needed.
    private mutating func parseHead(scannedBefore: Int) throws(HTTPProtocolError) -> Bool {
        if scannedBefore == 0 {
            // RFC 9112, 2.2: empty lines before a request are to be ignored.
            while buffer.count - start >= 2, buffer[start] == 0x0D, buffer[start + 1] == 0x0A { start += 2 }
        }
        guard let end = HTTPSyntax.headEnd(in: buffer, from: start + scannedBefore) else {
            try checkUnfinishedHead()
            state = .head(scanned: max(0, buffer.count - start - 3))
            return false
        }
        var lines = buffer[start..<end].split(separator: 0x0A, omittingEmptySubsequences: false)
        lines.removeLast()
        start = end
        var request: HTTPRequest?
        var headerBytes = 0
        for line in lines {
            guard line.last == 0x0D else { throw HTTPProtocolError(400, "line ends without CR") }
            let line = Array(line.dropLast())
            guard var partial = request else {
                request = try requestLine(line)
                continue
            }
            if line.isEmpty { break }
            headerBytes += line.count
            guard headerBytes <= limits.headersBytesMax, partial.headers.count < limits.headerCountMax else {
                throw HTTPProtocolError(431, "the headers are too large")
            }
            partial.headers.append(try HTTPSyntax.header(line))
            request = partial
        }
        guard let request else { throw HTTPProtocolError(400, "no request line") }
        state = try bodyState(of: request)
        return true
    }

    private func checkUnfinishedHead() throws(HTTPProtocolError) {
        let head = buffer[start...]
        let firstLine = head.firstIndex(of: 0x0A)
        if (firstLine ?? head.endIndex) - start > limits.requestLineBytesMax {
            throw HTTPProtocolError(414, "the request line is longer than \(limits.requestLineBytesMax) bytes")
        }
        if let firstLine, head.endIndex - firstLine > limits.headersBytesMax + 2 * limits.headerCountMax {
            throw HTTPProtocolError(431, "the headers are larger than \(limits.headersBytesMax) bytes")
        }
        // A bare line feed cannot become a valid head: reject it now rather than after the time limit.
        var previous: UInt8 = 0
        for byte in head {
            if byte == 0x0A, previous != 0x0D { throw HTTPProtocolError(400, "line ends without CR") }
            previous = byte
        }
    }

    private func requestLine(_ line: [UInt8]) throws(HTTPProtocolError) -> HTTPRequest {
        guard line.count <= limits.requestLineBytesMax else {
            throw HTTPProtocolError(414, "the request line is too long")
        }
        let parts = line.split(separator: 0x20)
        guard parts.count == 3, line.first != 0x20 else { throw HTTPProtocolError(400, "malformed request line") }
        guard parts[0].allSatisfy(HTTPSyntax.isTokenCharacter) else { throw HTTPProtocolError(400, "invalid method") }
        let version = String(decoding: parts[2], as: UTF8.self)
        guard version.hasPrefix("HTTP/"), version.utf8.count == 8 else {
            throw HTTPProtocolError(400, "malformed version")
        }
        guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
            throw HTTPProtocolError(505, "only HTTP/1.0 and HTTP/1.1 are supported")
        }
        guard parts[1].allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw HTTPProtocolError(400, "invalid request target")
        }
        var target = Substring(String(decoding: parts[1], as: UTF8.self))
        for scheme in ["http://", "https://"] where target.hasPrefix(scheme) {
            // Absolute form, as proxies send it: the path begins after the authority.
            let rest = target.dropFirst(scheme.count)
            target = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        }
        guard target.hasPrefix("/") || target == "*" else { throw HTTPProtocolError(400, "invalid request target") }
        let mark = target.firstIndex(of: "?")
        return HTTPRequest(
            method: String(decoding: parts[0], as: UTF8.self),
            path: String(mark.map { target[..<$0] } ?? target),
            query: mark.map { String(target[target.index(after: $0)...]) },
            minorVersion: version == "HTTP/1.1" ? 1 : 0, headers: [])
    }

    /// What follows the headers (RFC 9112, 6.3).
    private mutating func bodyState(of request: HTTPRequest) throws(HTTPProtocolError) -> State {
        let hosts = request.headers.filter { $0.name.equalsIgnoringASCIICase("Host") }
        guard hosts.count <= 1, request.minorVersion == 0 || hosts.count == 1 else {
            throw HTTPProtocolError(400, "exactly one Host header is needed")
        }
        let expectations = request.headerElements("Expect")
        if let unknown = expectations.first(where: { !$0.equalsIgnoringASCIICase("100-continue") }) {
            throw HTTPProtocolError(417, "unknown expectation \(unknown.prefix(40))")
        }
        mustSendContinue = !expectations.isEmpty && request.minorVersion >= 1
        let encodings = request.headerElements("Transfer-Encoding")
        let lengths = request.headerElements("Content-Length")
        guard request.header("Content-Length") == nil || !lengths.isEmpty else {
            throw HTTPProtocolError(400, "invalid Content-Length")
        }
        if request.header("Transfer-Encoding") != nil {
            guard lengths.isEmpty else { throw HTTPProtocolError(400, "both Content-Length and Transfer-Encoding") }
            // RFC 9112, 6.1: the framing of such a message is faulty.
            guard request.minorVersion >= 1 else { throw HTTPProtocolError(400, "Transfer-Encoding in HTTP/1.0") }
            guard encodings.count == 1, encodings[0].equalsIgnoringASCIICase("chunked") else {
                throw HTTPProtocolError(501, "only the transfer encoding chunked is supported")
            }
            return .chunkSize(request)
        }
        if lengths.isEmpty { return .sizedBody(request, bytes: 0) }
        guard let bytes = HTTPSyntax.contentLength(lengths) else {
            throw HTTPProtocolError(400, "invalid Content-Length")
        }
        guard bytes <= limits.bodyBytesMax else { throw bodyTooLarge }
        return .sizedBody(request, bytes: bytes)
    }
}
