import KafkaProtocol
import WireStreams

/// A broker of a cluster, from the cluster's metadata.
public struct BrokerDescription: Sendable, Hashable {
    /// The broker's node id.
    public var id: Int32
    /// The advertised listener.
    public var address: SocketAddress
    /// The broker's `broker.rack`, if it has one.
    public var rack: String?

    /// A broker of a cluster.
    package init(id: Int32, address: SocketAddress, rack: String? = nil) {
        self.id = id
        self.address = address
        self.rack = rack
    }
}

extension BrokerDescription {
    init?(_ endpoint: ProduceResponse.NodeEndpoint) {
        self.init(id: endpoint.nodeID, host: endpoint.host, port: endpoint.port, rack: endpoint.rack)
    }

    init?(_ endpoint: FetchResponse.NodeEndpoint) {
        self.init(id: endpoint.nodeID, host: endpoint.host, port: endpoint.port, rack: endpoint.rack)
    }

    /// nil if the port is not one.
    private init?(id: Int32, host: String, port: Int32, rack: String?) {
        guard let port = UInt16(exactly: port) else { return nil }
        self.init(id: id, address: SocketAddress(host: host, port: port), rack: rack)
    }
}
