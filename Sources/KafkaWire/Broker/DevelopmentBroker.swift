import KafkaProtocol
import WireCore
import WireStreams

/// A single-node Kafka broker for development and tests, inside this process.
///
/// It serves any Kafka client: topics, idempotent producers, consumers, consumer groups and groups of other kinds
/// (Connect's workers). It keeps everything in one directory and loses nothing that was acknowledged when the process
/// is killed; a loss of power may cost the last seconds. It has no authorization and no replication: not for
/// production.
package final class DevelopmentBroker: Sendable {
    private static let logger = Logger("cdcd.broker")

    let service: BrokerService

    /// The address of the first listener; the port is the one that the system chose if 0 was requested.
    package var address: SocketAddress { service.listeners[0].server.address }
    /// The address that clients of the first listener are given.
    package var advertised: SocketAddress { service.listeners[0].advertised }
    /// The addresses of the listeners by their names.
    package var addresses: [String: SocketAddress] {
        Dictionary(service.listeners.map { ($0.name, $0.server.address) }, uniquingKeysWith: { first, _ in first })
    }
    package var clusterID: String { service.identity.clusterID }
    /// Hold, refuse or lose requests, in tests of clients.
    package var interceptors: RequestInterceptors { service.interceptors }

    /// Binds the addresses and reads the data directory. Requests are answered after `start()`.
    ///
    /// Throws `StreamError` if an address cannot be bound or a certificate cannot be used, and `StorageError` if the
    /// directory cannot be used.
    package init(_ configuration: DevelopmentBrokerConfiguration) throws {
        precondition(!configuration.listeners.isEmpty, "a broker has a listener")
        let listeners = try configuration.listeners.map { try ServerListener(configuration, $0, logger: Self.logger) }
        service = try BrokerService(configuration: configuration, listeners: listeners)
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
        for listener in service.listeners {
            listener.server.start { streams, _ in
                ClientConnection.serve(streams, from: listener, service: service)
            }
        }
        let addresses = service.listeners.map {
            "\($0.server.address) (\($0.securityProtocol.rawValue)) and is advertised as \($0.advertised)"
        }
        Self.logger.info(
            "The development broker listens on \(addresses.joined(separator: ", on ")); its data is in "
                + "\(service.directory.path), its cluster id is \(clusterID)")
    }

    /// Closes all connections and writes everything to the disk. The broker cannot be started again.
    package func stop() {
        for listener in service.listeners { listener.server.stopAccepting() }
        service.groups.stop()
        service.interceptors.stop()
        for listener in service.listeners { listener.server.cutAll() }
        service.maintenance.stop()
        let ended = service.listeners.map { $0.server.awaitEnd(milliseconds: 5000) }
        let haveThreadsEnded = !ended.contains(false)
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
