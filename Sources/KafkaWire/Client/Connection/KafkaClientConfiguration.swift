import KafkaProtocol
import WireStreams

/// How a client resolves the names of brokers (`client.dns.lookup`).
public enum DNSLookup: String, Sendable {
    /// All addresses of a name are tried in turn, and the name is resolved again for each connection.
    case useAllAddresses = "use_all_dns_ips"
    /// A bootstrap server is replaced by the canonical names of its addresses, as a check of certificates or Kerberos
    /// may require.
    case resolveCanonicalBootstrapServersOnly = "resolve_canonical_bootstrap_servers_only"
}

/// What a client does when no known broker can be reached (`metadata.recovery.strategy`, KIP-899).
public enum MetadataRecovery: String, Sendable {
    /// Known brokers are forgotten, and the bootstrap servers are used again.
    case rebootstrap
    /// The known brokers are tried again.
    case none
}

/// The addresses, timeouts and security of a client. The names are Kafka's, with their unit.
public struct KafkaClientConfiguration: Sendable {
    /// The addresses from which the cluster's metadata is fetched; one reachable address suffices
    /// (`bootstrap.servers`).
    public var bootstrapServers: [SocketAddress]
    /// Identifies the program in the brokers' logs and quotas (`client.id`).
    public var clientID: String
    /// The time after which a request without a response fails and its connection is closed (`request.timeout.ms`).
    public var requestTimeoutMilliseconds = 30_000
    /// The maximum time to connect to a broker, for all addresses of its name together; it doubles with each attempt
    /// that fails (`socket.connection.setup.timeout.ms`, KIP-601).
    public var connectTimeoutMilliseconds = 10_000
    /// The maximum of this time (`socket.connection.setup.timeout.max.ms`).
    public var connectTimeoutMaxMilliseconds = 30_000
    /// The pause before a broker is connected to again after an attempt that failed; it doubles with each one
    /// (`reconnect.backoff.ms`).
    public var reconnectBackoffMilliseconds = 50
    /// The maximum of this pause (`reconnect.backoff.max.ms`).
    public var reconnectBackoffMaxMilliseconds = 1_000
    /// The time after which an unused connection is closed (`connections.max.idle.ms`).
    public var connectionsMaxIdleMilliseconds = 540_000
    /// The size of the system's send buffer of a connection (`send.buffer.bytes`); nil leaves it to the system.
    public var sendBufferBytes: Int?
    /// The size of the system's receive buffer of a connection (`receive.buffer.bytes`); nil leaves it to the system.
    public var receiveBufferBytes: Int?
    /// How names are resolved (`client.dns.lookup`).
    public var dnsLookup = DNSLookup.useAllAddresses
    /// What happens when no known broker can be reached (`metadata.recovery.strategy`).
    public var metadataRecovery = MetadataRecovery.rebootstrap
    /// The time without metadata after which known brokers are given up (`metadata.recovery.rebootstrap.trigger.ms`).
    public var rebootstrapTriggerMilliseconds = 300_000
    /// The maximum time of one operation with its retries (`default.api.timeout.ms`).
    public var apiTimeoutMilliseconds = 60_000
    /// The maximum age of metadata that producers use (`metadata.max.age.ms`).
    public var metadataMaxAgeMilliseconds = 300_000
    /// The pause before the first retry; it doubles with each one (`retry.backoff.ms`).
    public var retryBackoffMilliseconds = 100
    /// The maximum pause before a retry (`retry.backoff.max.ms`).
    public var retryBackoffMaxMilliseconds = 1_000
    /// The maximum size of a response; a larger one closes the connection.
    public var responseBytesMax = 100 << 20
    /// TLS for every connection; nil is plaintext. With `.identity`, the host of each broker replaces the one given.
    public var tls: TLSConfiguration?
    /// Authenticates every connection with SASL; nil: no authentication.
    public var authentication: (any SASLMechanism)?
    /// Receives the client's events; nil costs nothing.
    public var observer: (any KafkaClientObserver)?

    /// Reads one entry of `bootstrap.servers`: `host:port`, with or without a scheme before the host, as in
    /// `PLAINTEXT://kafka:9092`, which Java ignores. Returns nil for any other text.
    package static func bootstrapServer(_ text: some StringProtocol) -> SocketAddress? {
        SocketAddress(text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...])
    }

    /// A configuration with Kafka's defaults, without TLS and authentication.
    public init(bootstrapServers: [SocketAddress], clientID: String = "KafkaWire") {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
    }
}
