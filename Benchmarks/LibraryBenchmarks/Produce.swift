import KafkaWire
import WireCore
import WireStreams

/// Produces records without a key, idempotent and with `acks=all`, from one thread.
///
/// - Parameter reportsBatches: the outcome is reported for each batch, as to cdcd's worker; otherwise for each record,
///   by the completion of the public `append`.
func produce(
    to broker: SocketAddress, topic name: String, recordCount: Int, valueBytes: Int, lingerMilliseconds: Int,
    reportsBatches: Bool
) throws -> Outcome {
    let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [broker]))
    var configuration = ProducerConfiguration()
    configuration.lingerMilliseconds = lingerMilliseconds
    let counter = DeliveryCounter()
    let producer = KafkaProducer(client, configuration, listener: reportsBatches ? counter : nil)
    let value = [UInt8](repeating: 0x78, count: valueBytes)
    let topic = try producer.topic(name)
    let record = KafkaRecord(topic: name, value: value)
    defer {
        producer.close(timeoutMilliseconds: 5000)
        client.close()
    }
    return try Outcome.timed {
        for _ in 0..<recordCount {
            if reportsBatches {
                try value.withUnsafeBytes { try producer.append(to: topic, key: nil, value: $0) }
            } else {
                try producer.append(record) { outcome in
                    if case .success = outcome { counter.add(1) }
                }
            }
        }
        try producer.awaitDelivery()
        guard counter.count == recordCount else {
            throw BenchmarkError("\(recordCount - counter.count) of \(recordCount) records failed")
        }
        return (recordCount, recordCount * valueBytes)
    }
}
