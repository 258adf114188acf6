import ConnectData
import KafkaWire

/// What a Kafka client, and its producer or consumer if it has one, are created with.
package struct KafkaClientSettings: Sendable {
    package var client: KafkaClientConfiguration
    package var producer = ProducerConfiguration()
    package var consumer = ConsumerConfiguration()
    /// What `client.tls` and `client.authentication` were made from.
    var security = KafkaSecurityProperties()
    /// Which of the producer's properties are given.
    var delivery = ProducerDeliveryProperties()

    package init(client: KafkaClientConfiguration = KafkaClientConfiguration(bootstrapServers: [], clientID: "")) {
        self.client = client
    }

    /// Adapts the producer's properties to each other. Returns those that exclude each other.
    mutating func resolveDelivery() -> [ConfigError] {
        delivery.resolve(&producer, requestTimeoutMilliseconds: client.requestTimeoutMilliseconds)
    }

    struct SecurityFindings {
        var errors: [ConfigError] = []
        /// The problems of properties that `security.protocol` does not ask for.
        var unused: [ConfigError] = []
    }

    /// Sets TLS and authentication of the client from its properties.
    mutating func secure() -> SecurityFindings {
        var findings = SecurityFindings()
        do throws(ConfigError) { try security.configure(&client) } catch { findings.errors.append(error) }
        findings.unused = security.unusedProblems
        return findings
    }
}
