import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// The metrics of a Kafka client and its producer: `connect-metrics` and `producer-metrics` of Kafka.
package final class KafkaClientMetrics: KafkaClientObserver {
    /// The group of metrics that a client belongs to.
    package enum Role: String, CaseIterable, Sendable {
        /// The producer of a task.
        case producer = "kafka_producer"
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
            }
        }
    }

    private static func definition(_ name: Name, _ role: Role) -> MetricDefinition {
        MetricDefinition("\(role.rawValue)_\(name.rawValue)", .counter, labels: ["client_id"], help: name.help)
    }

    package static let all = Role.allCases.flatMap { role in Name.allCases.map { definition($0, role) } }

    private let connections: Counter
    private let closedConnections: Counter
    private let failedConnections: Counter
    private let requests: Counter
    private let responses: Counter
    private let sentBytes: Counter
    private let receivedBytes: Counter
    private let batches: Counter
    private let retriedBatches: Counter
    private let records: Counter
    private let failedRecords: Counter

    package init(_ role: Role, clientID: String, in registry: MetricsRegistry = .shared) {
        func counter(_ name: Name) -> Counter { Self.definition(name, role).counter(in: registry, [clientID]) }
        connections = counter(.connections)
        closedConnections = counter(.closedConnections)
        failedConnections = counter(.failedConnections)
        requests = counter(.requests)
        responses = counter(.responses)
        sentBytes = counter(.sentBytes)
        receivedBytes = counter(.receivedBytes)
        batches = counter(.batches)
        retriedBatches = counter(.retriedBatches)
        records = counter(.records)
        failedRecords = counter(.failedRecords)
    }

    package func connectionOpened(to broker: SocketAddress, milliseconds: Int) { connections.add() }
    package func connectionFailed(to broker: SocketAddress, _ error: KafkaError) { failedConnections.add() }
    package func connectionClosed(to broker: SocketAddress, _ error: KafkaError?) { closedConnections.add() }

    package func requestSent(_ request: KafkaRequestEvent) {
        requests.add()
        sentBytes.add(request.requestBytes)
    }

    package func requestAnswered(_ request: KafkaRequestEvent) {
        responses.add()
        receivedBytes.add(request.responseBytes)
    }

    package func batchSent(_ batch: KafkaBatchEvent) { batches.add() }
    package func batchAcknowledged(_ batch: KafkaBatchEvent) { records.add(batch.recordCount) }
    package func batchFailed(_ batch: KafkaBatchEvent, _ error: KafkaError) { failedRecords.add(batch.recordCount) }
    package func batchRetried(topic: String, partition: Int32, code: KafkaErrorCode?) { retriedBatches.add() }
}
