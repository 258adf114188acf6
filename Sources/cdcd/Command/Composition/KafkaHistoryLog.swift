import BinlogSource
import ConnectData
import ConnectRuntime
import Foundation
import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// The schema history in the first partition of a Kafka topic, as Debezium keeps it (`KafkaSchemaHistory`).
///
/// While Kafka is unavailable every operation waits, as the task's records do, and the task's state is `RESTARTING`
/// with the reason.
final class KafkaHistoryLog: HistoryLog {
    private let location: HistoryLogLocation
    private let report: HistoryConditionReport
    private let connection: HistoryConnection
    private static let logger = Logger("io.debezium.storage.kafka.history.KafkaSchemaHistory")
    private static let retryPauseMilliseconds = 250

    /// Does not connect yet. Throws if the bootstrap servers are not of the form `host:port,host:port`.
    ///
    /// - Parameter report: called when Kafka does not answer, and when it answers again.
    init(_ location: HistoryLogLocation, report: @escaping HistoryConditionReport) throws {
        self.location = location
        self.report = report
        do throws(ConfigError) {
            let settings = try KafkaClientProperties.of(.producer).settings([
                "bootstrap.servers": location.bootstrapServers, "client.id": location.clientID,
            ])
            connection = HistoryConnection(location, settings, report: report)
        } catch {
            throw HistoryLogError(
                "the schema history's bootstrap servers are not of the form host:port,host:port: \(location.bootstrapServers)"
            )
        }
    }

    var cancel: @Sendable () -> Void { { [connection] in connection.cancel() } }

    func exists() throws -> Bool {
        try retrying(.find) {
            try KafkaAdmin(connection.queryClient).describeTopic(location.topic) != nil
        }
    }

    func create() throws {
        // Retention must be endless: a history that loses its beginning cannot be replayed.
        let topic = NewTopic(
            name: location.topic, partitions: 1,
            configuration: [
                ("cleanup.policy", "delete"), ("retention.ms", String(Int64.max)), ("retention.bytes", "-1"),
            ])
        try retrying(.create) {
            do {
                try KafkaAdmin(connection.createClient).createTopics([topic]).get()
            } catch let error as KafkaError where error.errorCode == .topicAlreadyExists {
                // Another client created it meanwhile.
            }
        }
    }

    func append(chunks next: () throws -> [[UInt8]]?) throws {
        while let records = try next() {
            do throws(KafkaError) {
                try connection.append(records, to: location.topic)
            } catch {
                throw failure(.write, error)
            }
        }
        do throws(KafkaError) {
            try connection.awaitDelivery()
        } catch {
            throw failure(.write, error)
        }
    }

    func replay(_ body: ([UInt8]) throws -> Void) throws {
        var reader: TopicReader?
        try retrying(.read) {
            // Continues from the place at which the last attempt failed.
            let current = try reader ?? TopicReader(connection.client, topic: location.topic)
            reader = current
            try current.readToEnd(timeoutMilliseconds: location.queryTimeoutMilliseconds) { record in
                if let value = record.value, record.partition == 0 { try body(value) }
            }
        }
    }

    func close() { connection.close() }

    /// Repeats `body` while Kafka does not answer.
    private func retrying<R>(_ operation: Operation, _ body: () throws -> R) throws -> R {
        var isWaiting = false
        while true {
            do {
                let result = try body()
                if isWaiting { report(.running) }
                return result
            } catch let error as KafkaError {
                let failure = failure(operation, error)
                guard error.isRetriable, !(failure is CancellationError) else { throw failure }
                let reason = "\(failure); it is tried again"
                if !isWaiting { Self.logger.warn(reason) }
                isWaiting = true
                report(.interrupted(reason: reason))
                connection.pause(milliseconds: Self.retryPauseMilliseconds)
            }
        }
    }

    private enum Operation {
        case find
        case create
        case write
        case read
    }

    private func failure(_ operation: Operation, _ error: KafkaError) -> any Error {
        if connection.isCancelled { return CancellationError() }
        let topic = "\(location.topic) at \(location.bootstrapServers)"
        let reason = error.explained(bootstrapServers: location.bootstrapServersProperty)
        return switch operation {
        case .find: HistoryLogError("the schema history topic \(topic) cannot be looked for: \(reason)")
        case .create: HistoryLogError("the schema history topic \(topic) cannot be created: \(reason)")
        case .write: HistoryLogError("the schema history topic \(topic) cannot be written: \(reason)")
        case .read: HistoryLogError("the schema history topic \(topic) cannot be read: \(reason)")
        }
    }
}

/// A failure of the schema history's topic or its brokers.
struct HistoryLogError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
