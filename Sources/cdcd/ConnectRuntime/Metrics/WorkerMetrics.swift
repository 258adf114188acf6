import WireCore

/// The metrics of a worker: `connect-worker-metrics` and `connect-worker-rebalance-metrics` of Connect. Counts of
/// connectors and tasks are computed from their statuses when the metrics are read.
package struct WorkerMetrics: Sendable {
    private static let connectorCount = MetricDefinition(
        "kafka_connect_worker_connector_count", .gauge, help: "Connectors that exist")
    private static let taskCount = MetricDefinition(
        "kafka_connect_worker_task_count", .gauge, help: "Tasks that exist")
    private static let connectorStatus = MetricDefinition(
        "kafka_connect_connector_status", .gauge, labels: ["connector", "status"],
        help: "1 for the state that the connector has")
    private static let taskStatus = MetricDefinition(
        "kafka_connect_connector_task_status", .gauge, labels: ["connector", "task", "status"],
        help: "1 for the state that the task has")
    private static let generation = MetricDefinition(
        "kafka_connect_worker_rebalance_epoch", .gauge, help: "The generation of the worker's group")
    private static let rebalances = MetricDefinition(
        "kafka_connect_worker_rebalance_completed_rebalances_total", .counter,
        help: "Generations of the group that the worker has joined")
    private static let connectorStarts = MetricDefinition(
        "kafka_connect_worker_connector_startup_success_total", .counter, help: "Starts of connectors that succeeded")
    private static let connectorFailures = MetricDefinition(
        "kafka_connect_worker_connector_startup_failure_total", .counter, help: "Starts of connectors that failed")
    private static let taskFailures = MetricDefinition(
        "kafka_connect_worker_task_failure_total", .counter, help: "Tasks that have failed")

    /// The states that a connector's tasks are counted by.
    private static let countedStates: [StatusRecord.State] = [.running, .paused, .failed, .unassigned, .restarting]
    private static func taskCount(_ state: StatusRecord.State) -> MetricDefinition {
        MetricDefinition(
            "kafka_connect_worker_connector_\(state.rawValue.lowercased())_task_count", .gauge, labels: ["connector"],
            help: "Tasks of the connector in the state \(state.rawValue)")
    }

    package static let all = [
        connectorCount, taskCount, connectorStatus, taskStatus, generation, rebalances, connectorStarts,
        connectorFailures, taskFailures,
    ] + countedStates.map(taskCount)

    let rebalances: Counter
    let connectorStarts: Counter
    let connectorFailures: Counter
    let taskFailures: Counter

    init(in registry: MetricsRegistry = .shared) {
        rebalances = Self.rebalances.counter(in: registry)
        connectorStarts = Self.connectorStarts.counter(in: registry)
        connectorFailures = Self.connectorFailures.counter(in: registry)
        taskFailures = Self.taskFailures.counter(in: registry)
    }

    /// The metrics of the connectors and tasks that exist.
    static func families(_ configs: ConfigView, _ statuses: StatusView, generation: Int) -> [MetricsRegistry.Family] {
        let names = configs.connectors.names
        let tasks = names.flatMap { configs.tasks(of: $0) }
        let connectorStates = names.compactMap { name in
            statuses.connectors[name].map { (values: [name, $0.state.rawValue.lowercased()], value: 1) }
        }
        let taskStates = tasks.compactMap { id in
            statuses.tasks[id].map {
                (values: [id.connector, String(id.task), $0.state.rawValue.lowercased()], value: 1)
            }
        }
        let counts = countedStates.map { state in
            taskCount(state).family(names.map { name in
                (values: [name], value: configs.tasks(of: name).count { statuses.tasks[$0]?.state == state })
            })
        }
        return [
            connectorCount.family([(values: [], value: names.count)]),
            taskCount.family([(values: [], value: tasks.count)]), connectorStatus.family(connectorStates),
            taskStatus.family(taskStates), self.generation.family([(values: [], value: generation)]),
        ] + counts
    }
}
