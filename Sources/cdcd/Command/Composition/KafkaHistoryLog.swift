import Foundation
import KafkaWire
import MySQLSource
import Synchronization
import WireStreams

/// The schema history in the first partition of a Kafka topic, as Debezium keeps it (`KafkaSchemaHistory`).
final class KafkaHistoryLog: HistoryLog {
    private let location: HistoryLogLocation
    private let client: KafkaClient
    private let admin: KafkaAdmin
    private let losses = Losses()
    private var producer: KafkaProducer?

    /// Connects to nobody yet. Throws where the bootstrap servers are not written as `host:port,host:port`.
    init(_ location: HistoryLogLocation) throws {
        self.location = location
        let servers = location.bootstrapServers.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let addresses = servers.compactMap { KafkaClientConfiguration.bootstrapServer($0) }
        guard !addresses.isEmpty, addresses.count == servers.count else {
            throw HistoryLogError(
                "the schema history's bootstrap servers are not of the form host:port,host:port: \(location.bootstrapServers)"
            )
        }
        var configuration = KafkaClientConfiguration(bootstrapServers: addresses, clientID: location.clientID)
        configuration.apiTimeoutMilliseconds = max(
            location.queryTimeoutMilliseconds, location.createTimeoutMilliseconds)
        client = KafkaClient(configuration)
        admin = KafkaAdmin(client)
    }

    var cancel: @Sendable () -> Void { { [client] in client.close() } }

    func exists() throws -> Bool {
        try explained("looked for") { () throws(KafkaError) in try admin.describeTopics([location.topic])[0] != nil }
    }

    func create() throws {
        // Retention must be endless: a history that loses its beginning cannot be replayed.
        let topic = NewTopic(
            name: location.topic, partitions: 1,
            configuration: [
                ("cleanup.policy", "delete"), ("retention.ms", String(Int64.max)), ("retention.bytes", "-1"),
            ])
        try explained("created") { () throws(KafkaError) in
            do throws(KafkaError) {
                try admin.createTopics([topic])
            } catch  where error.errorCode == .topicAlreadyExists { /* Somebody else was quicker. */  }
        }
    }

    func append(_ records: [[UInt8]]) throws {
        try explained("written") { () throws(KafkaError) in
            let producer = producer ?? KafkaProducer(client, ProducerConfiguration(), listener: losses)
            self.producer = producer
            let topic = try producer.topic(location.topic)
            for record in records {
                let appended = record.withUnsafeBytes { bytes in
                    Result { () throws(KafkaError) in
                        try producer.append(to: topic, partition: 0, key: nil, value: bytes)
                    }
                }
                try appended.get()
            }
            try producer.awaitDelivery()
            if let loss = losses.take() { throw loss }
        }
    }

    /// Remembers why a record was given up.
    private final class Losses: DeliveryListener {
        private let first = Mutex<KafkaError?>(nil)

        func finished(topic: String, partition: Int32, tags: [TagRun], error: KafkaError?) {
            guard let error else { return }
            first.withLock { $0 = $0 ?? error }
        }

        func take() -> KafkaError? {
            first.withLock { first in
                defer { first = nil }
                return first
            }
        }
    }

    func replay(_ body: ([UInt8]) throws -> Void) throws {
        let reader = try explained("read") { () throws(KafkaError) in try TopicReader(client, topic: location.topic) }
        do {
            try reader.readToEnd { record in
                if let value = record.value, record.partition == 0 { try body(value) }
            }
        } catch let error as KafkaError {
            throw unreachable("read", error)
        }
    }

    func close() {
        producer?.close(timeoutMilliseconds: 1000)
        client.close()
    }

    private func explained<R>(_ done: String, _ body: () throws(KafkaError) -> R) throws -> R {
        do throws(KafkaError) { return try body() } catch { throw unreachable(done, error) }
    }

    private func unreachable(_ done: String, _ error: KafkaError) -> HistoryLogError {
        HistoryLogError(
            "the schema history topic \(location.topic) at \(location.bootstrapServers) cannot be \(done): \(error)")
    }
}

/// What is wrong with the schema history's topic or its brokers.
struct HistoryLogError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
