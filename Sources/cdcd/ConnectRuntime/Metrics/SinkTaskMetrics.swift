import WireCore

/// The metrics of a sink task: `sink-task-metrics` of Connect, and the requests of its dead letter queue.
package struct SinkTaskMetrics: Sendable {
    private static let read = counter(
        "sink_task_sink_record_read_total", "Records that were consumed, before transforms")
    private static let sent = counter("sink_task_sink_record_send_total", "Records that the task has accepted")
    private static let active = gauge(
        "sink_task_sink_record_active_count", "Records that were consumed and whose offsets are not committed")
    private static let partitions = gauge("sink_task_partition_count", "Partitions that are assigned to the task")
    private static let putTime = MetricDefinition(
        "kafka_connect_sink_task_put_batch_time_ms", .histogram, labels: TaskMetrics.labels,
        help: "How long the task needs to accept a batch, which may be empty")
    private static let commitNumber = gauge(
        "sink_task_offset_commit_seq_no",
        "The number of the last commit of offsets; an attempt counts also if no offset has changed")
    private static let commitCompletions = counter(
        "sink_task_offset_commit_completion_total", "Commits of offsets that were successful, or not necessary")
    private static let skippedCommitCompletions = counter(
        "sink_task_offset_commit_skip_total", "Ends of commits that came too late and were ignored")
    private static let deadLetters = counter(
        "task_error_deadletterqueue_produce_requests", "Records that were sent to the dead letter queue")
    private static let deadLetterFailures = counter(
        "task_error_deadletterqueue_produce_failures", "Records that the dead letter queue has not accepted")

    package static let all = [
        read, sent, active, partitions, putTime, commitNumber, commitCompletions, skippedCommitCompletions, deadLetters,
        deadLetterFailures,
    ]

    private static let putTimeBounds: [Double] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000,
    ]

    private static func counter(_ name: String, _ help: String) -> MetricDefinition {
        MetricDefinition("kafka_connect_\(name)", .counter, labels: TaskMetrics.labels, help: help)
    }

    private static func gauge(_ name: String, _ help: String) -> MetricDefinition {
        MetricDefinition("kafka_connect_\(name)", .gauge, labels: TaskMetrics.labels, help: help)
    }

    let task: TaskMetrics
    let read: Counter
    private let sent: Counter
    private let active: Gauge
    private let partitions: Gauge
    private let putTime: Histogram
    private let commitNumber: Gauge
    let commitCompletions: Counter
    let skippedCommitCompletions: Counter
    let deadLetters: Counter
    let deadLetterFailures: Counter

    package init(_ id: TaskID, in registry: MetricsRegistry = .shared) {
        let values = [id.connector, String(id.task)]
        task = TaskMetrics(id, in: registry)
        read = Self.read.counter(in: registry, values)
        sent = Self.sent.counter(in: registry, values)
        active = Self.active.gauge(in: registry, values)
        partitions = Self.partitions.gauge(in: registry, values)
        putTime = Self.putTime.histogram(in: registry, values, bounds: Self.putTimeBounds)
        commitNumber = Self.commitNumber.gauge(in: registry, values)
        commitCompletions = Self.commitCompletions.counter(in: registry, values)
        skippedCommitCompletions = Self.skippedCommitCompletions.counter(in: registry, values)
        deadLetters = Self.deadLetters.counter(in: registry, values)
        deadLetterFailures = Self.deadLetterFailures.counter(in: registry, values)
    }

    /// The task has accepted a batch.
    func put(_ recordCount: Int, milliseconds: Int) {
        sent.add(recordCount)
        putTime.observe(Double(milliseconds))
    }

    func update(activeRecords: Int, partitions count: Int, commitNumber number: Int) {
        active.set(activeRecords)
        partitions.set(count)
        commitNumber.set(number)
    }
}
