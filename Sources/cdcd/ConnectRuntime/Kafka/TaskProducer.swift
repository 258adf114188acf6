import KafkaWire

/// The producer of one task, with a client of its own so that the brokers see the task's `client.id`.
struct TaskProducer: Sendable {
    let producer: KafkaProducer
    private let client: KafkaClient

    /// - Parameters:
    ///   - clientID: the client's id, unless the properties name one.
    ///   - listener: gets the outcome of every batch.
    init(_ settings: KafkaClientSettings, clientID: String, listener: any DeliveryListener) {
        var configuration = settings.client
        if configuration.clientID.isEmpty { configuration.clientID = clientID }
        client = KafkaClient(configuration)
        producer = KafkaProducer(client, settings.producer, listener: listener)
    }

    /// Ends the producer after waiting for its records at most `timeoutMilliseconds`, and closes its connections.
    func close(timeoutMilliseconds: Int) {
        producer.close(timeoutMilliseconds: timeoutMilliseconds)
        client.close()
    }

    /// Ends the producer at once; a thread that waits in it gets an error.
    func abort() {
        producer.abort()
        client.close()
    }
}
