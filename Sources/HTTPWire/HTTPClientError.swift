import WireStreams

/// Why a request got no response. Contains no header values and no bodies.
package enum HTTPClientError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The part of an exchange that a time limit applies to.
    package enum Phase: String, Sendable {
        /// Opening the connection, with the TLS handshake.
        case connect
        /// Waiting for the next bytes of a response, or until bytes can be sent.
        case read
        /// The whole exchange, with redirects and the body.
        case total
    }

    /// The request cannot be sent as it is: a header with a line break, for example.
    case invalidRequest(String)
    case connection(SocketAddress, StreamError)
    case timedOut(Phase, milliseconds: Int)
    /// The server closed the connection before it sent any byte of a response.
    case closedBeforeResponse
    /// The connection ended within a response.
    case truncatedResponse
    /// The response is not HTTP/1.x or ambiguous.
    case malformedResponse(String)
    /// Status line and headers, or trailers, are larger than `HTTPClientLimits` permit.
    case headTooLarge(bytesMax: Int)
    case bodyTooLarge(bytesMax: Int)
    case tooManyRedirects(max: Int)
    /// A redirect that must not be followed, and why.
    case redirectRefused(to: String, reason: String)
    /// The closure that produces the request's body failed.
    case requestBodyFailed(String)
    /// The request was cancelled locally.
    case cancelled

    /// Whether the same request may succeed later without a change on either side.
    package var isRetriable: Bool {
        switch self {
        case .connection(_, .tls), .connection(_, .cancelled): false
        case .connection, .timedOut, .closedBeforeResponse, .truncatedResponse: true
        case .invalidRequest, .malformedResponse, .headTooLarge, .bodyTooLarge, .tooManyRedirects, .redirectRefused,
            .requestBodyFailed, .cancelled:
            false
        }
    }

    package var description: String {
        switch self {
        case .invalidRequest(let reason): "invalid request: \(reason)"
        case .connection(let address, let error): "\(address): \(error)"
        case .timedOut(.connect, let milliseconds): "no connection within \(milliseconds) ms"
        case .timedOut(.read, let milliseconds): "no data for \(milliseconds) ms"
        case .timedOut(.total, let milliseconds): "the exchange was not complete within \(milliseconds) ms"
        case .closedBeforeResponse: "the server closed the connection without a response"
        case .truncatedResponse: "the response is incomplete"
        case .malformedResponse(let reason): "malformed response: \(reason)"
        case .headTooLarge(let bytesMax): "the response's headers are larger than \(bytesMax) bytes"
        case .bodyTooLarge(let bytesMax): "the response's body is larger than \(bytesMax) bytes"
        case .tooManyRedirects(let max): "more than \(max) redirects"
        case .redirectRefused(let target, let reason): "the redirect to \(target) is not followed: \(reason)"
        case .requestBodyFailed(let reason): "the request's body could not be produced: \(reason)"
        case .cancelled: "the request was cancelled"
        }
    }
}
