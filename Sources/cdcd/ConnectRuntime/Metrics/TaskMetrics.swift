import WireCore

/// The metrics of a source task: `source-task-metrics` and `task-error-metrics` of Connect, and its offset commits.
/// Updated once per batch.
package struct TaskMetrics: Sendable {
    private static let labels = ["connector", "task"]

    private static let polled = MetricDefinition(
        "kafka_connect_source_task_source_record_poll_total", .counter, labels: labels,
        help: "Records that the task has emitted, before transforms")
    private static let written = MetricDefinition(
        "kafka_connect_source_task_source_record_write_total", .counter, labels: labels,
        help: "Records that the brokers have acknowledged")
    private static let active = MetricDefinition(
        "kafka_connect_source_task_source_record_active_count", .gauge, labels: labels,
        help: "Records that were sent and are not acknowledged")
    private static let failures = MetricDefinition(
        "kafka_connect_task_error_total_record_failures", .counter, labels: labels,
        help: "Records that transforms, converters or the brokers have rejected")
    private static let skipped = MetricDefinition(
        "kafka_connect_task_error_total_records_skipped", .counter, labels: labels,
        help: "Rejected records that were skipped (errors.tolerance=all)")
    private static let retries = MetricDefinition(
        "kafka_connect_task_error_total_retries", .counter, labels: labels,
        help: "Operations of transforms and converters that were tried again")
    private static let committed = MetricDefinition(
        "kafka_connect_connector_task_offset_commit_success_total", .counter, labels: labels,
        help: "Commits of offsets that are stored")
    private static let commitFailures = MetricDefinition(
        "kafka_connect_connector_task_offset_commit_failure_total", .counter, labels: labels,
        help: "Commits of offsets that have failed")

    package static let all = [polled, written, active, failures, skipped, retries, committed, commitFailures]

    let polled: Counter
    let written: Counter
    let active: Gauge
    let failures: Counter
    let skipped: Counter
    let retries: Counter
    let committed: Counter
    let commitFailures: Counter

    /// Removes the metrics of a deleted connector's tasks.
    static func remove(connector: String, from registry: MetricsRegistry = .shared) {
        registry.remove(label: MetricsRegistry.Label("connector", connector))
    }

    package init(_ id: TaskID, in registry: MetricsRegistry = .shared) {
        let values = [id.connector, String(id.task)]
        polled = Self.polled.counter(in: registry, values)
        written = Self.written.counter(in: registry, values)
        active = Self.active.gauge(in: registry, values)
        failures = Self.failures.counter(in: registry, values)
        skipped = Self.skipped.counter(in: registry, values)
        retries = Self.retries.counter(in: registry, values)
        committed = Self.committed.counter(in: registry, values)
        commitFailures = Self.commitFailures.counter(in: registry, values)
    }
}
