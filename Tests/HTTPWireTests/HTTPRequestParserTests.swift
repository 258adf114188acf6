import Testing
import WireCore

@testable import HTTPWire

@Suite struct HTTPRequestParserTests {
    /// All requests in `text`, fed in pieces of `step` bytes, until the parser needs more or throws.
    private func requests(_ text: String, step: Int = .max, limits: HTTPLimits = HTTPLimits()) throws -> [HTTPRequest] {
        var parser = HTTPRequestParser(limits: limits)
        var found: [HTTPRequest] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let end = step == .max ? bytes.count : min(bytes.count, index + step)
            bytes[index..<end].withUnsafeBytes { parser.feed($0) }
            index = end
            drain: while true {
                switch try parser.next() {
                case .needMore: break drain
                case .sendContinue: continue
                case .request(let request): found.append(request)
                }
            }
        }
        return found
    }

    private func status(of text: String, limits: HTTPLimits = HTTPLimits()) -> Int? {
        do {
            _ = try requests(text, limits: limits)
            return nil
        } catch let error as HTTPProtocolError { return error.status } catch { return -1 }
    }

    private let pipelined =
        "POST /connectors?forward=true HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
        + "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n"
        + "\r\nGET /  HTTP/1.0\r\n\r\n"

    @Test(.timeLimit(.minutes(1))) func bodyInTinyChunksIsParsedInLinearTime() throws {
        let head = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let stream = Array(head.utf8) + Array(repeating: Array("1\r\na\r\n".utf8), count: 1 << 20).joined()
            + Array("0\r\n\r\n".utf8)
        var parser = HTTPRequestParser()
        stream.withUnsafeBytes { parser.feed($0) }
        guard case .request(let request) = try parser.next() else {
            Issue.record("no request")
            return
        }
        #expect(request.body.count == 1 << 20)
    }

    @Test(arguments: [1, 2, 3, 7, Int.max])
    func pipelinedRequestsAreReturnedOneByOneForAnyChunking(step: Int) throws {
        let found = try requests(pipelined, step: step)
        #expect(found.map(\.method) == ["POST", "PUT", "GET"])
        #expect(found.map(\.path) == ["/connectors", "/x", "/"])
        #expect(found[0].query == "forward=true")
        #expect(found.map { String(decoding: $0.body, as: UTF8.self) } == ["body", "abcde", ""])
        #expect(found.map(\.wantsKeepAlive) == [true, true, false])
    }

    @Test func everyPrefixOfARequestNeedsMore() throws {
        let bytes = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok"
        for length in 0..<bytes.utf8.count {
            #expect(try requests(String(decoding: Array(bytes.utf8.prefix(length)), as: UTF8.self)).isEmpty)
        }
    }

    @Test func twoSpacesBeforeTheVersionAreAccepted() throws {
        #expect(try requests("GET /connectors/a/config  HTTP/1.1\r\nHost: x\r\n\r\n").first?.path == "/connectors/a/config")
    }

    @Test func continueIsSentOnceAndOnlyBeforeTheBody() throws {
        var parser = HTTPRequestParser()
        Array("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n".utf8)
            .withUnsafeBytes { parser.feed($0) }
        #expect(try parser.next() == .sendContinue)
        #expect(try parser.next() == .needMore)
        Array("ok".utf8).withUnsafeBytes { parser.feed($0) }
        guard case .request(let request) = try parser.next() else { return #expect(Bool(false), "no request") }
        #expect(request.body == Array("ok".utf8))
    }

    @Test func authorityOfAbsoluteTargetsIsDropped() throws {
        #expect(try requests("GET http://h:1/a/b?c HTTP/1.1\r\nHost: h\r\n\r\n").first?.path == "/a/b")
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET /\r\n\r\n", 400), (" GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\nHost: a\n\n", 400),
        ("GET / HTTP/2.0\r\n\r\n", 505), ("GET / http/1.1\r\n\r\n", 400), ("G{T / HTTP/1.1\r\n\r\n", 400),
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /ü HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{1}\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n", 413),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1 x\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n", 417),
    ])
    func malformedRequestsAreRejected(text: String, expected: Int) {
        #expect(status(of: text) == expected)
    }

    @Test func requestLineHeadersAndBodyAreLimited() {
        let long = String(repeating: "a", count: 9000)
        #expect(status(of: "GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n") == 414)
        #expect(status(of: "GET /\(long)") == 414)
        let headers = (0..<101).map { "X-\($0): v\r\n" }.joined()
        #expect(status(of: "GET / HTTP/1.1\r\nHost: a\r\n\(headers)\r\n") == 431)
        #expect(status(of: "GET / HTTP/1.1\r\nHost: a\r\nX: \(long)\(long)\r\n\r\n") == 431)
        #expect(status(of: "GET / HTTP/1.1\r\nHost: a\r\nX: \(long)\(long)\(long)") == 431)
    }

    @Test func flippedBytesNeverTrap() {
        let original = Array(pipelined.utf8)
        for index in original.indices {
            for flip in [UInt8(0x01), 0x20, 0x80, 0xFF] {
                var bytes = original
                bytes[index] ^= flip
                var parser = HTTPRequestParser()
                bytes.withUnsafeBytes { parser.feed($0) }
                var steps = 0
                while steps < 10, let outcome = try? parser.next(), outcome != .needMore { steps += 1 }
                #expect(steps < 10)
            }
        }
    }
}
