import KafkaProtocol
import KafkaWire
import Synchronization
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

    private static let recordsLagMax = MetricDefinition(
        "kafka_consumer_records_lag_max", .gauge, labels: ["client_id"],
        help: "Of the assigned partitions' lags, the largest: records after those that were fetched last")

    package static let all =
        Role.allCases.flatMap { role in Name.of(role).map { definition($0, role) } } + [recordsLagMax]

    private let connections: Counter
    private let closedConnections: Counter
    private let failedConnections: Counter
    private let requests: Counter
    private let responses: Counter
    private let sentBytes: Counter
    private let receivedBytes: Counter
    // nil for a client of another role.
    private let batches: Counter?
    private let retriedBatches: Counter?
    private let records: Counter?
    private let failedRecords: Counter?
    private let consumedRecords: Counter?
    private let consumedBytes: Counter?
    private let rebalances: Counter?
    private let commits: Counter?
    private let recordsLagMax: Gauge?
    /// The lags of a consumer's partitions.
    private let lags = Mutex<[KafkaProtocol.TopicPartition: Int]>([:])

    package init(_ role: Role, clientID: String, in registry: MetricsRegistry = .shared) {
        func counter(_ name: Name) -> Counter { Self.definition(name, role).counter(in: registry, [clientID]) }
        let names = Name.of(role)
        func counterOfRole(_ name: Name) -> Counter? { names.contains(name) ? counter(name) : nil }
        connections = counter(.connections)
        closedConnections = counter(.closedConnections)
        failedConnections = counter(.failedConnections)
        requests = counter(.requests)
        responses = counter(.responses)
        sentBytes = counter(.sentBytes)
        receivedBytes = counter(.receivedBytes)
        batches = counterOfRole(.batches)
        retriedBatches = counterOfRole(.retriedBatches)
        records = counterOfRole(.records)
        failedRecords = counterOfRole(.failedRecords)
        consumedRecords = counterOfRole(.consumedRecords)
        consumedBytes = counterOfRole(.consumedBytes)
        rebalances = counterOfRole(.rebalances)
        commits = counterOfRole(.commits)
        recordsLagMax = role == .consumer ? Self.recordsLagMax.gauge(in: registry, [clientID]) : nil
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

    package func batchSent(_ batch: KafkaBatchEvent) { batches?.add() }
    package func batchAcknowledged(_ batch: KafkaBatchEvent) { records?.add(batch.recordCount) }
    package func batchFailed(_ batch: KafkaBatchEvent, _ error: KafkaError) { failedRecords?.add(batch.recordCount) }
    package func batchRetried(topic: String, partition: Int32, code: KafkaErrorCode?) { retriedBatches?.add() }

    package func recordsFetched(_ records: KafkaFetchEvent) {
        consumedRecords?.add(records.recordCount)
        consumedBytes?.add(records.recordBytes)
        guard let recordsLagMax, let highWatermark = records.highWatermark else { return }
        let lag = Int(clamping: max(0, highWatermark - records.nextOffset))
        lags.withLock { lags in
            lags[KafkaProtocol.TopicPartition(records.topic, records.partition)] = lag
            recordsLagMax.set(lags.values.max() ?? 0)
        }
    }

    package func groupJoined(group: String, generation: Int32, partitionCount: Int, milliseconds: Int) {
        rebalances?.add()
        // The lags of the partitions that are still assigned are known after the next fetch.
        lags.withLock { $0 = [:] }
        recordsLagMax?.set(0)
    }

    package func offsetsCommitted(group: String, partitionCount: Int, milliseconds: Int) { commits?.add() }
}
