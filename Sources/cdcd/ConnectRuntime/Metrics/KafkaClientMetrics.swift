import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// The metrics of a Kafka client and its producer or consumer: `connect-metrics`, `producer-metrics`,
/// `consumer-fetch-manager-metrics` and `consumer-coordinator-metrics` of Kafka.
package final class KafkaClientMetrics: KafkaClientObserver {
    /// The group of metrics that a client belongs to.
    package enum Role: String, CaseIterable, Sendable {
        /// The producer of a task.
        case producer = "kafka_producer"
        /// The consumer of a sink task.
        case consumer = "kafka_consumer"
        /// A client of the worker or of a schema history.
        case worker = "kafka_connect"
    }

    private enum Name: String, CaseIterable {
        case connections = "connection_creation_total"
        case closedConnections = "connection_close_total"
        case failedConnections = "connection_failure_total"
        case requests = "request_total"
        case responses = "response_total"
        case sentBytes = "outgoing_byte_total"
        case receivedBytes = "incoming_byte_total"
        case batches = "batch_send_total"
        case retriedBatches = "batch_retry_total"
        case records = "record_send_total"
        case failedRecords = "record_error_total"
        case consumedRecords = "records_consumed_total"
        case consumedBytes = "bytes_consumed_total"
        case rebalances = "rebalance_total"
        case commits = "commit_total"

        private static let ofConsumers: Set = [consumedRecords, consumedBytes, rebalances, commits]
        private static let ofProducers: Set = [batches, retriedBatches, records, failedRecords]

        static func of(_ role: Role) -> [Name] {
            allCases.filter { role == .consumer ? !ofProducers.contains($0) : !ofConsumers.contains($0) }
        }

        var help: String {
            switch self {
            case .connections: "Connections that were opened"
            case .closedConnections: "Connections that were closed, by the client or by an error"
            case .failedConnections: "Attempts to connect that have failed"
            case .requests: "Requests that were sent"
            case .responses: "Responses that were received"
            case .sentBytes: "Bytes of the requests"
            case .receivedBytes: "Bytes of the responses"
            case .batches: "Batches that were sent, again after a retry"
            case .retriedBatches: "Batches that had to be sent again"
            case .records: "Records that the brokers have acknowledged"
            case .failedRecords: "Records that the brokers have rejected, or that were not acknowledged in time"
            case .consumedRecords: "Records that were fetched"
            case .consumedBytes: "Bytes of the batches that were fetched"
            case .rebalances: "Rebalances of the group in which the consumer has taken part"
            case .commits: "Commits of offsets that the coordinator has accepted"
            }
        }
    }

    private static func definition(_ name: Name, _ role: Role) -> MetricDefinition {
        MetricDefinition("\(role.rawValue)_\(name.rawValue)", .counter, labels: ["client_id"], help: name.help)
    }

    package static let all = Role.allCases.flatMap { role in Name.of(role).map { definition($0, role) } }

    private let counters: [Name: Counter]

    package init(_ role: Role, clientID: String, in registry: MetricsRegistry = .shared) {
        counters = Dictionary(
            uniqueKeysWithValues: Name.of(role).map {
                ($0, Self.definition($0, role).counter(in: registry, [clientID]))
            })
    }

    private func add(_ name: Name, _ count: Int = 1) { counters[name]?.add(count) }

    package func connectionOpened(to broker: SocketAddress, milliseconds: Int) { add(.connections) }
    package func connectionFailed(to broker: SocketAddress, _ error: KafkaError) { add(.failedConnections) }
    package func connectionClosed(to broker: SocketAddress, _ error: KafkaError?) { add(.closedConnections) }

    package func requestSent(_ request: KafkaRequestEvent) {
        add(.requests)
        add(.sentBytes, request.requestBytes)
    }

    package func requestAnswered(_ request: KafkaRequestEvent) {
        add(.responses)
        add(.receivedBytes, request.responseBytes)
    }

    package func batchSent(_ batch: KafkaBatchEvent) { add(.batches) }
    package func batchAcknowledged(_ batch: KafkaBatchEvent) { add(.records, batch.recordCount) }
    package func batchFailed(_ batch: KafkaBatchEvent, _ error: KafkaError) { add(.failedRecords, batch.recordCount) }
    package func batchRetried(topic: String, partition: Int32, code: KafkaErrorCode?) { add(.retriedBatches) }

    package func recordsFetched(_ records: KafkaFetchEvent) {
        add(.consumedRecords, records.recordCount)
        add(.consumedBytes, records.recordBytes)
    }

    package func groupJoined(group: String, generation: Int32, partitionCount: Int, milliseconds: Int) {
        add(.rebalances)
    }

    package func offsetsCommitted(group: String, partitionCount: Int, milliseconds: Int) { add(.commits) }
}
