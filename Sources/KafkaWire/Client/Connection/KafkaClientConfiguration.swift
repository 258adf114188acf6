import KafkaProtocol
import WireStreams

/// How a client reaches its cluster and how long it waits. The names are Kafka's, with their unit.
public struct KafkaClientConfiguration: Sendable {
    /// Where the cluster is asked for its brokers; one that answers is enough.
    public var bootstrapServers: [SocketAddress]
    public var clientID: String
    /// How long one request may go unanswered before its connection is given up (`request.timeout.ms`).
    public var requestTimeoutMilliseconds = 30_000
    /// How long a connection may take to be made (`socket.connection.setup.timeout.ms`).
    public var connectTimeoutMilliseconds = 10_000
    /// How long an operation may take in all, with its retries (`default.api.timeout.ms`).
    public var apiTimeoutMilliseconds = 60_000
    /// How old the picture of the cluster may become (`metadata.max.age.ms`).
    public var metadataMaxAgeMilliseconds = 300_000
    /// The wait between tries doubles from `retryBackoffMilliseconds` up to this.
    public var retryBackoffMaxMilliseconds = 250
    public var retryBackoffMilliseconds = 50
    /// The largest response that is believed (`socket.request.max.bytes` is the broker's counterpart).
    public var responseBytesMax = 100 << 20
    /// TLS to every broker; with `.identity`, the host of each broker takes the place of the one given.
    public var tls: TLSConfiguration?

    /// Reads one entry of `bootstrap.servers`: `host:port`, with or without a scheme before the host, as in
    /// `PLAINTEXT://kafka:9092`, which Java passes over. Nil where it is nothing of the kind.
    public static func bootstrapServer(_ text: some StringProtocol) -> SocketAddress? {
        SocketAddress(text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...])
    }

    public init(bootstrapServers: [SocketAddress], clientID: String = "cdcd") {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
    }
}
