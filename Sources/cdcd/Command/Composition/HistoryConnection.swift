import BinlogSource
import ConnectData
import ConnectRuntime
import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore
import WireStreams

/// The clients and the producer of one schema history. The task's thread uses it; any thread may cancel it.
final class HistoryConnection: Sendable {
    private struct State {
        var producer: KafkaProducer?
        var isCancelled = false
    }

    /// For writing.
    let client: KafkaClient
    let readerClient: KafkaClient
    /// With timeouts of `kafka.query.timeout.ms` and `kafka.create.timeout.ms`.
    let queryClient: KafkaClient
    let createClient: KafkaClient
    private let producerConfiguration: ProducerConfiguration
    private let deliveries: Deliveries
    private let state = Mutex(State())
    private let cancelled = Monitor(false)

    init(
        _ location: HistoryLogLocation, producer settings: KafkaClientSettings, consumer: KafkaClientSettings,
        report: @escaping HistoryConditionReport
    ) {
        func makeClient(_ timeoutMilliseconds: Int?, _ settings: KafkaClientSettings) -> KafkaClient {
            var configuration = settings.client
            configuration.observer = KafkaClientMetrics(.worker, clientID: configuration.clientID)
            if let timeoutMilliseconds {
                configuration.apiTimeoutMilliseconds = timeoutMilliseconds
                configuration.requestTimeoutMilliseconds = min(
                    configuration.requestTimeoutMilliseconds, timeoutMilliseconds)
                configuration.connectTimeoutMilliseconds = min(
                    configuration.connectTimeoutMilliseconds, timeoutMilliseconds)
            }
            return KafkaClient(configuration)
        }
        client = makeClient(nil, settings)
        readerClient = makeClient(nil, consumer)
        // As in Debezium, the topic is looked for and created with the properties of the producer.
        queryClient = makeClient(location.queryTimeoutMilliseconds, settings)
        createClient = makeClient(location.createTimeoutMilliseconds, settings)
        var producer = settings.producer
        producer.deliveryTimeoutMilliseconds = location.deliveryTimeoutMilliseconds
        producer.blockMillisecondsMax = location.deliveryTimeoutMilliseconds
        // A broker would create it with its own retention, and the history would lose its beginning.
        producer.allowsTopicCreation = false
        producerConfiguration = producer
        deliveries = Deliveries(report)
    }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Ends all operations, current and future ones, with `.closed`.
    func cancel() {
        let producer = state.withLock { state in
            state.isCancelled = true
            return state.producer
        }
        // First the producer: it must not try to reach a broker through a client that is closed.
        producer?.abort()
        closeClients()
        cancelled.update { $0 = true }
    }

    func close() {
        state.withLock { $0.producer }?.close(timeoutMilliseconds: 1000)
        closeClients()
    }

    private func closeClients() {
        for client in [client, readerClient, queryClient, createClient] { client.close() }
    }

    /// Waits. Returns early when the connection is cancelled.
    func pause(milliseconds: Int) {
        _ = cancelled.waitUntilTrue(deadline: .now.advanced(byMilliseconds: milliseconds))
    }

    /// Appends records to the producer's batches. They are stored when `awaitDelivery` has returned.
    ///
    /// Throws also the error of an earlier record.
    func append(_ records: [[UInt8]], to topic: String) throws(KafkaError) {
        let producer = try producer()
        let handle = try producer.topic(topic)
        for record in records {
            let appended = record.withUnsafeBytes { bytes in
                Result { () throws(KafkaError) in
                    try producer.append(to: handle, partition: 0, key: nil, value: bytes)
                }
            }
            try appended.get()
        }
        if let loss = deliveries.takeLoss() { throw loss }
    }

    /// Returns when all records that were appended are stored.
    func awaitDelivery() throws(KafkaError) {
        try producer().awaitDelivery()
        if let loss = deliveries.takeLoss() { throw loss }
    }

    private func producer() throws(KafkaError) -> KafkaProducer {
        try state.withLock { (state) throws(KafkaError) -> KafkaProducer in
            if state.isCancelled { throw .closed }
            if let producer = state.producer { return producer }
            let producer = KafkaProducer(client, producerConfiguration, listener: deliveries)
            state.producer = producer
            return producer
        }
    }

    /// Stores the error of the first record that failed, and reports brokers that are unavailable.
    private final class Deliveries: DeliveryListener {
        private let firstLoss = Mutex<KafkaError?>(nil)
        private let report: HistoryConditionReport

        init(_ report: @escaping HistoryConditionReport) { self.report = report }

        func finished(topic: String, partition: Int32, tags: [TagRun], error: KafkaError?) {
            guard let error else { return }
            firstLoss.withLock { $0 = $0 ?? error }
        }

        func takeLoss() -> KafkaError? {
            firstLoss.withLock { loss in
                defer { loss = nil }
                return loss
            }
        }

        func brokerUnreachable(_ error: KafkaError) {
            report(.interrupted(reason: "The schema history waits because a Kafka broker does not accept it: \(error)"))
        }

        func brokerReachable() { report(.running) }
    }
}
