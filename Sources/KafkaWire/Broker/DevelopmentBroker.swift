import Dispatch
import Synchronization
import WireCore
import WireStreams

/// A single-node Kafka broker for development and tests, inside this process.
///
/// It serves any Kafka client: topics, idempotent producers, consumers, consumer groups and groups of other kinds
/// (Connect's workers). It keeps everything in one directory and loses nothing that was acknowledged when the process
/// is killed; a loss of power may cost the last seconds. It has no security, no replication and no transactions, and
/// never deletes a record for its age: not for production.
public final class DevelopmentBroker: Sendable {
    private static let logger = Logger("cdcd.broker")

    private struct Connections {
        var cancellers: [Int: SocketCanceller] = [:]
        var lastID = 0
        var isStopping = false
    }

    private let listener: SocketListener
    private let service: BrokerService
    private let connections = Mutex(Connections())
    private let acceptor = ThreadCompletion()
    private let connectionThreads = DispatchGroup()

    /// Where it listens; the port is the one that the system chose where 0 was asked for.
    public var address: SocketAddress { listener.address }
    /// The address that clients are told to connect to.
    public var advertised: SocketAddress { service.advertised }
    public var clusterID: String { service.identity.clusterID }

    /// Listens at once, and reads what the directory holds; requests are answered from `start()` on.
    ///
    /// Throws `StreamError` where it cannot listen there, and `StorageError` where the directory cannot be used.
    public init(_ configuration: DevelopmentBrokerConfiguration) throws {
        listener = try SocketListener(address: configuration.listen)
        let bound = listener.address
        // Clients cannot connect to "any address".
        let reachable = ["0.0.0.0", "::"].contains(bound.host) ? SocketAddress(host: "localhost", port: bound.port) : bound
        let advertised = configuration.advertised ?? reachable
        service = try BrokerService(configuration: configuration, advertised: advertised)
    }

    /// As `init(_:)`, with everything else as it is by default.
    public convenience init(
        listen: SocketAddress, advertised: SocketAddress? = nil, dataDirectory: String
    ) throws {
        try self.init(
            DevelopmentBrokerConfiguration(listen: listen, advertised: advertised, dataDirectory: dataDirectory))
    }

    /// Begins to answer.
    public func start() {
        service.groups.start()
        let broker = self
        startThread(named: "broker-acceptor", stackBytes: 256 << 10) {
            broker.acceptConnections()
            broker.acceptor.finish()
        }
        Self.logger.info(
            "The development broker listens on \(address) and tells clients \(advertised); its data is in "
                + "\(service.directory.path), its cluster id is \(clusterID)")
    }

    /// Ends all connections and waits until the disk has everything. The broker cannot be started again.
    public func stop() {
        listener.stop()
        let open = connections.withLock { connections in
            connections.isStopping = true
            return Array(connections.cancellers.values)
        }
        service.groups.stop()
        for canceller in open { canceller.cancel() }
        _ = acceptor.wait(milliseconds: 5000)
        let areGone = connectionThreads.wait(timeout: .now() + .seconds(5)) == .success
        do throws(StorageError) {
            try service.topics.synchronize()
            try service.groups.synchronize()
            // Whoever still writes keeps others out of the directory.
            if areGone { service.directory.release() }
        } catch {
            Self.logger.error("\(error)")
        }
        Self.logger.info("The development broker has stopped")
    }

    private func acceptConnections() {
        while true {
            do throws(StreamError) {
                guard let streams = try listener.accept() else { return }
                admit(streams)
            } catch {
                Self.logger.error("The broker's listener \(address) failed and takes no more connections: \(error)")
                return
            }
        }
    }

    private func admit(_ streams: sending StreamPair) {
        let canceller = streams.canceller
        let connectionsMax = service.configuration.limits.connectionsMax
        let id = connections.withLock { connections -> Int? in
            guard !connections.isStopping, connections.cancellers.count < connectionsMax else { return nil }
            connections.lastID += 1
            connections.cancellers[connections.lastID] = canceller
            return connections.lastID
        }
        guard let id else {
            Self.logger.warn("Refused a connection: \(connectionsMax) are open")
            return canceller.cancel()
        }
        let broker = self
        connectionThreads.enter()
        do throws(StreamError) {
            try startConnectionThread(named: "broker-connection") {
                ClientConnection(streams: streams, service: broker.service).serve()
                broker.connections.withLock { $0.cancellers[id] = nil }
                broker.connectionThreads.leave()
            }
        } catch {
            connections.withLock { $0.cancellers[id] = nil }
            connectionThreads.leave()
            canceller.cancel()
            Self.logger.warn("Refused a connection: \(error)")
        }
    }
}
