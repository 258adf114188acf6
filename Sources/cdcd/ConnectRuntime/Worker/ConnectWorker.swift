import ConnectData
import HTTPWire
import Synchronization
import WireCore
import WireStreams

/// A Kafka Connect worker in distributed mode: REST, the three internal topics, membership of its group, connectors
/// and their tasks.
///
/// `start()` returns as soon as REST listens; everything else goes on in threads of its own. What ends the worker is
/// told by `awaitTermination()`.
public final class ConnectWorker: Sendable {
    /// How a worker ended.
    public enum Termination: Sendable, Equatable {
        /// `stop()` was called.
        case stopped
        /// The worker could not go on: what, where, why and the remedy.
        case failed(String)
    }

    /// What exists only for a part of the worker's life.
    private struct Parts {
        var servers: [HTTPServer] = []
        var member: WorkerGroupMembership?
        var environment: WorkerEnvironment?
        var stopDeadline: MonotonicInstant?
        var failure: String?
    }

    private let configuration: WorkerConfiguration
    private let plugins: PluginRegistry
    private let cluster: any WorkerKafka
    private let herderThread = HerderThread()
    let service: RESTService
    private let identity: WorkerIdentity
    private let presence = GroupPresence()
    private let running = RunningSet()
    private let parts = Monitor(Parts())
    private let herderEnded = ThreadCompletion()
    private let ended = ThreadCompletion()
    private static let logger = Logger("org.apache.kafka.connect.runtime.Connect")
    /// From SIGTERM to the end, with some time to spare before five seconds are over.
    private static let stopMilliseconds = 4400

    /// - Parameter plugins: everything that configurations can name.
    package convenience init(configuration: WorkerConfiguration, plugins: PluginRegistry) {
        self.init(configuration: configuration, plugins: plugins, cluster: KafkaCluster(configuration))
    }

    init(configuration: WorkerConfiguration, plugins: PluginRegistry, cluster: any WorkerKafka) {
        self.configuration = configuration
        self.cluster = cluster
        self.plugins = plugins
        identity = WorkerIdentity(workerID: configuration.workerID)
        service = RESTService(configuration: configuration, plugins: plugins, herder: herderThread)
    }

    // MARK: Start

