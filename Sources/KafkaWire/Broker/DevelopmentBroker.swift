import KafkaProtocol
import WireCore
import WireStreams

/// A single-node Kafka broker for development and tests, inside this process.
///
/// It serves any Kafka client: topics, idempotent producers, consumers, consumer groups and groups of other kinds
/// (Connect's workers). It keeps everything in one directory and loses nothing that was acknowledged when the process
/// is killed; a loss of power may cost the last seconds. It has no security and no replication: not for production.
package final class DevelopmentBroker: Sendable {
    private static let logger = Logger("cdcd.broker")

    private let server: SocketServer
    let service: BrokerService

    /// The address that it listens on; the port is the one that the system chose if 0 was requested.
    package var address: SocketAddress { server.address }
    /// The address that clients are given.
    package var advertised: SocketAddress { service.advertised }
    package var clusterID: String { service.identity.clusterID }
    /// Hold, refuse or lose requests, in tests of clients.
    package var interceptors: RequestInterceptors { service.interceptors }

    /// Binds the address and reads the data directory. Requests are answered after `start()`.
    ///
    /// Throws `StreamError` if the address cannot be bound, and `StorageError` if the directory cannot be used.
    package init(_ configuration: DevelopmentBrokerConfiguration) throws {
        server = try SocketServer(
            listen: configuration.listen, name: "broker", connectionsMax: configuration.limits.connectionsMax,
            logger: Self.logger)
        let bound = server.address
        // Clients cannot connect to "any address".
        let reachable = ["0.0.0.0", "::"].contains(bound.host) ? SocketAddress(host: "localhost", port: bound.port) : bound
        let advertised = configuration.advertised ?? reachable
        service = try BrokerService(configuration: configuration, advertised: advertised)
    }

    /// Creates a broker with the default configuration for everything else.
    package convenience init(
        listen: SocketAddress, advertised: SocketAddress? = nil, dataDirectory: String
    ) throws {
        try self.init(
            DevelopmentBrokerConfiguration(listen: listen, advertised: advertised, dataDirectory: dataDirectory))
    }

    /// Starts accepting connections.
    package func start() {
        service.groups.start()
        service.maintenance.start()
        let service = service
        server.start { streams, _ in ClientConnection(streams: streams, service: service).serve() }
        Self.logger.info(
            "The development broker listens on \(address) and is advertised as \(advertised); its data is in "
                + "\(service.directory.path), its cluster id is \(clusterID)")
    }

    /// Closes all connections and writes everything to the disk. The broker cannot be started again.
    package func stop() {
        server.stopAccepting()
        service.groups.stop()
        service.interceptors.stop()
        server.cutAll()
        service.maintenance.stop()
        let haveThreadsEnded = server.awaitEnd(milliseconds: 5000)
        var errors = service.topics.synchronize()
        do throws(StorageError) {
            try service.groups.synchronize()
            try service.transactions.synchronize()
        } catch { errors.append(error) }
        if let first = errors.first {
            Self.logger.error("\(errors.count) file(s) could not be written to the disk. The first error: \(first)")
        }
        // A thread that still writes needs the directory's lock.
        if haveThreadsEnded { service.directory.release() }
        Self.logger.info("The development broker has stopped")
    }
}
