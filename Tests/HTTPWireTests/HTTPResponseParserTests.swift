import Testing
import WireCore
import WireTestSupport

@testable import HTTPWire

@Suite struct HTTPResponseParserTests {
    /// One parsed response.
    private struct Parsed: Equatable {
        var informational: [Int] = []
        var head: HTTPResponseHead?
        var body: [UInt8] = []
        var trailers: [HTTPRequest.Header] = []
        var isComplete = false
        var isReusable = false
    }

    /// Feeds `bytes` in pieces, then the end of the connection if `closes`.
    private func parse(
        _ bytes: [UInt8], method: String = "GET", limits: HTTPClientLimits = HTTPClientLimits(),
        fed feeding: Feeding = .whole, closes: Bool = true
    ) throws(HTTPClientError) -> Parsed {
        var parser = HTTPResponseParser(method: method, limits: limits)
        var parsed = Parsed()
        func drain() throws(HTTPClientError) {
            while true {
                switch try parser.next() {
                case .needMore: return
                case .informational(let head): parsed.informational.append(head.status)
                case .head(let head): parsed.head = head
                case .body(let part): parsed.body += part
                case .end(let trailers):
                    parsed.trailers = trailers
                    parsed.isComplete = true
                    parsed.isReusable = parser.isReusable
                    return
                }
            }
        }
        var start = 0
        for piece in feeding.pieces(of: bytes.count) {
            bytes[start..<start + piece].withUnsafeBytes { parser.feed($0) }
            start += piece
            try drain()
        }
        if closes, !parsed.isComplete {
            try parser.end()
            try drain()
        }
        return parsed
    }

    private func parse(_ text: String, method: String = "GET", closes: Bool = true) throws(HTTPClientError) -> Parsed {
        try parse(Array(text.utf8), method: method, closes: closes)
    }

    private func error(of text: String, limits: HTTPClientLimits = HTTPClientLimits()) -> HTTPClientError? {
        do throws(HTTPClientError) {
            _ = try parse(Array(text.utf8), limits: limits)
            return nil
        } catch { return error }
    }

    @Test(arguments: [
        ("connect-root", "GET", 200, 91, false), ("connect-not-found", "GET", 404, 55, false),
        ("connect-head", "HEAD", 200, 0, false), ("connect-plugins", "GET", 200, 702, true),
        ("connect-bad", "GET", 400, 386, false), ("registry-register", "POST", 200, 8, true),
        ("registry-subjects", "GET", 200, 11, true), ("registry-info", "GET", 200, 171, true),
        ("registry-root", "GET", 302, 0, true), ("python-file", "GET", 200, 6, false),
    ])
    func capturedResponsesAreParsedInEveryFeedingMode(
        name: String, method: String, status: Int, bodyBytes: Int, isReusable: Bool
    ) throws {
        let bytes = try Fixtures.bytes("http/\(name).response")
        let whole = try parse(bytes, method: method)
        #expect(whole.head?.status == status)
        #expect(whole.body.count == bodyBytes)
        #expect(whole.isComplete && whole.isReusable == isReusable)
        for mode in Feeding.all { #expect(try parse(bytes, method: method, fed: mode) == whole, "\(mode)") }
        survivesDamage(to: bytes) { _ = try parse(Array($0), method: method) }
    }

    @Test func capturedChunkedResponseIsCompleteJSON() throws {
        let bytes = try Fixtures.bytes("http/connect-loggers-chunked.response")
        let whole = try parse(bytes, closes: false)
        #expect(whole.isComplete && whole.isReusable)
        #expect((try JSONValue.parse(whole.body).objectValue?.count ?? 0) > 200)
        for mode in Feeding.all { #expect(try parse(bytes, fed: mode, closes: false) == whole, "\(mode)") }
    }

    @Test func chunksMayHaveExtensionsAndTrailers() throws {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Sum: 7\r\n\r\n"
        let whole = try parse(text, closes: false)
        #expect(String(decoding: whole.body, as: UTF8.self) == "abc0123456789")
        #expect(whole.trailers == [.init(name: "X-Sum", value: "7")])
        #expect(whole.isReusable)
        for mode in Feeding.all { #expect(try parse(Array(text.utf8), fed: mode) == whole, "\(mode)") }
    }

    @Test func bodyWithoutLengthEndsWithTheConnection() throws {
        let text = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nto the end"
        #expect(try !parse(text, closes: false).isComplete)
        let whole = try parse(text)
        #expect(whole.body == Array("to the end".utf8) && whole.isComplete && !whole.isReusable)
    }

    @Test func informationalResponsesPrecedeTheResponse() throws {
        let whole = try parse(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
            closes: false)
        #expect(whole.informational == [100, 103])
        #expect(whole.head?.status == 204 && whole.isComplete && whole.isReusable)
    }

    @Test(arguments: ["HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"])
    func statusesWithoutBodyEndTheResponse(text: String) throws {
        #expect(try parse(text, closes: false).isComplete)
        #expect(try parse("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", method: "HEAD", closes: false).isComplete)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n", true),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", true),
        ("HTTP/1.1 200 \r\nContent-Length: 0, 0\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 unasked", false),
    ])
    func connectionIsReusedOnlyIfTheResponsePermitsIt(text: String, isReusable: Bool) throws {
        #expect(try parse(text, closes: false).isReusable == isReusable)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
    ])
    func endOfStreamWithinAResponseIsTruncation(text: String) { #expect(error(of: text) == .truncatedResponse) }

    @Test func endOfStreamBeforeAResponseHasItsOwnError() { #expect(error(of: "") == .closedBeforeResponse) }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n",
        "HTTP/1.1 099 No\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\u{0}c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n123456789\r\n",
    ])
    func malformedResponsesAreRejected(text: String) {
        guard case .malformedResponse? = error(of: text) else {
            Issue.record("\(String(describing: error(of: text)))")
            return
        }
    }

    @Test func headBodyAndTrailersAreLimited() {
        var limits = HTTPClientLimits()
        (limits.headBytesMax, limits.headerCountMax, limits.bodyBytesMax) = (100, 2, 10)
        let long = String(repeating: "x", count: 100)
        for text in [
            "HTTP/1.1 200 OK\r\nA: \(long)\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \(long)", "HTTP/1.1 200 OK\r\nA:\r\nB:\r\nC:\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: \(long)\r\n\r\n",
        ] { #expect(error(of: text, limits: limits) == .headTooLarge(bytesMax: 100), "\(text)") }
        for text in [
            "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n01234567890",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n5\r\nabcde\r\n0\r\n\r\n",
        ] { #expect(error(of: text, limits: limits) == .bodyTooLarge(bytesMax: 10), "\(text)") }
    }
}
