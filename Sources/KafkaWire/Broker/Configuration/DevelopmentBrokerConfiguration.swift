import KafkaProtocol
import WireStreams

/// The configuration of a development broker. The names in parentheses are those of Kafka's `server.properties`.
package struct DevelopmentBrokerConfiguration: Sendable {
    /// At least one. (`listeners`)
    package var listeners: [BrokerListener]
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
    /// The highest versions of requests that are served, as by an older broker; a request that is not listed is not
    /// served. nil serves the latest of each.
    package var versionsMax: [APIKey: Int16]?

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
}
