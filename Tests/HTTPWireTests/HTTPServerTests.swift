import Foundation
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import HTTPWire

@Suite struct HTTPServerTests {
    private func server(
        _ limits: HTTPLimits = HTTPLimits(), handler: @escaping HTTPServer.Handler = Self.echo
    ) throws -> HTTPServer {
        let server = try HTTPServer(
            address: SocketAddress(host: "127.0.0.1", port: 0), limits: limits, handler: handler)
        server.start()
        return server
    }

    @Sendable private static func echo(_ request: HTTPRequest) -> HTTPResponse {
        HTTPResponse(status: 200, body: Array(request.path.utf8))
    }

    private func connect(_ server: HTTPServer, sending text: String = "") throws -> StreamPair {
        let streams = try SocketConnector.connect(to: server.address, timeoutMilliseconds: 5000)
        streams.setTimeouts(5000, 5000)
        try Self.send(text, to: streams)
        return streams
    }

    private static func send(_ text: String, to streams: StreamPair) throws {
        try Array(text.utf8).withUnsafeBytes { try streams.output.writeAll($0) }
    }

    /// Receives until the text ends with `end` or the server closes the connection.
    private static func text(from streams: StreamPair, until end: String? = nil) throws -> String {
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1024)
        while true {
            if let end, received.suffix(end.utf8.count).elementsEqual(end.utf8) { break }
            let count = try chunk.withUnsafeMutableBytes { try streams.input.readSome(into: $0) }
            if count == 0 { break }
            received += chunk[..<count]
        }
        return String(decoding: received, as: UTF8.self)
    }

    private static func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n" }

    @Test func pipelinedRequestsAreAnsweredInOrder() throws {
        let server = try server()
        let streams = try connect(server, sending: Self.get("/one") + Self.get("/two"))
        let answers = try Self.text(from: streams, until: "/two")
        let first = try #require(answers.firstRange(of: "\r\n\r\n/oneHTTP/1.1 200 OK\r\n"))
        #expect(answers[first.upperBound...].hasSuffix("Content-Length: 4\r\n\r\n/two"))
        try Self.send(Self.get("/three"), to: streams)
        #expect(try Self.text(from: streams, until: "/three").hasPrefix("HTTP/1.1 200 OK\r\n"))
        server.stop()
    }

    @Test func expectContinueIsAnswered() throws {
        let server = try server { HTTPResponse(status: 200, body: $0.body) }
        let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        let streams = try connect(server, sending: head)
        #expect(try Self.text(from: streams, until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        try Self.send("ok", to: streams)
        #expect(try Self.text(from: streams, until: "ok").hasPrefix("HTTP/1.1 200 OK\r\n"))
        server.stop()
    }

    @Test func keepAliveOfHTTP10IsConfirmed() throws {
        let server = try server()
        let streams = try connect(server, sending: "GET /one HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(try Self.text(from: streams, until: "/one").contains("\r\nConnection: keep-alive\r\n"))
        try Self.send("GET /two HTTP/1.0\r\n\r\n", to: streams)
        #expect(try Self.text(from: streams).contains("\r\nConnection: close\r\n"))
        server.stop()
    }

    @Test func connectionsBeyondTheLimitGetServiceUnavailable() throws {
        var limits = HTTPLimits()
        limits.connectionsMax = 1
        let server = try server(limits)
        let first = try connect(server, sending: Self.get("/one"))
        #expect(try Self.text(from: first, until: "/one").hasPrefix("HTTP/1.1 200"))
        let refused = try Self.text(from: try connect(server))
        #expect(refused.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(refused.contains("too many connections"))
        server.stop()
    }

    /// The limit permits two bodies, and a third only after one of them is answered.
    @Test func bodiesOfAllConnectionsShareOneLimit() throws {
        var limits = HTTPLimits()
        limits.heldBytesMax = 250
        let (arrivedCount, mayAnswer) = (Monitor(0), ThreadCompletion())
        let server = try server(limits) { request in
            if request.path == "/slow" {
                arrivedCount.update { $0 += 1 }
                _ = mayAnswer.wait(milliseconds: 30_000)
            }
            return Self.echo(request)
        }
        func post(_ path: String) -> String {
            "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n" + String(repeating: "x", count: 50)
        }
        let held = try [connect(server, sending: post("/slow")), connect(server, sending: post("/slow"))]
        _ = arrivedCount.wait { $0 == 2 ? true : nil }
        let refused = try Self.text(from: connect(server, sending: post("/third")))
        #expect(refused.hasPrefix("HTTP/1.1 503 ") && refused.contains("too many large requests at once"))
        mayAnswer.finish()
        for streams in held {
            #expect(try Self.text(from: streams, until: "/slow").hasPrefix("HTTP/1.1 200"))
            try Self.send(post("/next"), to: streams)
            #expect(try Self.text(from: streams, until: "/next").hasPrefix("HTTP/1.1 200"))
        }
        let later = try Self.text(from: connect(server, sending: post("/later")), until: "/later")
        #expect(later.hasPrefix("HTTP/1.1 200"))
        server.stop()
    }

    @Test func errorReasonIsEscapedInJSON() throws {
        let server = try server()
        let request = "GET / HTTP/1.1\r\nHost: a\r\nExpect: a\"b\\\r\n\r\n"
        let answer = try Self.text(from: connect(server, sending: request))
        #expect(answer.hasPrefix("HTTP/1.1 417 "))
        let body = try #require(answer.firstRange(of: "\r\n\r\n").map { String(answer[$0.upperBound...]) })
        #expect(try JSONValue.parse(body).objectValue?["message"] == .string("unknown expectation a\"b\\"))
        server.stop()
    }

    @Test func slowRequestTimesOut() throws {
        var limits = HTTPLimits()
        limits.headersTimeoutMilliseconds = 50
        let server = try server(limits)
        #expect(try Self.text(from: try connect(server, sending: "GET / HT")).hasPrefix("HTTP/1.1 408 "))
        server.stop()
    }

    /// A peer that never stops sending must not keep its connection after the response.
    @Test func connectionIsClosedIfPeerKeepsSendingAfterEarlyResponse() throws {
        let server = try server()
        let streams = try connect(server, sending: "NONSENSE\r\n\r\n")
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 10_000)
        var isCut = false
        var chunk = [UInt8](repeating: 0, count: 1024)
        while !isCut, MonotonicInstant.now < deadline {
            do throws(StreamError) {
                // The server has not closed the connection yet.
                streams.setTimeouts(50, 5000)
                try chunk.span.bytes.withUnsafeBytes { (bytes) throws(StreamError) in
                    try streams.output.writeAll(UnsafeRawBufferPointer(rebasing: bytes[..<1]))
                }
                var span = chunk.mutableSpan
                let count = try span.withUnsafeMutableBytes { (bytes) throws(StreamError) in
                    try streams.input.readSome(into: bytes)
                }
                isCut = count == 0
            } catch {
                if case .timedOut = error { continue }
                isCut = true
            }
        }
        #expect(isCut)
        server.stop()
    }

    @Test func stopClosesIdleConnectionsAndWaitsForRequests() throws {
        let (arrivedCount, mayAnswer) = (Monitor(0), ThreadCompletion())
        let server = try server { request in
            if request.path == "/slow" {
                arrivedCount.update { $0 += 1 }
                _ = mayAnswer.wait(milliseconds: 30_000)
            }
            return Self.echo(request)
        }
        let idle = try connect(server, sending: Self.get("/idle"))
        #expect(try Self.text(from: idle, until: "/idle").hasPrefix("HTTP/1.1 200"))
        let busy = try connect(server, sending: Self.get("/slow"))
        _ = arrivedCount.wait { $0 == 1 ? true : nil }
        let stopped = ThreadCompletion()
        startThread(named: "stop") {
            server.stop(graceMilliseconds: 5000)
            stopped.finish()
        }
        #expect(try Self.text(from: idle) == "")
        mayAnswer.finish()
        let answer = try Self.text(from: busy)
        #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("Connection: close\r\n"))
        #expect(answer.hasSuffix("/slow"))
        #expect(stopped.wait(milliseconds: 5000))
    }

    // MARK: Streamed bodies

    private func streamingServer(
        _ limits: HTTPLimits = HTTPLimits(), _ write: @escaping @Sendable (HTTPBodyWriter) throws -> Void
    ) throws -> HTTPServer {
        try server(limits) { _ in HTTPResponse(status: 200, body: .stream(write)) }
    }

    @Test func streamedBodyIsChunkedAndKeepsTheConnectionOpen() throws {
        let server = try streamingServer { writer in
            for part in ["hello ", "", "world"] { try writer.write(Array(part.utf8)) }
        }
        let streams = try connect(server, sending: Self.get("/"))
        let answer = try Self.text(from: streams, until: "0\r\n\r\n")
        #expect(answer.contains("Transfer-Encoding: chunked\r\n") && !answer.contains("Content-Length"))
        #expect(answer.hasSuffix("\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n"))
        try Self.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get("/"), to: streams)
        let next = try Self.text(from: streams, until: "0\r\n\r\n")
        #expect(next.components(separatedBy: "hello").count == 2)
        server.stop()
    }

    @Test func streamedBodyForHTTP10EndsWithTheConnection() throws {
        let server = try streamingServer { try $0.write(Array("all".utf8)) }
        let streams = try connect(server, sending: "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let answer = try Self.text(from: streams)
        #expect(answer.hasSuffix("\r\n\r\nall") && answer.contains("Connection: close") && !answer.contains("chunked"))
        server.stop()
    }

    @Test func failedStreamLeavesTheBodyIncomplete() throws {
        struct Failure: Error {}
        let server = try streamingServer { writer in
            try writer.write(Array("part".utf8))
            throw Failure()
        }
        let streams = try connect(server, sending: Self.get("/"))
        #expect(try Self.text(from: streams).hasSuffix("4\r\npart\r\n"))
        server.stop()
    }

    /// A client that does not read, or disconnects, ends only its own stream; others are served.
    @Test(.timeLimit(.minutes(1))) func slowReadersDoNotDelayOtherConnections() throws {
        let block = [UInt8](repeating: 0x61, count: 64 << 10)
        let ended = Monitor(0)
        var limits = HTTPLimits()
        limits.writeTimeoutMilliseconds = 300
        let server = try server(limits) { request in
            guard request.path == "/endless" else { return HTTPResponse(status: 200, body: Array("short".utf8)) }
            return HTTPResponse(status: 200, body: .stream { writer in
                defer { ended.update { $0 += 1 } }
                while true { try writer.write(block) }
            })
        }
        let slow = try (0..<8).map { _ in try connect(server, sending: Self.get("/endless")) }
        for index in 0..<24 {
            let streams = try connect(server, sending: Self.get("/endless"))
            if index % 2 == 0 { _ = try Self.text(from: streams, until: "\r\n") }
            streams.canceller.cancel()
            let other = try connect(server, sending: Self.get("/short"))
            #expect(try Self.text(from: other, until: "short").hasSuffix("short"))
            other.canceller.cancel()
        }
        #expect(ended.wait(until: .now.advanced(byMilliseconds: 30_000)) { $0 == 32 ? true : nil } == true)
        #expect(slow.count == 8)
        server.stop()
    }
}
