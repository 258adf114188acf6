import WireCore
import WireStreams

/// A blocking HTTP/1.1 client that keeps connections open, follows redirects and limits what a server may send.
///
/// Belongs to one thread. Only `cancellation` may be used by others.
package final class HTTPClient {
    package let cancellation: HTTPCancellation
    private let limits: HTTPClientLimits
    private let tls: TLSConfiguration
    private let userAgent: String
    /// At most one for each server.
    private var idle: [HTTPClientConnection] = []
    private static let idleConnectionsMax = 8

    /// - Parameters:
    ///   - tls: for https. A verification of `.identity` is for the host of each URL.
    ///   - userAgent: sent unless a request has its own.
    package init(
        limits: HTTPClientLimits = HTTPClientLimits(),
        tls: TLSConfiguration = TLSConfiguration(verification: .identity(host: "")), userAgent: String,
        cancellation: HTTPCancellation = HTTPCancellation()
    ) {
        self.limits = limits
        self.tls = tls
        self.userAgent = userAgent
        self.cancellation = cancellation
    }

    deinit { closeIdleConnections() }

    package func closeIdleConnections() {
        for connection in idle { discard(connection) }
        idle = []
    }

    /// Sends a request and returns the response with its body. A status of 4xx or 5xx is a response, not an error.
    package func send(_ request: HTTPClientRequest) throws(HTTPClientError) -> HTTPClientResponse {
        try withResponse(to: request) { (head, body) throws(HTTPClientError) in
            var bytes: [UInt8] = []
            while let part = try body.next() { bytes += part }
            return HTTPClientResponse(head: head, body: bytes, trailers: body.trailers, url: body.url)
        }
    }

    /// Sends a request and calls `handle` while the body arrives. The connection is kept for the next request if
    /// `handle` has read the body to its end.
    package func withResponse<R>(
        to request: HTTPClientRequest,
        _ handle: (HTTPResponseHead, HTTPResponseBody) throws(HTTPClientError) -> R
    ) throws(HTTPClientError) -> R {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: limits.totalTimeoutMilliseconds)
        var request = request
        addCredentials(of: request.url, to: &request)
        try request.check()
        for _ in 0...limits.redirectsMax {
            let (head, body) = try exchange(request, deadline)
            defer { finish(body) }
            if cancellation.isCancelled { throw .cancelled }
            guard let next = try HTTPRedirect.next(after: request, head) else { return try handle(head, body) }
            // The body of a redirect is read if it is short, so that the connection can be reused.
            if body.isShort { while try body.next() != nil {} }
            request = next
        }
        throw .tooManyRedirects(max: limits.redirectsMax)
    }

    /// User information in a URL means Basic authentication (RFC 7617).
    private func addCredentials(of url: HTTPURL, to request: inout HTTPClientRequest) {
        guard let userInfo = url.userInfo else { return }
        request.url = url.withoutUserInfo
        guard request.headers.firstValue("Authorization") == nil else { return }
        var writer = ByteWriter()
        writer.base64(Array((PercentEncoding.decode(userInfo) ?? userInfo).utf8))
        let value = "Basic " + String(decoding: writer.array(), as: UTF8.self)
        request.headers.append(HTTPRequest.Header(name: "Authorization", value: value))
    }

    // MARK: Exchange

    /// Sends a request and waits for the response's head. If the server has closed an idle connection, an idempotent
    /// request is sent once more, on a new connection.
    private func exchange(
        _ request: HTTPClientRequest, _ deadline: MonotonicInstant
    ) throws(HTTPClientError) -> (HTTPResponseHead, HTTPResponseBody) {
        if let connection = takeIdle(request.url) {
            do throws(HTTPClientError) {
                return try exchange(request, on: connection, deadline)
            } catch {
                guard request.isIdempotent, request.body.isRepeatable, error.isEndOfConnection,
                    !connection.hasReceived
                else { throw error }
            }
        }
        if cancellation.isCancelled { throw .cancelled }
        let connection = try HTTPClientConnection(
            to: request.url, tls: tls, limits: limits, deadline: deadline, cancellation)
        return try exchange(request, on: connection, deadline)
    }

    private func exchange(
        _ request: HTTPClientRequest, on connection: HTTPClientConnection, _ deadline: MonotonicInstant
    ) throws(HTTPClientError) -> (HTTPResponseHead, HTTPResponseBody) {
        connection.begin(readMilliseconds: limits.readTimeoutMilliseconds, deadline: deadline)
        let body = HTTPResponseBody(connection, request, limits, deadline)
        do throws(HTTPClientError) {
            let failure = try send(request, on: connection)
            if let failure, case .timedOut = failure { throw body.explain(failure) }
            do throws(HTTPClientError) {
                return (try body.receiveHead(), body)
            } catch {
                // A server may answer, and close, before it has read the whole request. If it has not answered, the
                // failure to send is the cause.
                if let failure, !connection.hasReceived { throw body.explain(failure) }
                throw error
            }
        } catch {
            discard(connection)
            throw cancellation.isCancelled ? .cancelled : error
        }
    }

    /// Sends the whole request. Returns why it could not be sent. Throws only if the body cannot be produced.
    private func send(
        _ request: HTTPClientRequest, on connection: HTTPClientConnection
    ) throws(HTTPClientError) -> StreamError? {
        let head = request.head(userAgent: userAgent)
        do throws(StreamError) {
            switch request.body {
            case .none: try connection.send(head)
            case .bytes(let bytes): try connection.send(head + bytes)
            case .sized, .chunked: try connection.send(head)
            }
        } catch { return error }
        switch request.body {
        case .none, .bytes: return nil
        case .sized(let count, let next):
            var remaining = count
            while let piece = try produce(next) {
                remaining -= piece.count
                guard remaining >= 0 else { throw .requestBodyFailed("more than the announced \(count) bytes") }
                do throws(StreamError) { try connection.send(piece) } catch { return error }
            }
            guard remaining == 0 else {
                throw .requestBodyFailed("\(remaining) of the announced \(count) bytes are missing")
            }
            return nil
        case .chunked(let next):
            while let piece = try produce(next) {
                if piece.isEmpty { continue }
                let size = Array("\(String(piece.count, radix: 16))\r\n".utf8)
                do throws(StreamError) { try connection.send(size + piece + [0x0D, 0x0A]) } catch { return error }
            }
            do throws(StreamError) { try connection.send(Array("0\r\n\r\n".utf8)) } catch { return error }
            return nil
        }
    }

    private func produce(_ next: () throws -> [UInt8]?) throws(HTTPClientError) -> [UInt8]? {
        do { return try next() } catch { throw .requestBodyFailed("\(error)") }
    }

    // MARK: Connections

    private func takeIdle(_ url: HTTPURL) -> HTTPClientConnection? {
        let now = MonotonicInstant.now
        for connection in idle where isExpired(connection, now) { discard(connection) }
        idle.removeAll { isExpired($0, now) }
        guard let index = idle.firstIndex(where: { $0.url.isSameOrigin(as: url) }) else { return nil }
        return idle.remove(at: index)
    }

    private func isExpired(_ connection: HTTPClientConnection, _ now: MonotonicInstant) -> Bool {
        now.milliseconds(since: connection.idleSince) >= limits.idleMillisecondsMax
    }

    private func finish(_ body: HTTPResponseBody) {
        let connection = body.connection
        guard body.isReusable, !cancellation.isCancelled else { return discard(connection) }
        connection.idleSince = .now
        if let index = idle.firstIndex(where: { $0.url.isSameOrigin(as: connection.url) }) {
            discard(idle.remove(at: index))
        } else if idle.count >= Self.idleConnectionsMax {
            discard(idle.removeFirst())
        }
        idle.append(connection)
    }

    private func discard(_ connection: HTTPClientConnection) {
        cancellation.remove(connection.canceller)
        connection.close()
    }
}

extension HTTPClientError {
    /// Whether the connection was closed or failed.
    fileprivate var isEndOfConnection: Bool {
        switch self {
        case .closedBeforeResponse, .connection(_, .closed), .connection(_, .truncated), .connection(_, .system): true
        case .invalidRequest, .connection, .timedOut, .truncatedResponse, .malformedResponse, .headTooLarge,
            .bodyTooLarge, .tooManyRedirects, .redirectRefused, .requestBodyFailed, .cancelled:
            false
        }
    }
}
