import KafkaWire

/// What a Kafka client, and its producer if it has one, are created with.
package struct KafkaClientSettings: Sendable {
    package var client: KafkaClientConfiguration
    package var producer = ProducerConfiguration()

    package init(client: KafkaClientConfiguration = KafkaClientConfiguration(bootstrapServers: [], clientID: "")) {
        self.client = client
    }
}
