import KafkaProtocol
import WireStreams

/// The addresses, timeouts and security of a client. The names are Kafka's, with their unit.
public struct KafkaClientConfiguration: Sendable {
    /// The addresses from which the cluster's metadata is fetched; one reachable address suffices
    /// (`bootstrap.servers`).
    public var bootstrapServers: [SocketAddress]
    /// Identifies the program in the brokers' logs and quotas (`client.id`).
    public var clientID: String
    /// The time after which a request without a response fails and its connection is closed (`request.timeout.ms`).
    public var requestTimeoutMilliseconds = 30_000
    /// The maximum time to connect to one address (`socket.connection.setup.timeout.ms`).
    public var connectTimeoutMilliseconds = 10_000
    /// The maximum time of one operation with its retries (`default.api.timeout.ms`).
    public var apiTimeoutMilliseconds = 60_000
    /// The maximum age of metadata that producers use (`metadata.max.age.ms`).
    public var metadataMaxAgeMilliseconds = 300_000
    /// The pause before the first retry; it doubles with each one (`retry.backoff.ms`).
    public var retryBackoffMilliseconds = 50
    /// The maximum pause before a retry (`retry.backoff.max.ms`).
    public var retryBackoffMaxMilliseconds = 250
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