    /// Listens on the REST ports and begins to start everything else.
    ///
    /// Throws where a port cannot be had.
    public func start() throws {
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

    /// The address of the first REST listener, with the port that the system chose where 0 was asked for.
    public var restAddress: SocketAddress? { parts.withLock { $0.servers.first?.address } }

    private func runHerder() {
        do {
            let herder = try prepare()
            herder.startAll()
            Self.logger.info("Kafka Connect started")
            herderThread.serve(herder)
            let deadline = parts.withLock { $0.stopDeadline }
                ?? MonotonicInstant.now.advanced(byMilliseconds: Self.stopMilliseconds)
            herder.stopAll(until: deadline)
        } catch {
            fail(error)
        }
    }

    /// Reads the internal topics and joins the group.
    private func prepare() throws -> Herder {
        let logger = Logger(Herder.loggerName)
        logger.info("Herder starting")
        herderThread.enter(stage: "asking the brokers \(list(configuration.bootstrapServers)) for the cluster's id")
        let clusterID = try cluster.clusterID()
        service.readiness.update { $0.clusterID = .some(clusterID) }
        Logger("org.apache.kafka.connect.runtime.WorkerConfig").info("Kafka cluster ID: \(clusterID ?? "null")")

        herderThread.enter(stage: "reading the internal topics")
        let offsets = OffsetStore(log: try cluster.openLog(configuration.offsetTopic, purpose: .offsets))
        try offsets.load()
        let statuses = StatusStore(log: try cluster.openLog(configuration.statusTopic, purpose: .statuses))
        try statuses.load()
        let configs = ConfigStore(log: try cluster.openLog(configuration.configTopic, purpose: .configs))
        try configs.load()

        herderThread.enter(stage: "joining the group \(configuration.groupID)")
        let (running, store) = (running, configs)
        let member = WorkerGroupMembership(configuration, membership: cluster.makeMembership(), identity: identity) {
            let (view, present) = (store.snapshot, running.current)
            let names = view.connectors.names
            return WorkerGroupMembership.Standing(
                configOffset: view.offset, connectors: names, tasks: names.flatMap { view.tasks(of: $0) },
                runningConnectors: present.connectors, runningTasks: present.tasks)
        }
        parts.withLock { $0.member = member }
        try member.join()
        let worker = self
        let (presence, herder) = (presence, herderThread)
        member.start(WorkerGroupMembership.Reports(
            left: { reason in
                presence.leave(reason)
                herder.post { $0.leaveGroup(reason) }
            },
            rejoined: { othersRan in
                presence.rejoin(othersRan: othersRan)
                herder.post { $0.rejoinGroup() }
            },
            lost: { worker.fail($0) }))

        herderThread.enter(stage: "starting connectors")
        let committer = OffsetCommitter(flushIntervalMilliseconds: configuration.offsetFlushIntervalMilliseconds)
        committer.start()
        let environment = WorkerEnvironment(
            configuration: configuration, plugins: plugins, cluster: cluster, configs: configs, statuses: statuses,
            offsets: offsets, committer: committer, identity: identity, presence: presence
        ) { WallTime.now.epochMilliseconds }
        parts.withLock { $0.environment = environment }
        service.readiness.update { $0.environment = environment }
        logger.info("Herder started")
        return Herder(environment: environment, running: running, thread: herderThread)
    }

    private func list(_ addresses: [SocketAddress]) -> String { addresses.map(\.description).joined(separator: ",") }

    /// Ends the worker because it cannot go on. From a thread of its own, since whoever finds out may be waited for.
    private func fail(_ error: any Error) {
        let isFirst = parts.withLock { parts in
            guard parts.failure == nil, parts.stopDeadline == nil else { return false }
            parts.failure = "\(error)"
            return true
        }
        guard isFirst else { return }
        Self.logger.error("The worker cannot go on: \(error)")
        startThread(named: "connect-failure") { [self] in stop() }
    }

    // MARK: End

    /// Ends everything in order within five seconds: offsets are committed, statuses written, the group left.
    public func stop() {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: Self.stopMilliseconds)
        let isFirst = parts.withLock { parts in
            guard parts.stopDeadline == nil else { return false }
            // What follows the tasks needs a little time too.
            parts.stopDeadline = deadline.earlier(byMilliseconds: 900)
            return true
        }
        guard isFirst else {
            _ = ended.wait(milliseconds: Self.stopMilliseconds)
            return
        }
        Self.logger.info("Kafka Connect stopping")
        service.readiness.update { $0.isOver = true }
        herderThread.close()
        let (servers, member, isStarted) = parts.withLock { ($0.servers, $0.member, $0.environment != nil) }
        let restEnded = stopServers(servers)
        if !isStarted {
            // Whatever the start waits for, it waits in vain.
            member?.cancel()
            cluster.close()
        }
        _ = herderEnded.wait(milliseconds: max(0, deadline.milliseconds(since: .now)))
        closeStores(until: deadline)
        _ = restEnded.wait(milliseconds: max(100, deadline.milliseconds(since: .now)))
        cluster.close()
        Self.logger.info("Kafka Connect stopped")
        ended.finish()
    }

    private func stopServers(_ servers: [HTTPServer]) -> ThreadCompletion {
        let completion = ThreadCompletion()
        startThread(named: "rest-stop", completion: completion) {
            let logger = Logger("org.apache.kafka.connect.runtime.rest.RestServer")
            logger.info("Stopping REST server")
            for server in servers { server.stop(graceMilliseconds: 500) }
            logger.info("REST server stopped")
        }
        return completion
    }

    private func closeStores(until deadline: MonotonicInstant) {
        let (member, environment) = parts.withLock { ($0.member, $0.environment) }
        func left(_ most: Int) -> Int { min(most, max(50, deadline.milliseconds(since: .now))) }
        guard let environment else { return }
        environment.committer.stop(timeoutMilliseconds: left(200))
        environment.statuses.close(timeoutMilliseconds: left(400))
        member?.leave(timeoutMilliseconds: left(400))
        environment.configs.close(timeoutMilliseconds: left(100))
        environment.offsets.close(timeoutMilliseconds: left(100))
        Logger(Herder.loggerName).info("Herder stopped")
    }

    /// Waits until the worker has ended, by `stop()` or by a failure.
    public func awaitTermination() -> Termination {
        while !ended.wait(milliseconds: 60_000) {}
        return parts.withLock { $0.failure }.map { .failed($0) } ?? .stopped
    }
}

extension MonotonicInstant {
    fileprivate func earlier(byMilliseconds milliseconds: Int) -> MonotonicInstant {
        let span = UInt64(milliseconds) * 1_000_000
        return MonotonicInstant(nanoseconds: nanoseconds > span ? nanoseconds - span : 0)
    }
}
