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
