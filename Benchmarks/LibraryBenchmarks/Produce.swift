import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// The records and the producer of a measurement: without a key, idempotent and with `acks=all`.
struct ProducerWorkload {
    let broker: SocketAddress
    let topic: String
    let recordCount: Int
    let valueBytes: Int
    let lingerMilliseconds: Int
    let batchBytesMax: Int
    let codec: CompressionCodec

    /// The payload of rdkafka_performance.
    var value: [UInt8] {
        let text = Array("librdkafka_performance".utf8)
        return (0..<valueBytes).map { text[$0 % text.count] }
    }

    func withProducer<R>(
        listener: (any DeliveryListener)? = nil, _ body: (KafkaProducer) throws -> R
    ) throws -> R {
        let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [broker]))
        var configuration = ProducerConfiguration()
        configuration.lingerMilliseconds = lingerMilliseconds
        configuration.batchBytesMax = batchBytesMax
        configuration.compression = codec
        let producer = KafkaProducer(client, configuration, listener: listener)
        defer {
            producer.close(timeoutMilliseconds: 5000)
            client.close()
        }
        return try body(producer)
    }
}

/// Produces records from one thread, as fast as possible.
///
/// - Parameter reportsBatches: the outcome is reported for each batch, as to cdcd's worker; otherwise for each record,
///   by the completion of the public `append`.
func produce(_ workload: ProducerWorkload, reportsBatches: Bool) throws -> Outcome {
    let counter = DeliveryCounter()
    return try workload.withProducer(listener: reportsBatches ? counter : nil) { producer in
        let value = workload.value
        let topic = try producer.topic(workload.topic)
        let record = KafkaRecord(topic: workload.topic, value: value)
        return try Outcome.timed {
            for _ in 0..<workload.recordCount {
                if reportsBatches {
                    try value.withUnsafeBytes { try producer.append(to: topic, key: nil, value: $0) }
                } else {
                    try producer.append(record) { outcome in
                        if case .success = outcome { counter.add(1) }
                    }
                }
            }
            try producer.awaitDelivery()
            guard counter.count == workload.recordCount else {
                throw BenchmarkError("\(workload.recordCount - counter.count) of \(workload.recordCount) records failed")
            }
            return (workload.recordCount, workload.recordCount * workload.valueBytes)
        }
    }
}
