import KafkaProtocol
import KafkaWire
import PluginTestSupport

@testable import ConnectRuntime

extension PropertyEffect {
    /// A part of the configuration of a task's producer and its client.
    private static func made(
        _ show: @escaping @Sendable (KafkaClientConfiguration, ProducerConfiguration) -> Int?
    ) -> Observation {
        { properties in
            let worker = try configuration(properties)
            let settings = ClientOverride(connector: [:], worker: worker).producer
            let value = show(settings.client, settings.producer)
            return value.map { "\($0)" } ?? "endless"
        }
    }

    private static func level(_ path: any KeyPath<CompressionLevels, Int32?> & Sendable) -> Observation {
        made { $1.compressionLevels[keyPath: path].map { Int($0) } }
    }

    /// The request timeout of another client of tasks.
    private static func requestTimeout(_ role: KafkaClientProperties.Role) -> Observation {
        { properties in
            let worker = try configuration(properties)
            return "\(worker.taskClient(role).settings.client.requestTimeoutMilliseconds)"
        }
    }

    /// The clients of the tasks.
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
            "producer.metadata.max.age.ms", "1234", from: "300000", to: "1234",
            made { client, _ in client.metadataMaxAgeMilliseconds }),
        PropertyEffect(
            "producer.socket.connection.setup.timeout.ms", "1234", from: "10000", to: "1234",
            made { client, _ in client.connectTimeoutMilliseconds }),
        PropertyEffect(
            "producer.compression.type", "gzip", from: "0", to: "1", made { Int($1.compression.rawValue) }),
        PropertyEffect(
            "consumer.request.timeout.ms", "1234", of: "consumer.*", from: "30000", to: "1234", requestTimeout(.consumer)),
        PropertyEffect(
            "admin.request.timeout.ms", "1234", of: "admin.*", from: "30000", to: "1234", requestTimeout(.admin)),
        PropertyEffect(
            "producer.max.block.ms", "1234", from: "endless", to: "1234", made { $1.blockMillisecondsMax }),
        PropertyEffect("producer.compression.gzip.level", "7", from: "-1", to: "7", level(\.gzip)),
        PropertyEffect("producer.compression.lz4.level", "7", from: "9", to: "7", level(\.lz4)),
        PropertyEffect("producer.compression.zstd.level", "-7", from: "3", to: "-7", level(\.zstd)),
        PropertyEffect(
            "producer.bootstrap.servers", "other:19092", from: "9092", to: "19092",
            made { client, _ in client.bootstrapServers.first.map { Int($0.port) } }),
        PropertyEffect(
            "producer.client.id", "abc", from: "0", to: "3", made { client, _ in client.clientID.count }),
        PropertyEffect(
            "producer.delivery.timeout.ms", "40000", from: "endless", to: "40000",
            made { $1.deliveryTimeoutMilliseconds }),
        PropertyEffect("producer.acks", "1", from: "-1", to: "1", made { Int($1.acks.rawValue) }),
        // Each record is stored once, unless a property excludes it.
        PropertyEffect("producer.enable.idempotence", "false", from: "1", to: "0", made { $1.isIdempotent ? 1 : 0 }),
        PropertyEffect(
            "producer.max.in.flight.requests.per.connection", "3", from: "5", to: "3", made { $1.inFlightPerBrokerMax }),
        PropertyEffect("producer.retries", "7", from: "2147483647", to: "7", made { $1.retriesMax }),
        PropertyEffect(
            "producer.partitioner.class", "org.apache.kafka.clients.producer.RoundRobinPartitioner", from: "0", to: "1",
            made { $1.partitioner == .roundRobin ? 1 : 0 }),
        PropertyEffect("producer.partitioner.ignore.keys", "true", from: "0", to: "1", made { $1.ignoresKeys ? 1 : 0 }),
        PropertyEffect(
            "producer.partitioner.adaptive.partitioning.enable", "false", from: "1", to: "0",
            made { $1.isPartitioningAdaptive ? 1 : 0 }),
        PropertyEffect(
            "producer.partitioner.availability.timeout.ms", "1234", from: "0", to: "1234",
            made { $1.partitionAvailabilityTimeoutMilliseconds }),
        PropertyEffect(
            "producer.transaction.timeout.ms", "1234", from: "60000", to: "1234",
            made { $1.transactionTimeoutMilliseconds }),
        // Tasks send no transactions; `cdcd produce` does.
        PropertyEffect("producer.transactional.id", "orders", from: "none", to: "orders") { properties in
            try KafkaClientProperties.of(.producer).settings(
                properties, prefix: "producer.", over: ["bootstrap.servers": "kafka:9092"]
            ).producer.transactionalID ?? "none"
        },
    ]
}
