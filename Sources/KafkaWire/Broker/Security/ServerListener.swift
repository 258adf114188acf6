import WireCore
import WireStreams

/// One bound listener of the broker.
final class ServerListener: Sendable {
    let name: String
    let securityProtocol: BrokerListener.SecurityProtocol
    /// The address that clients of this listener receive.
    let advertised: SocketAddress
    let server: SocketServer
    private let tls: TLSContext?

    /// Binds the address. Throws `StreamError` if it cannot be bound, or the certificate of TLS cannot be used.
    init(
        _ configuration: DevelopmentBrokerConfiguration, _ listener: BrokerListener, logger: Logger
    ) throws(StreamError) {
        name = listener.name
        securityProtocol = listener.securityProtocol
        if listener.securityProtocol.usesTLS {
            guard let tls = configuration.security.tls else {
                throw .tls("the listener \(listener.name) needs a certificate")
            }
            self.tls = try TLSContext(tls)
        } else {
            tls = nil
        }
        server = try SocketServer(
            listen: listener.address, name: "broker", connectionsMax: configuration.limits.connectionsMax,
            logger: logger)
        let bound = server.address
        // Clients cannot connect to "any address".
        let reachable = ["0.0.0.0", "::"].contains(bound.host) ? SocketAddress(host: "localhost", port: bound.port) : bound
        advertised = listener.advertised ?? reachable
    }

    /// The streams of a new connection after the handshake of TLS, if the listener uses it.
    func secured(_ streams: StreamPair, milliseconds: Int) throws(StreamError) -> StreamPair {
        guard let tls else { return streams }
        streams.setTimeouts(milliseconds, milliseconds)
        return try streams.acceptingTLS(tls)
    }
}
