import KafkaProtocol

/// Whether records of open and aborted transactions are read (`isolation.level`).
public enum IsolationLevel: Int8, Sendable {
    case readUncommitted = 0, readCommitted = 1
}
