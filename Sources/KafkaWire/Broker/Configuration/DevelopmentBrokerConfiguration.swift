import WireStreams

/// The configuration of a development broker. The names in parentheses are those of Kafka's `server.properties`.
package struct DevelopmentBrokerConfiguration: Sendable {
    /// At least one. Those of the first node; see `listeners(ofNode:)`. (`listeners`)
    package var listeners: [BrokerListener]
    /// The number of nodes, whose ids begin with 1. They use the same data: there is no replication.
    package var nodeCount: Int32 = 1
    /// What the listeners with TLS and SASL require.
    package var security = BrokerSecurity()
    /// The directory for all data, created if it does not exist. (`log.dirs`)
    package var dataDirectory: String
    /// The number of partitions of topics that are created without one. (`num.partitions`)
    package var partitionCountDefault: Int32 = 1
    /// Whether a metadata request for an unknown topic creates it. (`auto.create.topics.enable`)
    package var createsTopicsAutomatically = true
    /// The version of transactions: with 2 each transaction has an epoch of its own (KIP-890). (`transaction.version`)
    package var transactionVersion: Int16 = 2
    /// Settings of topics that do not have their own. (`log.retention.ms`, `log.segment.bytes`, …)
    package var topicDefaults = TopicConfiguration()
    /// The time between two searches for segments to delete or compact. (`log.retention.check.interval.ms`,
    /// `log.cleaner.backoff.ms`)
    package var cleanupIntervalMilliseconds = 15_000
    package var limits = BrokerLimits()
    /// The versions of requests that are served.
    package var apiVersions = AnnouncedVersions()

    package init(listeners: [BrokerListener], security: BrokerSecurity = BrokerSecurity(), dataDirectory: String) {
        self.listeners = listeners
        self.security = security
        self.dataDirectory = dataDirectory
    }

    /// One listener without security.
    package init(listen: SocketAddress, advertised: SocketAddress? = nil, dataDirectory: String) {
        listeners = [BrokerListener(.plaintext, listen, advertised: advertised)]
        self.dataDirectory = dataDirectory
    }

    /// The listeners of a node. The ports of each further node follow those of the node before it: with two listeners,
    /// each port is two higher.
    package func listeners(ofNode id: Int32) -> [BrokerListener] {
        let distance = Int(id - 1) * listeners.count
        func moved(_ address: SocketAddress) -> SocketAddress {
            guard address.port != 0 else { return address }
            return SocketAddress(host: address.host, port: UInt16(clamping: Int(address.port) + distance))
        }
        return listeners.map { listener in
            var listener = listener
            listener.address = moved(listener.address)
            listener.advertised = listener.advertised.map(moved)
            return listener
        }
    }
}
