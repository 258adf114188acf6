import KafkaProtocol

/// Whether a reader sees records of transactions that are open or were aborted (Kafka's `isolation.level`).
public enum IsolationLevel: Int8, Sendable {
    case readUncommitted = 0, readCommitted = 1
}
