import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// Reads the records of the first partition of a topic from its beginning, without a group, with `poll` of one thread.
func consume(from broker: SocketAddress, topic name: String, recordCount: Int) throws -> Outcome {
    let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [broker]))
    var configuration = ConsumerConfiguration()
    configuration.offsetReset = .earliest
    let consumer = KafkaConsumer(client, configuration)
    defer {
        consumer.close()
        client.close()
    }
    try consumer.assign([TopicPartition(name, 0)])
    var (count, bytes) = (0, 0)
    return try Outcome.timed {
        while count < recordCount {
            let records = try consumer.poll(timeoutMilliseconds: 10_000)
            guard !records.isEmpty else { throw BenchmarkError("\(count) of \(recordCount) records were received") }
            count += records.count
            for record in records { bytes += record.value?.count ?? 0 }
        }
        return (count, bytes)
    }
}
