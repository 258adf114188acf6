import WireCore
import WireStreams

/// The body of a response while it arrives. Valid until the closure that received it returns.
package final class HTTPResponseBody {
    /// After redirects.
    package let url: HTTPURL
    /// The trailers of a chunked body; empty before its end.
    package private(set) var trailers: [HTTPRequest.Header] = []
    let connection: HTTPClientConnection
    private let limits: HTTPClientLimits
    private let deadline: MonotonicInstant
    private var parser: HTTPResponseParser
    private var announcedBytes: Int?

    init(
        _ connection: HTTPClientConnection, _ request: HTTPClientRequest, _ limits: HTTPClientLimits,
        _ deadline: MonotonicInstant
    ) {
        self.connection = connection
        self.limits = limits
        self.deadline = deadline
        url = request.url
        parser = HTTPResponseParser(method: request.method, limits: limits)
    }

    /// Returns the next bytes, at least one, or nil at the end of the body.
    ///
    /// Throws for a body that is incomplete, larger than the limit, or too slow.
    package func next() throws(HTTPClientError) -> [UInt8]? {
        while true {
            switch try parser.next() {
            case .needMore: try receive()
            case .body(let bytes): return bytes
            case .end(let trailers):
                self.trailers = trailers
                return nil
            case .informational, .head: preconditionFailure("the head comes once, before the body")
            }
        }
    }

    func receiveHead() throws(HTTPClientError) -> HTTPResponseHead {
        while true {
            switch try parser.next() {
            case .needMore: try receive()
            case .informational: continue
            case .head(let head):
                announcedBytes = HTTPSyntax.contentLength(head.headerElements("Content-Length"))
                return head
            case .body, .end: preconditionFailure("the head comes before the body")
            }
        }
    }

    var isReusable: Bool { parser.isReusable }

    var isShort: Bool { announcedBytes.map { $0 <= 64 << 10 } ?? false }

    private func receive() throws(HTTPClientError) {
        let hasMore: Bool
        do throws(StreamError) {
            hasMore = try connection.receive(into: &parser)
        } catch { throw explain(error) }
        if !hasMore { try parser.end() }
    }

    func explain(_ error: StreamError) -> HTTPClientError {
        switch error {
        case .timedOut:
            deadline <= .now
                ? .timedOut(.total, milliseconds: limits.totalTimeoutMilliseconds)
                : .timedOut(.read, milliseconds: limits.readTimeoutMilliseconds)
        case .cancelled: .cancelled
        case .closed, .truncated, .system, .unresolvable, .tls: .connection(connection.url.address, error)
        }
    }
}
