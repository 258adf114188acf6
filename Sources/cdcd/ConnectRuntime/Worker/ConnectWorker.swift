import ConnectData
import KafkaWire
import Synchronization
import WireCore
import WireStreams

/// A Kafka Connect worker in distributed mode: REST, the three internal topics, membership of its group, connectors
/// and their tasks.
///
/// `start()` returns as soon as REST listens; everything else runs on threads of its own. `awaitTermination()` returns
/// how the worker ended.
package final class ConnectWorker: Sendable {
    /// How a worker ended.
    package enum Termination: Sendable, Equatable {
        /// `stop()` was called.
        case stopped
        /// The worker could not continue: the failure with its place, cause and remedy.
        case failed(String)
    }

    /// The parts that exist only from some point of the start.
    private struct Parts {
        var server: RESTServer?
        var member: WorkerGroupMembership?
        var environment: WorkerEnvironment?
        var isStopping = false
        var failure: String?
    }

    private let configuration: WorkerConfiguration
    private let plugins: PluginRegistry
    private let cluster: KafkaCluster
    private let herder: Herder
    let service: RESTService
    private let identity: WorkerIdentity
    private let presence = GroupPresence()
    private let parts = Monitor(Parts())
    private let herderEnded = ThreadCompletion()
    private let ended = ThreadCompletion()
    private static let logger = Logger("org.apache.kafka.connect.runtime.Connect")

    /// - Parameter plugins: everything that configurations can name.
    package convenience init(configuration: WorkerConfiguration, plugins: PluginRegistry) {
        self.init(configuration: configuration, plugins: plugins, cluster: KafkaCluster(configuration))
    }

    init(configuration: WorkerConfiguration, plugins: PluginRegistry, cluster: KafkaCluster) {
        self.configuration = configuration
        self.cluster = cluster
        self.plugins = plugins
        herder = Herder(requestMilliseconds: configuration.requestMilliseconds)
        identity = WorkerIdentity(workerID: configuration.workerID)
        service = RESTService(configuration: configuration, plugins: plugins, herder: herder)
    }

    // MARK: Start

    /// Listens on the REST ports and begins to start everything else.
    ///
    /// Throws if a port is unavailable.
    package func start() throws {
        let server = try RESTServer(configuration, service)
        server.start(configuration)
        parts.withLock { $0.server = server }
        startThread(named: "DistributedHerder-\(configuration.workerID)", completion: herderEnded) { [self] in
            runHerder()
        }
    }

    /// The address of the first REST listener, with the port that the system chose if the configured one is 0.
    package var restAddress: SocketAddress? { parts.withLock { $0.server?.address } }

    private func runHerder() {
        do {
            let (environment, member) = try prepare()
            let executor = HerderExecutor(environment: environment, herder: herder) { member.assignment(in: $0) }
            executor.removeStaleStatuses()
            Self.logger.info("Kafka Connect started")
            herder.run(HerderMachine(configuration.herderSettings, view: environment.configs.snapshot), executor)
        } catch {
            fail(error)
        }
    }

    /// Reads the internal topics and joins the group.
    private func prepare() throws -> (WorkerEnvironment, WorkerGroupMembership) {
        let logger = Logger(Herder.loggerName)
        logger.info("Herder starting")
        let startup = WorkerStartup(
            configuration: configuration, plugins: plugins, cluster: cluster, herder: herder, identity: identity,
            presence: presence)
        let clusterID = try startup.requestClusterID()
        service.readiness.update { $0.connected(to: clusterID) }
        let environment = try startup.openStores()
        let member = startup.makeMember(environment)
        parts.withLock { $0.member = member }
        try startup.join(member) { [self] in fail($0) }
        environment.committer.start()
        parts.withLock { $0.environment = environment }
        // Before any request: only the assignment makes this worker the leader.
        herder.post(.groupJoined)
        service.readiness.update { $0.becomeReady(environment) }
        logger.info("Herder started")
        return (environment, member)
    }

    /// Ends the worker because it cannot continue. On a thread of its own, since `stop` waits for the calling thread.
    private func fail(_ error: any Error) {
        let isFirst = parts.withLock { parts in
            guard parts.failure == nil, !parts.isStopping else { return false }
            parts.failure = KafkaError.explained(error)
            return true
        }
        guard isFirst else { return }
        Self.logger.error("The worker cannot continue: \(KafkaError.explained(error))")
        startThread(named: "connect-failure") { [self] in stop() }
    }

    // MARK: End

    /// Ends everything in order within five seconds: offsets are committed, statuses written, the group left.
    package func stop() {
        let budget = ShutdownBudget(from: .now)
        let isFirst = parts.withLock { parts in
            defer { parts.isStopping = true }
            return !parts.isStopping
        }
        guard isFirst else {
            _ = ended.wait(milliseconds: ShutdownBudget.totalMilliseconds)
            return
        }
        Self.logger.info("Kafka Connect stopping")
        service.readiness.update { $0.end() }
        let (server, member, isStarted) = parts.withLock { ($0.server, $0.member, $0.environment != nil) }
        let restEnded = server?.stop(graceMilliseconds: ShutdownBudget.restMilliseconds)
        if isStarted {
            herder.post(.stop(deadline: budget.tasksDeadline))
        } else {
            // The start is cancelled, whatever it waits for.
            herder.close()
            member?.cancel()
            cluster.close()
        }
        _ = herderEnded.wait(milliseconds: budget.left)
        herder.close()
        closeStores(budget)
        _ = restEnded?.wait(milliseconds: budget.left)
        cluster.close()
        Self.logger.info("Kafka Connect stopped")
        ended.finish()
    }

    private func closeStores(_ budget: ShutdownBudget) {
        let (member, environment) = parts.withLock { ($0.member, $0.environment) }
        guard let environment else { return }
        environment.committer.stop(timeoutMilliseconds: budget.left(atMost: ShutdownBudget.committerMilliseconds))
        environment.statuses.close(timeoutMilliseconds: budget.left(atMost: ShutdownBudget.statusesMilliseconds))
        member?.leave(timeoutMilliseconds: budget.left(atMost: ShutdownBudget.groupMilliseconds))
        environment.configs.close(timeoutMilliseconds: budget.left(atMost: ShutdownBudget.storeMilliseconds))
        environment.offsets.close(timeoutMilliseconds: budget.left(atMost: ShutdownBudget.storeMilliseconds))
        Logger(Herder.loggerName).info("Herder stopped")
    }

    /// Waits until the worker has ended, by `stop()` or by a failure.
    package func awaitTermination() -> Termination {
        while !ended.wait(milliseconds: 60_000) {}
        return parts.withLock { $0.failure }.map { .failed($0) } ?? .stopped
    }
}
