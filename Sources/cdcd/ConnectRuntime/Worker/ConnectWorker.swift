import ConnectData
import HTTPWire
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
        var servers: [HTTPServer] = []
        var member: WorkerGroupMembership?
        var environment: WorkerEnvironment?
        var isStopping = false
        var failure: String?
    }

    private let configuration: WorkerConfiguration
    private let plugins: PluginRegistry
    private let cluster: any WorkerKafka
    private let herder = Herder()
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

    init(configuration: WorkerConfiguration, plugins: PluginRegistry, cluster: any WorkerKafka) {
        self.configuration = configuration
        self.cluster = cluster
        self.plugins = plugins
        identity = WorkerIdentity(workerID: configuration.workerID)
        service = RESTService(configuration: configuration, plugins: plugins, herder: herder)
    }

    // MARK: Start

    /// Listens on the REST ports and begins to start everything else.
    ///
    /// Throws if a port is unavailable.
    package func start() throws {
        let service = service
        var servers: [HTTPServer] = []
        do {
            for listener in configuration.listeners {
                servers.append(try HTTPServer(address: listener) { service.answer($0) })
            }
        } catch {
            throw WorkerError(
                "REST cannot listen: \(error). Another worker may be running here; choose another port with listeners=http://:PORT")
        }
        for server in servers { server.start() }
        parts.withLock { $0.servers = servers }
        let restLogger = Logger("org.apache.kafka.connect.runtime.rest.RestServer")
        if let warning = configuration.addressWarning { restLogger.warn(warning) }
        for server in servers {
            restLogger.info("REST server listening at http://\(server.address)/, advertising URL \(configuration.advertisedURL)")
        }
        startThread(named: "DistributedHerder-\(configuration.workerID)", completion: herderEnded) { [self] in
            runHerder()
        }
    }

    /// The address of the first REST listener, with the port that the system chose if the configured one is 0.
    package var restAddress: SocketAddress? { parts.withLock { $0.servers.first?.address } }

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
        herder.enter(stage: "requesting the cluster's id from the brokers \(list(configuration.bootstrapServers))")
        let clusterID = try cluster.clusterID()
        service.readiness.update { $0.connected(to: clusterID) }
        Logger("org.apache.kafka.connect.runtime.WorkerConfig").info("Kafka cluster ID: \(clusterID ?? "null")")

        herder.enter(stage: "reading the internal topics")
        let offsets = OffsetStore(log: try cluster.openLog(configuration.offsetTopic, purpose: .offsets))
        try offsets.load()
        let statuses = StatusStore(log: try cluster.openLog(configuration.statusTopic, purpose: .statuses))
        try statuses.load()
        let configs = ConfigStore(log: try cluster.openLog(configuration.configTopic, purpose: .configs))
        try configs.load()

        herder.enter(stage: "joining the group \(configuration.groupID)")
        let member = WorkerGroupMembership(configuration, membership: cluster.makeMembership(), identity: identity) {
            configs.snapshot
        }
        parts.withLock { $0.member = member }
        try member.join()
        let (presence, herder) = (presence, herder)
        member.start(WorkerGroupMembership.Reports(
            joined: { herder.post(.groupJoined) },
            suspended: { reason in
                herder.post(.membershipLost(reason: reason, revoked: presence.leave(reason, revokes: false)))
            },
            left: { reason in
                herder.post(.membershipLost(reason: reason, revoked: presence.leave(reason, revokes: true)))
            },
            rejoined: { herder.post(.membershipRegained(revoked: presence.rejoin(othersRan: $0))) },
            lost: { [self] in fail($0) }))

        herder.enter(stage: "starting connectors")
        let committer = OffsetCommitter(flushIntervalMilliseconds: configuration.offsetFlushIntervalMilliseconds)
        committer.start()
        let environment = WorkerEnvironment(
            configuration: configuration, plugins: plugins, cluster: cluster, configs: configs, statuses: statuses,
            offsets: offsets, committer: committer, identity: identity, presence: presence
        ) { WallTime.now.epochMilliseconds }
        parts.withLock { $0.environment = environment }
        // Before any request: only the assignment makes this worker the leader.
        herder.post(.groupJoined)
        service.readiness.update { $0.becomeReady(environment) }
        logger.info("Herder started")
        return (environment, member)
    }

    private func list(_ addresses: [SocketAddress]) -> String { addresses.map(\.description).joined(separator: ",") }

    /// Ends the worker because it cannot continue. On a thread of its own, since `stop` waits for the calling thread.
    private func fail(_ error: any Error) {
        let isFirst = parts.withLock { parts in
            guard parts.failure == nil, !parts.isStopping else { return false }
            parts.failure = "\(error)"
            return true
        }
        guard isFirst else { return }
        Self.logger.error("The worker cannot continue: \(error)")
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
        let (servers, member, isStarted) = parts.withLock { ($0.servers, $0.member, $0.environment != nil) }
        let restEnded = stopServers(servers)
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
        _ = restEnded.wait(milliseconds: budget.left)
        cluster.close()
        Self.logger.info("Kafka Connect stopped")
        ended.finish()
    }

    private func stopServers(_ servers: [HTTPServer]) -> ThreadCompletion {
        let completion = ThreadCompletion()
        startThread(named: "rest-stop", completion: completion) {
            let logger = Logger("org.apache.kafka.connect.runtime.rest.RestServer")
            logger.info("Stopping REST server")
            for server in servers { server.stop(graceMilliseconds: ShutdownBudget.restMilliseconds) }
            logger.info("REST server stopped")
        }
        return completion
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
