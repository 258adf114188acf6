import ConnectData
import KafkaWire
import WireCore

/// The work of a source task: its connector's plugin emits records, which a `Delivery` passes to Kafka.
struct SourceTaskWork: TaskWork {
    private let context: TaskWorkContext
    private let factory: SourceConnectorFactory
    private let delivery: any Delivery

    init(_ context: TaskWorkContext, _ factory: SourceConnectorFactory) {
        self.context = context
        self.factory = factory
        delivery = context.makeDelivery()
    }

    private var label: String { "WorkerSourceTask{id=\(context.id)}" }

    func run(_ setup: TaskSetup, wasRevoked: @escaping () -> Bool) throws {
        let sink = try delivery.open(setup.connector, setup.overrides, setup.wait)
        let plugin = PluginContext(
            properties: setup.task, connectorConfiguration: setup.connector, plugins: context.environment.plugins)
        let result = Result {
            try runSource(
                plugin, sink, setup.wait,
                deliveryTimeoutMilliseconds: setup.overrides.producer.producer.deliveryTimeoutMilliseconds)
        }
        finish(sink, wasRevoked: wasRevoked)
        // A delivery error takes precedence over an error that the source reports because it was stopped.
        if let failure = delivery.failure { throw failure }
        try result.get()
    }

    private func runSource(
        _ plugin: PluginContext, _ sink: any DeliverySink, _ wait: BrokerWait, deliveryTimeoutMilliseconds: Int?
    ) throws {
        let control = context.control
        let offsets = StoredOffsets(
            id: context.id, deliveryTimeoutMilliseconds: deliveryTimeoutMilliseconds,
            offsets: context.environment.offsets)
        try offsets.refresh(control, wait)
        let task = try factory.makeTask(plugin, offsets)
        context.logger.info("\(label) Source task finished initialization and start")
        context.publisher.handle(.started)
        try task.run(sink: sink, control: control)
        guard control.isStopping else { throw WorkerError("Task returned without being asked to stop") }
    }

    /// Waits until all emitted records are delivered and commits their offsets, also after a failure.
    private func finish(_ sink: any DeliverySink, wasRevoked: () -> Bool) {
        let timeout = context.environment.configuration.offsetFlushTimeoutMilliseconds
        let isSettled = wasRevoked() || sink.settle(by: MonotonicInstant.now.advanced(byMilliseconds: timeout))
        if !isSettled, delivery.failure == nil {
            context.logger.error("\(label) Failed to flush: not all records were acknowledged within \(timeout) ms")
        }
        _ = delivery.commit()
        delivery.close()
    }

    /// The sink of the delivery waits at the gate.
    func gateChanged() {}
    func holdCommits() { delivery.holdCommits() }
    func releaseCommits() { delivery.releaseCommits() }
    func endCommits() { delivery.endCommits() }
    func abandon() { delivery.abandon() }
}
