import KafkaProtocol
import WireStreams

/// How a development broker behaves. The names in the comments are those of Kafka's `server.properties`.
package struct DevelopmentBrokerConfiguration: Sendable {
    /// Where it listens; port 0 lets the system choose.
    package var listen: SocketAddress
    /// The address that clients are given; nil for the one that it listens on. (`advertised.listeners`)
    package var advertised: SocketAddress?
    /// Where everything is kept; created if it is not there. (`log.dirs`)
    package var dataDirectory: String
    /// For topics that are created without a number. (`num.partitions`)
    package var partitionCountDefault: Int32 = 1
    /// Whether a client that asks for an unknown topic brings it into being. (`auto.create.topics.enable`)
    package var createsTopicsAutomatically = true
    package var limits = BrokerLimits()

    package init(listen: SocketAddress, advertised: SocketAddress? = nil, dataDirectory: String) {
        self.listen = listen
        self.advertised = advertised
        self.dataDirectory = dataDirectory
    }
}
