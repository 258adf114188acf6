import KafkaProtocol
import KafkaWire

@testable import ConnectRuntime

extension PropertyEffect {
    /// A part of what a task's producer and its client are made with.
    private static func made(
        _ show: @escaping @Sendable (KafkaClientConfiguration, ProducerConfiguration) -> Int?
    ) -> Observation {
        { properties in
            let worker = try configuration(properties)
            let settings = try ProducerSettings(connector: [:], worker: worker)
            let (client, producer) = KafkaCluster.producerConfiguration(settings, worker, clientID: "c")
            return show(client, producer).map { "\($0)" } ?? "endless"
        }
    }

    /// The producer of the tasks.
    static let producer = [
        PropertyEffect(
            "producer.linger.ms", "7", of: "producer.*", from: "5", to: "7", made { $1.lingerMilliseconds }),
        PropertyEffect("producer.linger.ms", "7", from: "5", to: "7", made { $1.lingerMilliseconds }),
        PropertyEffect("producer.batch.size", "1234", from: "1000000", to: "1234", made { $1.batchBytesMax }),
        PropertyEffect("producer.buffer.memory", "1234", from: "33554432", to: "1234", made { $1.bufferBytesMax }),
        PropertyEffect("producer.max.request.size", "1234", from: "1048576", to: "1234", made { $1.requestBytesMax }),
        PropertyEffect(
            "producer.request.timeout.ms", "1234", from: "30000", to: "1234",
            made { client, _ in client.requestTimeoutMilliseconds }),
        PropertyEffect(
            "producer.delivery.timeout.ms", "1234", from: "endless", to: "1234",
            made { $1.deliveryTimeoutMilliseconds }),
    ]
}
