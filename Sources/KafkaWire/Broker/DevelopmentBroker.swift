import KafkaProtocol
import WireCore
import WireStreams

/// A Kafka broker for development and tests, inside this process. It can have several nodes.
///
/// It serves any Kafka client: topics, idempotent producers, consumers, consumer groups and groups of other kinds
/// (Connect's workers). It keeps everything in one directory and loses nothing that was acknowledged when the process
/// is killed; a loss of power may cost the last seconds. It has no authorization and no replication: not for
/// production.
package final class DevelopmentBroker: Sendable {
    private static let logger = Logger("cdcd.broker")

    let service: BrokerService
    /// Stops and starts nodes, and moves leaders between them.
    package let cluster: BrokerCluster

    private var firstNode: BrokerNode { service.nodes[0] }
    /// The address of the first node's first listener; the port is the one that the system chose if 0 was requested.
    package var address: SocketAddress { firstNode.listeners[0].server.address }
    /// The address that clients of that listener are given.
    package var advertised: SocketAddress { firstNode.listeners[0].advertised }
    /// The addresses of the first node's listeners by their names.
    package var addresses: [String: SocketAddress] { firstNode.addresses }
    package var clusterID: String { service.identity.clusterID }
    /// Hold, refuse or lose requests, in tests of clients.
    package var interceptors: RequestInterceptors { service.interceptors }

    /// Faults on request, to test clients.
    package let faults: FaultRegistry

    /// Binds the addresses and reads the data directory. Requests are answered after `start()`.
    ///
    /// Throws `StreamError` if an address cannot be bound or a certificate cannot be used, and `StorageError` if the
    /// directory cannot be used.
    package init(_ configuration: DevelopmentBrokerConfiguration) throws {
        precondition(!configuration.listeners.isEmpty, "a broker has a listener")
        let nodes = try (1...max(1, configuration.nodeCount)).map { id in
            try BrokerNode(id: id, configuration: configuration, logger: Self.logger)
        }
        service = try BrokerService(configuration: configuration, nodes: nodes)
        faults = FaultRegistry(service.interceptors, nodeCount: Int32(nodes.count))
        cluster = BrokerCluster(service)
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
        for node in service.nodes { cluster.serve(node) }
        let addresses = service.nodes.flatMap(\.listeners).map {
            "\($0.server.address) (\($0.securityProtocol.rawValue)) and is advertised as \($0.advertised)"
        }
        Self.logger.info(
            "The development broker listens on \(addresses.joined(separator: ", on ")); its data is in "
                + "\(service.directory.path), its cluster id is \(clusterID)")
    }

    /// Closes all connections and writes everything to the disk. The broker cannot be started again.
    package func stop() {
        for node in service.nodes { node.stopAccepting() }
        service.groups.stop()
        service.interceptors.stop()
        for node in service.nodes { node.cutAll() }
        service.maintenance.stop()
        let ended = service.nodes.map { $0.awaitEnd(milliseconds: 5000) }
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
