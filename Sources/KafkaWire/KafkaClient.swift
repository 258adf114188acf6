import Synchronization
import WireCore
import WireStreams

/// A Kafka cluster as seen by one program: its brokers, topics and connections. Shared by everything that speaks to it.
public final class KafkaClient: Sendable {
    public let configuration: KafkaClientConfiguration

    /// Connects to nobody yet.
    public init(_ configuration: KafkaClientConfiguration) {
        self.configuration = configuration
    }

    /// Cuts every connection; whoever waits in a call gets `.closed`.
    public func close() {}
}
