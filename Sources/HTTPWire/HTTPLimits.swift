/// Limits on the memory and time that clients may use.
package struct HTTPLimits: Sendable {
    package var requestLineBytesMax = 8 * 1024
    package var headersBytesMax = 16 * 1024
    package var headerCountMax = 100
    package var bodyBytesMax = 4 * 1024 * 1024
    package var connectionsMax = 1024
    /// For all requests together, each from its first byte to its response.
    package var heldBytesMax = 64 * 1024 * 1024
    /// From the first byte of a request to the end of its headers.
    package var headersTimeoutMilliseconds = 10_000
    /// From the end of the headers to the end of the body.
    package var bodyTimeoutMilliseconds = 30_000
    /// The maximum time between two requests of a connection.
    package var idleTimeoutMilliseconds = 30_000
    /// The maximum time that sending a response may block.
    package var writeTimeoutMilliseconds = 10_000
    /// The maximum time that a refused client's bytes are read before the connection is closed.
    package var drainMillisecondsMax = 1000
}
