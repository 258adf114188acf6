import MySQLWire
import WireCore
import WireStreams

/// The metrics of the connections to one server.
package struct MySQLClientMetrics: Sendable {
    private static let labels = ["server"]

    private static let connections = MetricDefinition(
        "mysql_client_connection_creation_total", .counter, labels: labels, help: "Connections that were opened")
    private static let closedConnections = MetricDefinition(
        "mysql_client_connection_close_total", .counter, labels: labels,
        help: "Connections that the client has closed, after an error too")
    private static let failures = MetricDefinition(
        "mysql_client_connection_failure_total", .counter, labels: labels,
        help: "Attempts to connect that have failed, and connections that were lost")
    private static let statements = MetricDefinition(
        "mysql_client_statement_total", .counter, labels: labels, help: "Statements that were sent")
    private static let statementErrors = MetricDefinition(
        "mysql_client_statement_error_total", .counter, labels: labels, help: "Statements that have failed")
    private static let rows = MetricDefinition(
        "mysql_client_row_total", .counter, labels: labels, help: "Rows of the results of statements")
    private static let resultBytes = MetricDefinition(
        "mysql_client_result_byte_total", .counter, labels: labels,
        help: "Bytes of the responses to statements, counted at the end of each response")
    private static let binlogEvents = MetricDefinition(
        "mysql_client_binlog_event_total", .counter, labels: labels, help: "Binlog events that were received")
    private static let binlogBytes = MetricDefinition(
        "mysql_client_binlog_byte_total", .counter, labels: labels, help: "Bytes of these events")

    package static let all = [
        connections, closedConnections, failures, statements, statementErrors, rows, resultBytes, binlogEvents,
        binlogBytes,
    ]

    private let connections: Counter
    private let closedConnections: Counter
    private let failures: Counter
    private let statements: Counter
    private let statementErrors: Counter
    private let rows: Counter
    private let resultBytes: Counter
    private let binlogEvents: Counter
    private let binlogBytes: Counter

    package init(server: SocketAddress, in registry: MetricsRegistry = .shared) {
        let values = [server.description]
        connections = Self.connections.counter(in: registry, values)
        closedConnections = Self.closedConnections.counter(in: registry, values)
        failures = Self.failures.counter(in: registry, values)
        statements = Self.statements.counter(in: registry, values)
        statementErrors = Self.statementErrors.counter(in: registry, values)
        rows = Self.rows.counter(in: registry, values)
        resultBytes = Self.resultBytes.counter(in: registry, values)
        binlogEvents = Self.binlogEvents.counter(in: registry, values)
        binlogBytes = Self.binlogBytes.counter(in: registry, values)
    }

    package func count(_ event: MySQLConnectionEvent) {
        switch event {
        case .opened: connections.add()
        case .failed: failures.add()
        case .closed: closedConnections.add()
        case .queryStarted: statements.add()
        case .queryFinished(_, _, let statistics, let error):
            rows.add(statistics.rows)
            resultBytes.add(statistics.traffic.receivedBytes)
            if error != nil { statementErrors.add() }
        case .heartbeat: break
        }
    }

    func countBinlogEvent(bytes: Int) {
        binlogEvents.add()
        binlogBytes.add(bytes)
    }
}
