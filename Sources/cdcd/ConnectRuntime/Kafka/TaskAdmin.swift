import KafkaWire

/// The client with which one task creates its topics, or the worker changes the offsets of a sink connector: the
/// worker's own, unless `admin.*` or `admin.override.*` have properties.
struct TaskAdmin: Sendable {
    private let cluster: KafkaCluster
    private let client: KafkaClient?

    /// - Parameters:
    ///   - settings: nil uses the worker's client.
    ///   - clientID: the client's id, unless the properties name one.
    init(_ cluster: KafkaCluster, _ settings: KafkaClientSettings?, clientID: String) {
        self.cluster = cluster
        client = settings.map { settings in
            var configuration = settings.client
            if configuration.clientID.isEmpty { configuration.clientID = clientID }
            return KafkaClient(configuration)
        }
    }

    var operations: KafkaAdmin { client.map { KafkaAdmin($0) } ?? cluster.operations }

    /// Creates a topic unless it exists.
    func ensureTopic(_ topic: NewTopic) throws {
        if let client { try KafkaCluster.ensureTopic(topic, client) } else { try cluster.ensureTopic(topic) }
    }

    /// Closes the task's own client; a thread that waits in it gets an error.
    func close() { client?.close() }
}
