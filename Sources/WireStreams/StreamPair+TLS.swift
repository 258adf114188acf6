import Foundation

extension StreamPair {
    /// Starts TLS on this connection and returns the encrypted streams when the handshake is done.
    ///
    /// - Parameter end: how the end of the connection is recognised.
    /// - Throws: `StreamError.tls` with the reason (an invalid certificate, no common version, …).
    package func startingTLS(
        _ configuration: TLSConfiguration, isServer: Bool = false, end: TLSEnd = .closeNotify
    ) throws(StreamError) -> StreamPair {
        let engine = try TLSEngine(configuration, isServer: isServer)
        let connection = TLSConnection(engine: engine, inner: self, end: end)
        try connection.handshake()
        return StreamPair(input: TLSInputStream(connection), output: TLSOutputStream(connection), over: self)
    }
}
