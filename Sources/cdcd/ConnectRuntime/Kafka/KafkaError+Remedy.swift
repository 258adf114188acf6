import KafkaProtocol
import KafkaWire

/// What operators can do about an error of a Kafka client, which itself refers to no configuration property.
extension KafkaError {
    /// - Parameter bootstrapServers: the property that lists the client's bootstrap servers.
    /// - Returns: one sentence; nil if no property remedies the error.
    package func remedy(bootstrapServers: String = "bootstrap.servers") -> String? {
        switch self {
        case .unreachable:
            "Check \(bootstrapServers) and the advertised.listeners of the brokers."
        case .notABroker:
            "Check that \(bootstrapServers) and the advertised.listeners of the brokers name PLAINTEXT listeners."
        case .recordTooLarge:
            "Raise max.request.size (producer.override.max.request.size in the connector, producer.max.request.size in the "
                + "worker), and max.message.bytes of the topic."
        case .code(.messageTooLarge, _, _), .code(.recordListTooLarge, _, _):
            "Raise max.message.bytes of the topic, or message.max.bytes of the brokers."
        default: nil
        }
    }

    /// The error with its remedy, for logs and traces.
    package func explained(bootstrapServers: String = "bootstrap.servers") -> String {
        remedy(bootstrapServers: bootstrapServers).map { "\(self). \($0)" } ?? "\(self)"
    }

    /// The text of any error, with the remedy if it is one of a Kafka client.
    package static func explained(_ error: any Error) -> String {
        (error as? KafkaError)?.explained() ?? "\(error)"
    }
}
