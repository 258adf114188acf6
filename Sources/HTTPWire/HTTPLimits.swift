/// What one client may ask of the server's memory and time.
package struct HTTPLimits: Sendable {
    package var requestLineBytesMax = 8 * 1024
    package var headersBytesMax = 16 * 1024
    package var headerCountMax = 100
    package var bodyBytesMax = 4 * 1024 * 1024
    package var connectionsMax = 1024
    /// Of all requests at hand together, from their first byte to their answer.
    package var heldBytesMax = 64 * 1024 * 1024
    /// From the first byte of a request to the end of its headers.
    package var headersTimeoutMilliseconds = 10_000
    /// From the end of the headers to the end of the body.
    package var bodyTimeoutMilliseconds = 30_000
    /// How long an open connection may stay silent between two requests.
    package var idleTimeoutMilliseconds = 30_000
    /// How long a client may take to accept an answer.
    package var writeTimeoutMilliseconds = 10_000
    /// How long at most a client that was refused is listened to before the connection is closed.
    package var drainMillisecondsMax = 1000
}
