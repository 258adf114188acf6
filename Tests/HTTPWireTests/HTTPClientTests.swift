import Foundation
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import HTTPWire

/// Tests the client with scripted servers and with our own server.
@Suite struct HTTPClientTests {
    private static let ok = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8)

    private func client(_ limits: HTTPClientLimits = HTTPClientLimits()) -> HTTPClient {
        HTTPClient(limits: limits, userAgent: "test")
    }

    private func url(_ address: SocketAddress, _ path: String = "/") throws -> HTTPURL {
        try #require(HTTPURL("http://127.0.0.1:\(address.port)\(path)"))
    }

    private func request(_ address: SocketAddress, _ method: String, _ rest: String) -> [UInt8] {
        Array("\(method) / HTTP/1.1\r\nHost: 127.0.0.1:\(address.port)\r\nUser-Agent: test\r\n\(rest)".utf8)
    }

    private func error<R>(_ body: () throws(HTTPClientError) -> R) -> HTTPClientError? {
        do throws(HTTPClientError) {
            _ = try body()
            return nil
        } catch { return error }
    }

    private func redirect(_ status: Int, to target: String) -> [UInt8] {
        Array("HTTP/1.1 \(status) Moved\r\nLocation: \(target)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
    }

    /// Our own server, which responds with the request.
    private func echoServer(stream: Bool = false) throws -> HTTPServer {
        let server = try HTTPServer(address: SocketAddress(host: "127.0.0.1", port: 0)) { request in
            let text = "\(request.method) \(request.path)?\(request.query ?? "") "
                + request.headers.map { "\($0.name)=\($0.value)" }.joined(separator: ";") + " "
            let body = Array(text.utf8) + request.body
            if !stream { return HTTPResponse(status: 200, body: body) }
            return HTTPResponse(status: 200, body: .stream { writer in
                for byte in body { try writer.write([byte]) }
            })
        }
        server.start()
        return server
    }

    // MARK: Requests and bodies

    @Test func requestsOfOneOriginShareAConnection() throws {
        let server = try ScriptedServer([[.receiveSome, .send(Self.ok), .receiveSome, .send(Self.ok), .awaitClose]])
        do {
            let client = client()
            for _ in 0..<2 {
                let response = try client.send(HTTPClientRequest(url: try url(server.address)))
                #expect(response.status == 200 && response.body == Array("ok".utf8))
            }
        }
        #expect(server.awaitEnd() && server.unexpected.isEmpty && server.completedConnections == 1)
    }

    @Test(arguments: [false, true]) func allRequestBodyKindsAreSent(streamed: Bool) throws {
        let server = try echoServer(stream: streamed)
        defer { server.stop() }
        let client = client()
        func text(_ body: HTTPClientRequest.Body) throws -> String {
            let request = HTTPClientRequest(
                method: "POST", url: try url(server.address, "/a%20b?c=d"), headers: [.init(name: "X-A", value: "1")],
                body: body)
            let response = try client.send(request)
            #expect(response.status == 200)
            return String(decoding: response.body, as: UTF8.self)
        }
        let fixed = try text(.bytes(Array("hello".utf8)))
        #expect(fixed.hasPrefix("POST /a%20b?c=d ") && fixed.hasSuffix(" hello") && fixed.contains("X-A=1"))
        #expect(fixed.contains("Content-Length=5") && fixed.contains("User-Agent=test"))
        var pieces = [Array("he".utf8), [], Array("llo".utf8)][...]
        #expect(try text(.sized(bytes: 5) { pieces.popFirst() }).hasSuffix("Content-Length=5 hello"))
        pieces = [Array("he".utf8), [], Array("llo".utf8)]
        #expect(try text(.chunked { pieces.popFirst() }).hasSuffix("Transfer-Encoding=chunked hello"))
        #expect(try text(.none).hasSuffix("Content-Length=0 "))
    }

    @Test func responseBodyIsStreamed() throws {
        let arrived = Monitor(false)
        let server = try HTTPServer(address: SocketAddress(host: "127.0.0.1", port: 0)) { _ in
            HTTPResponse(status: 200, body: .stream { writer in
                try writer.write(Array("first".utf8))
                // The client receives it before the second part is written.
                guard arrived.waitUntilTrue(deadline: .now.advanced(byMilliseconds: 10_000)) else { return }
                try writer.write(Array("second".utf8))
            })
        }
        server.start()
        defer { server.stop() }
        let parts = try client().withResponse(to: HTTPClientRequest(url: try url(server.address))) {
            (head, body) throws(HTTPClientError) in
            var parts: [String] = []
            while let part = try body.next() {
                parts.append(String(decoding: part, as: UTF8.self))
                arrived.update { $0 = true }
            }
            return parts
        }
        #expect(parts == ["first", "second"])
    }

    @Test func requestBodyWithWrongLengthFails() throws {
        let server = try ScriptedServer([[.receiveSome, .awaitClose], [.receiveSome, .awaitClose]])
        for pieces in [[Array("abc".utf8)], [Array("abcdefg".utf8)]] {
            var rest = pieces[...]
            let request = HTTPClientRequest(
                method: "PUT", url: try url(server.address), body: .sized(bytes: 5) { rest.popFirst() })
            guard case .requestBodyFailed? = error({ () throws(HTTPClientError) in try client().send(request) }) else {
                Issue.record("sent")
                return
            }
        }
        #expect(server.awaitEnd())
    }

    @Test(arguments: [("X-A", "b\r\nX-B: c"), ("X A", "b"), ("", "b"), ("content-length", "3"), ("Host", "x")])
    func invalidHeadersAreRejected(name: String, value: String) throws {
        let request = HTTPClientRequest(
            url: try #require(HTTPURL("http://127.0.0.1:1/")), headers: [.init(name: name, value: value)])
        guard case .invalidRequest? = error({ () throws(HTTPClientError) in try client().send(request) }) else {
            Issue.record("sent")
            return
        }
    }

    @Test func userInfoIsSentAsBasicAuthentication() throws {
        let server = try echoServer()
        defer { server.stop() }
        let url = try #require(HTTPURL("http://u%40x:p@127.0.0.1:\(server.address.port)/"))
        let text = String(decoding: try client().send(HTTPClientRequest(url: url)).body, as: UTF8.self)
        #expect(text.contains("Authorization=Basic dUB4OnA="))
    }

    // MARK: Stale connections

    @Test func idempotentRequestIsRetriedOnceOnAStaleConnection() throws {
        let server = try ScriptedServer([[.receiveSome, .send(Self.ok)], [.receiveSome, .send(Self.ok), .awaitClose]])
        do {
            let client = client()
            for _ in 0..<2 { #expect(try client.send(HTTPClientRequest(url: try url(server.address))).status == 200) }
        }
        #expect(server.awaitEnd() && server.completedConnections == 2)
    }

    @Test func nonIdempotentRequestsAndSecondFailuresAreNotRetried() throws {
        let server = try ScriptedServer([
            [.receiveSome, .send(Self.ok)], [.receiveSome, .send(Self.ok)], [.receiveSome],
        ])
        let client = client()
        let get = HTTPClientRequest(url: try url(server.address))
        #expect(try client.send(get).status == 200)
        let post = HTTPClientRequest(method: "POST", url: get.url)
        let failure = error { () throws(HTTPClientError) in try client.send(post) }
        #expect(failure?.isRetriable == true, "\(String(describing: failure))")
        #expect(try client.send(get).status == 200)
        // The idle connection is closed, and so is the new one: no third attempt.
        #expect(error { () throws(HTTPClientError) in try client.send(get) }?.isRetriable == true)
        #expect(server.awaitEnd() && server.completedConnections == 3)
    }

    @Test func expiredIdleConnectionIsNotReused() throws {
        var limits = HTTPClientLimits()
        limits.idleMillisecondsMax = 0
        let server = try ScriptedServer([
            [.receiveSome, .send(Self.ok), .awaitClose], [.receiveSome, .send(Self.ok), .awaitClose],
        ])
        do {
            let client = client(limits)
            let post = HTTPClientRequest(method: "POST", url: try url(server.address))
            for _ in 0..<2 { #expect(try client.send(post).status == 200) }
        }
        #expect(server.awaitEnd() && server.completedConnections == 2)
    }

    // MARK: Redirects

    @Test func redirectsAreFollowedUpToALimit() throws {
        let server = try ScriptedServer(Array(repeating: [.receiveSome, .send(redirect(302, to: "/next"))], count: 6))
        let request = HTTPClientRequest(url: try url(server.address))
        #expect(error { () throws(HTTPClientError) in try client().send(request) } == .tooManyRedirects(max: 5))
        #expect(server.awaitEnd() && server.completedConnections == 6)
        let target = try echoServer()
        defer { target.stop() }
        let first = try ScriptedServer([[.receiveSome, .send(redirect(301, to: "http://127.0.0.1:\(target.address.port)/x"))]])
        let response = try client().send(HTTPClientRequest(url: try url(first.address)))
        #expect(String(decoding: response.body, as: UTF8.self).hasPrefix("GET /x? "))
        #expect(response.url.path == "/x")
    }

    @Test(arguments: [
        (301, "POST", "GET"), (302, "POST", "GET"), (303, "PUT", "GET"), (303, "HEAD", "HEAD"), (307, "POST", "POST"),
        (308, "PUT", "PUT"), (301, "PUT", "PUT"), (302, "DELETE", "DELETE"),
    ])
    func redirectMethodDependsOnStatus(status: Int, method: String, expected: String) throws {
        let request = HTTPClientRequest(
            method: method, url: try #require(HTTPURL("http://a/b")), headers: [.init(name: "Content-Type", value: "x")],
            body: .bytes([1]))
        let head = HTTPResponseHead(status: status, headers: [.init(name: "location", value: "c")])
        let next = try #require(try HTTPRedirect.next(after: request, head))
        #expect(next.method == expected && next.url.description == "http://a/c")
        let keepsBody = if case .bytes = next.body { true } else { false }
        #expect(keepsBody == (method == expected) && next.headers.isEmpty != keepsBody)
    }

    @Test(arguments: [
        ("http://a/x", true), ("http://a:80/x", true), ("http://a:8080/x", false), ("http://b/x", false),
        ("https://a/x", false),
    ])
    func credentialsAreNotSentToAnotherOrigin(target: String, isSent: Bool) throws {
        let headers = ["Authorization", "cookie", "Proxy-Authorization"].map { HTTPRequest.Header(name: $0, value: "s") }
        let request = HTTPClientRequest(
            url: try #require(HTTPURL("http://a/b")), headers: headers + [.init(name: "Accept", value: "x")])
        let head = HTTPResponseHead(status: 302, headers: [.init(name: "Location", value: target)])
        let next = try #require(try HTTPRedirect.next(after: request, head))
        #expect(next.headers.map(\.name) == (isSent ? headers.map(\.name) : []) + ["Accept"])
    }

    @Test(arguments: ["http://a/x", "ftp://a/x", "//b:0/x", "javascript:1"])
    func redirectsToInsecureOrInvalidTargetsAreRejected(target: String) throws {
        let request = HTTPClientRequest(url: try #require(HTTPURL("https://a/b")))
        let head = HTTPResponseHead(status: 302, headers: [.init(name: "Location", value: target)])
        let failure = error { () throws(HTTPClientError) in try HTTPRedirect.next(after: request, head) }
        guard case .redirectRefused? = failure else {
            Issue.record("followed")
            return
        }
    }

    @Test func streamedBodyIsNotSentAgainAfterARedirect() throws {
        let request = HTTPClientRequest(
            method: "POST", url: try #require(HTTPURL("http://a/b")), body: .chunked { nil })
        let head = HTTPResponseHead(status: 307, headers: [.init(name: "Location", value: "/c")])
        let failure = error { () throws(HTTPClientError) in try HTTPRedirect.next(after: request, head) }
        guard case .redirectRefused? = failure else {
            Issue.record("followed")
            return
        }
    }

    // MARK: Limits and failures

    @Test func truncatedAndNonHTTPResponsesAreErrors() throws {
        let server = try ScriptedServer([
            [.receiveSome, .send(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".utf8))],
            [.receiveSome, .send(Array("SSH-2.0-x\r\n".utf8))], [.receiveSome],
        ])
        let request = HTTPClientRequest(url: try url(server.address))
        #expect(error { () throws(HTTPClientError) in try client().send(request) } == .truncatedResponse)
        #expect(error { () throws(HTTPClientError) in try client().send(request) }
            == .malformedResponse("does not begin with HTTP/1.x"))
        #expect(error { () throws(HTTPClientError) in try client().send(request) } == .closedBeforeResponse)
    }

    @Test func readAndTotalTimeoutsApply() throws {
        var limits = HTTPClientLimits()
        limits.readTimeoutMilliseconds = 50
        let drip = Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
        let server = try ScriptedServer([[.receiveSome, .awaitClose], [.receiveSome, .send(drip), .flood([0x61])]])
        let request = HTTPClientRequest(url: try url(server.address))
        let silent = error { () throws(HTTPClientError) in try client(limits).send(request) }
        #expect(silent == .timedOut(.read, milliseconds: 50))
        limits = HTTPClientLimits()
        limits.totalTimeoutMilliseconds = 100
        let slow = error { () throws(HTTPClientError) in try client(limits).send(request) }
        #expect(slow == .timedOut(.total, milliseconds: 100))
    }

    @Test func requestIsCancelledFromAnotherThread() throws {
        let server = try ScriptedServer([[.receiveSome, .awaitClose]])
        let cancellation = HTTPCancellation()
        let url = try url(server.address)
        let outcome = Monitor<HTTPClientError?>(nil)
        let started = Monitor(false)
        startThread(named: "requests") {
            let client = HTTPClient(userAgent: "test", cancellation: cancellation)
            started.update { $0 = true }
            do throws(HTTPClientError) { _ = try client.send(HTTPClientRequest(url: url)) } catch {
                outcome.update { $0 = error }
            }
        }
        #expect(started.waitUntilTrue(deadline: .now.advanced(byMilliseconds: 10_000)))
        cancellation.cancel()
        #expect(outcome.wait(until: .now.advanced(byMilliseconds: 10_000)) { $0 } == .cancelled)
    }

    @Test func refusedConnectionErrorNamesTheAddress() throws {
        let listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        let address = listener.address
        listener.stop()
        let request = HTTPClientRequest(url: try url(address))
        let failure = error { () throws(HTTPClientError) in try client().send(request) }
        guard case .connection(let named, .system)? = failure else {
            Issue.record("connected")
            return
        }
        #expect(named.port == address.port)
    }

    // MARK: TLS

    /// Serves one TLS connection: reads a request, sends `response`, then closes with or without close_notify.
    private func tlsServer(_ response: String, closesProperly: Bool) throws -> (SocketListener, ThreadCompletion) {
        let listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        let identity = TLSConfiguration.Store.pem(path: Fixtures.folder.appending(path: "tls/server.pem").path)
        let done = ThreadCompletion()
        startThread(named: "tls-server", completion: done) {
            do {
                guard let plain = try listener.accept() else { return }
                plain.setTimeouts(5000, 5000)
                let streams = try plain.acceptingTLS(TLSContext(TLSServerConfiguration(identity: identity)))
                var chunk = [UInt8](repeating: 0, count: 4096)
                _ = try chunk.withUnsafeMutableBytes { try streams.input.readSome(into: $0) }
                try Array(response.utf8).withUnsafeBytes { try streams.output.writeAll($0) }
                if closesProperly { streams.close() } else { plain.canceller.cancel() }
            } catch { /* A client that refuses the certificate ends the handshake. */ }
        }
        return (listener, done)
    }

    private func tlsClient(trusting authority: String = "ca.pem") -> HTTPClient {
        HTTPClient(
            tls: TLSConfiguration(
                verification: .identity(host: ""),
                trust: .pem(path: Fixtures.folder.appending(path: "tls/\(authority)").path)),
            userAgent: "test")
    }

    @Test func httpsVerifiesTheHostAndRequiresCloseNotify() throws {
        let untilEnd = "HTTP/1.1 200 OK\r\n\r\nto the end"
        let sized = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        for (response, closesProperly, expected) in [
            (untilEnd, true, nil), (sized, false, nil), (untilEnd, false, "connection"),
        ] as [(String, Bool, String?)] {
            let (listener, done) = try tlsServer(response, closesProperly: closesProperly)
            let url = try #require(HTTPURL("https://localhost:\(listener.address.port)/"))
            let client = tlsClient()
            let failure = error { () throws(HTTPClientError) in try client.send(HTTPClientRequest(url: url)) }
            if expected == nil {
                #expect(failure == nil)
            } else {
                // Without close_notify the body may be incomplete.
                #expect(failure == .connection(url.address, .truncated))
            }
            #expect(done.wait(milliseconds: 5000))
            listener.stop()
        }
    }

    @Test func certificateOfUntrustedAuthorityIsRejected() throws {
        let (listener, done) = try tlsServer("", closesProperly: true)
        let url = try #require(HTTPURL("https://localhost:\(listener.address.port)/"))
        let failure = error { () throws(HTTPClientError) in
            try tlsClient(trusting: "other-ca.pem").send(HTTPClientRequest(url: url))
        }
        guard case .connection(_, .tls)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(failure?.isRetriable == false)
        #expect(done.wait(milliseconds: 5000))
        listener.stop()
    }
}
