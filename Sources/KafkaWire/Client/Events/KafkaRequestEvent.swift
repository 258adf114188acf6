import KafkaProtocol
import WireCore
import WireStreams

/// A request to a broker, and its response.
public struct KafkaRequestEvent: Sendable, Equatable {
    /// The address of the broker.
    public let broker: SocketAddress
    /// The kind of request, for example Produce.
    public let apiKey: APIKey
    /// The version of the request and its response.
    public let apiVersion: Int16
    /// The size of the request in bytes, including its size field.
    public let requestBytes: Int
    /// The size of the response in bytes, including its size field; 0 before it is received.
    public private(set) var responseBytes = 0
    /// The time from the beginning of the request to the end of the response; 0 before it is received.
    public private(set) var latencyMicroseconds = 0

    init(broker: SocketAddress, apiKey: APIKey, apiVersion: Int16, requestBytes: Int) {
        self.broker = broker
        self.apiKey = apiKey
        self.apiVersion = apiVersion
        self.requestBytes = requestBytes
    }

    mutating func complete(responseBytes: Int, sentAt: MonotonicInstant, now: MonotonicInstant) {
        self.responseBytes = responseBytes
        latencyMicroseconds = Int(clamping: (now.nanoseconds &- sentAt.nanoseconds) / 1000)
    }
}
