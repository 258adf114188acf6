import Foundation

extension StreamPair {
    /// Starts TLS on this connection as the client and returns the encrypted streams when the handshake is done.
    ///
    /// - Parameter end: how the end of the connection is recognised.
    /// - Throws: `StreamError.tls` with the reason (an invalid certificate, no common version, …).
    package func startingTLS(
        _ configuration: TLSConfiguration, end: TLSEnd = .closeNotify
    ) throws(StreamError) -> StreamPair {
        try startingTLS(try TLSEngine(configuration), end)
    }

    /// Starts TLS on this connection as the server and returns the encrypted streams when the handshake is done.
    ///
    /// - Parameter context: made once for all connections.
    /// - Parameter end: how the end of the connection is recognised.
    package func acceptingTLS(_ context: TLSContext, end: TLSEnd = .closeNotify) throws(StreamError) -> StreamPair {
        precondition(context.isServer, "the context is a client's")
        return try startingTLS(try TLSEngine(context), end)
    }

    private func startingTLS(_ engine: TLSEngine, _ end: TLSEnd) throws(StreamError) -> StreamPair {
        let connection = TLSConnection(engine: engine, inner: self, end: end)
        try connection.handshake()
        return StreamPair(
            input: TLSInputStream(connection), output: TLSOutputStream(connection), over: self,
            peerSubject: engine.peerSubject)
    }
}
