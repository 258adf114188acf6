import WireCore

/// The metrics that tasks of every kind have: `task-error-metrics` of Connect, and commits of offsets. Updated once per
/// batch.
package struct TaskMetrics: Sendable {
    static let labels = ["connector", "task"]

    private static let failures = MetricDefinition(
        "kafka_connect_task_error_total_record_failures", .counter, labels: labels,
        help: "Records that transforms, converters, sink tasks or the brokers have rejected")
    private static let skipped = MetricDefinition(
        "kafka_connect_task_error_total_records_skipped", .counter, labels: labels,
        help: "Rejected records that were skipped (errors.tolerance=all)")
    private static let retries = MetricDefinition(
        "kafka_connect_task_error_total_retries", .counter, labels: labels,
        help: "Operations of transforms and converters that were tried again")
    private static let errors = MetricDefinition(
        "kafka_connect_task_error_total_record_errors", .counter, labels: labels,
        help: "Records that transforms or converters have rejected, or for whose rejection the task fails")
    private static let logged = MetricDefinition(
        "kafka_connect_task_error_total_errors_logged", .counter, labels: labels,
        help: "Rejected records that were logged (errors.log.enable)")
    private static let lastError = MetricDefinition(
        "kafka_connect_task_error_last_error_timestamp", .gauge, labels: labels,
        help: "When the last record was rejected, in milliseconds since the epoch; 0 if none was")
    private static let committed = MetricDefinition(
        "kafka_connect_connector_task_offset_commit_success_total", .counter, labels: labels,
        help: "Commits of offsets that are stored")
    private static let commitFailures = MetricDefinition(
        "kafka_connect_connector_task_offset_commit_failure_total", .counter, labels: labels,
        help: "Commits of offsets that have failed")

    package static let all = [failures, errors, skipped, retries, logged, lastError, committed, commitFailures]

    let failures: Counter
    let errors: Counter
    let skipped: Counter
    let retries: Counter
    let logged: Counter
    let lastError: Gauge
    let committed: Counter
    let commitFailures: Counter

    /// Removes the metrics of a deleted connector's tasks.
    static func remove(connector: String, from registry: MetricsRegistry = .shared) {
        registry.remove(label: MetricsRegistry.Label("connector", connector))
    }

    init(_ id: TaskID, in registry: MetricsRegistry = .shared) {
        let values = [id.connector, String(id.task)]
        failures = Self.failures.counter(in: registry, values)
        errors = Self.errors.counter(in: registry, values)
        skipped = Self.skipped.counter(in: registry, values)
        retries = Self.retries.counter(in: registry, values)
        logged = Self.logged.counter(in: registry, values)
        lastError = Self.lastError.gauge(in: registry, values)
        committed = Self.committed.counter(in: registry, values)
        commitFailures = Self.commitFailures.counter(in: registry, values)
    }

    /// Counts rejected records.
    ///
    /// - Parameter areErrors: false for records that a sink task or the brokers have rejected and that are skipped,
    ///   which Connect does not count as errors.
    func recordsFailed(_ count: Int, areErrors: Bool = true) {
        failures.add(count)
        if areErrors { errors.add(count) }
        lastError.set(Int(WallTime.now.epochMilliseconds))
    }
}

/// The metrics of a source task: `source-task-metrics` of Connect.
package struct SourceTaskMetrics: Sendable {
    private static let polled = MetricDefinition(
        "kafka_connect_source_task_source_record_poll_total", .counter, labels: TaskMetrics.labels,
        help: "Records that the task has emitted, before transforms")
    private static let written = MetricDefinition(
        "kafka_connect_source_task_source_record_write_total", .counter, labels: TaskMetrics.labels,
        help: "Records that the brokers have acknowledged")
    private static let active = MetricDefinition(
        "kafka_connect_source_task_source_record_active_count", .gauge, labels: TaskMetrics.labels,
        help: "Records that were sent and are not acknowledged")

    package static let all = [polled, written, active]

    let task: TaskMetrics
    let polled: Counter
    let written: Counter
    let active: Gauge

    package init(_ id: TaskID, in registry: MetricsRegistry = .shared) {
        let values = [id.connector, String(id.task)]
        task = TaskMetrics(id, in: registry)
        polled = Self.polled.counter(in: registry, values)
        written = Self.written.counter(in: registry, values)
        active = Self.active.gauge(in: registry, values)
    }
}
