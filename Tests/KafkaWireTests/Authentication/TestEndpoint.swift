import HTTPWire
import Synchronization
import WireStreams

/// An HTTP server on the loopback interface that records its requests.
final class TestEndpoint: Sendable {
    private final class Seen: Sendable {
        let requests = Mutex<[HTTPRequest]>([])
    }

    private let server: HTTPServer
    private let seen: Seen
    var requests: [HTTPRequest] { seen.requests.withLock { $0 } }
    var url: String { "http://\(server.address)" }

    /// - Parameter answer: receives the request and the number of those before it.
    init(_ answer: @escaping @Sendable (HTTPRequest, Int) -> (status: Int, body: String)) throws {
        let seen = Seen()
        server = try HTTPServer(address: SocketAddress(host: "127.0.0.1", port: 0)) { request in
            let index = seen.requests.withLock { $0.append(request); return $0.count - 1 }
            let (status, body) = answer(request, index)
            return HTTPResponse(status: status, body: Array(body.utf8))
        }
        self.seen = seen
        server.start()
    }

    /// The answers in order; the last one for all further requests.
    convenience init(_ answers: [(status: Int, body: String)]) throws {
        try self.init { _, index in answers[min(index, answers.count - 1)] }
    }

    deinit { server.stop() }
}
