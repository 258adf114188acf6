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

    /// Does not connect yet. Throws if a property of the clients cannot be used.
    ///
    /// - Parameter report: called when Kafka does not answer, and when it answers again.
    init(_ location: HistoryLogLocation, report: @escaping HistoryConditionReport) throws {
        self.location = location
        self.report = report
        connection = HistoryConnection(
            location, producer: try Self.settings(.producer, location),
            consumer: try Self.settings(.consumer, location), report: report)
    }

    /// The settings of a client: Debezium's, with the connector's properties over them.
    private static func settings(
        _ role: KafkaClientProperties.Role, _ location: HistoryLogLocation
    ) throws -> KafkaClientSettings {
        let prefix = "\(location.clientPrefix)\(role.rawValue)."
        // Of `acks=1` and 32 KiB batches, Debezium's own defaults, none is needed: an acknowledged statement must last.
        let base = ["bootstrap.servers": location.bootstrapServers, "client.id": location.clientID, "linger.ms": "0"]
        var settings = KafkaClientSettings()
        let findings = KafkaClientProperties.of(role).read(
            [KafkaClientProperties.Layer(location.clientProperties, prefix: prefix)], over: base, into: &settings)
        if let error = findings.errors.first {
            let isAddress = error.name == prefix + "bootstrap.servers" && location.clientProperties[error.name] == nil
            throw HistoryLogError(
                isAddress
                    ? "the schema history's bootstrap servers are not of the form host:port,host:port: "
                        + location.bootstrapServers
                    : "\(error.name) of the schema history cannot be used: \(error.message)")
        }
        if settings.producer.transactionalID != nil {
            throw HistoryLogError(
                "\(prefix)transactional.id of the schema history cannot be used: its records are not sent in transactions")
        }
        for warning in findings.warnings { logger.warn(warning) }
        let idle = findings.withoutEffect + findings.javaOnly + findings.unknown
        if !idle.isEmpty { logger.warn("Accepted, but without effect: \(idle.sorted().joined(separator: ", "))") }
        return settings
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
            let current = try reader ?? TopicReader(connection.readerClient, topic: location.topic)
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
