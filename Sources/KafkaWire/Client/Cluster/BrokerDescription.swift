import WireStreams

/// A broker as the cluster announces it.
public struct BrokerDescription: Sendable, Hashable {
    /// The broker's node id.
    public var id: Int32
    /// The advertised listener.
    public var address: SocketAddress
    /// The broker's `broker.rack`, if it has one.
    public var rack: String?

    /// A broker of a cluster.
    public init(id: Int32, address: SocketAddress, rack: String? = nil) {
        self.id = id
        self.address = address
        self.rack = rack
    }
}
