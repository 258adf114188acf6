/// Limits on the size of responses and on time.
package struct HTTPClientLimits: Sendable {
    /// Status line and headers; trailers too.
    package var headBytesMax = 64 * 1024
    package var headerCountMax = 200
    /// Of one response, also if it is streamed.
    package var bodyBytesMax = 64 * 1024 * 1024
    package var redirectsMax = 5
    /// For opening a connection, including the TLS handshake.
    package var connectTimeoutMilliseconds = 10_000
    /// Without receiving or being able to send a byte.
    package var readTimeoutMilliseconds = 30_000
    /// For a request with its redirects, to the end of the body.
    package var totalTimeoutMilliseconds = 60_000
    /// The maximum time that an unused connection is kept for the next request.
    package var idleMillisecondsMax = 30_000

    package init() {}
}
