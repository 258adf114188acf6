import WireCore
import WireTestSupport

@testable import ConnectRuntime

/// A herder with a config topic, plugins, tasks and a group, all of which act at random.
///
/// The environment carries out the machine's actions after random delays, or never, and checks the invariants.
/// After the random part nothing fails, and the state has to converge to the configuration.
struct HerderSimulation {
    private struct Due {
        var at: Int
        var order: Int
        var event: Pending
    }

    /// An event whose content is determined when it occurs.
    private enum Pending {
        case event(HerderEvent)
        case write([ConfigRecord], storedCount: Int, failure: String?)
        case read(startedAt: Int, fails: Bool)
    }

    private struct Running {
        var run: TaskRun
        var config: ConnectorConfig
        var isPaused: Bool
        var isStopping = false
        var hasFailed = false
    }

    private static let names = ["a", "b", "c"]
    private static let graceMilliseconds = 500
    private static let callMilliseconds = 2000
    private static let connectorStates: [TargetState: StatusRecord.State] = [
        .started: .running, .paused: .paused, .stopped: .stopped,
    ]

    private var random: SeededGenerator
    private var machine: HerderMachine
    private var now = 0
    private var queue: [Due] = []
    private var order = 0
    /// Whether plugins and Kafka work without failures.
    private var isCalm = false

    // The config topic
    private var topic: [ConfigRecord] = []
    private var view = ConfigView()
    private var readCount = 0
    private var changes: [ConfigChange] = []
    private var isWriting = false
    // The group
    private var isMember = true
    private var isLeader = true
    private var ownsEverything = true
    private var generation = 1
    // What runs
    private var tasks: [TaskID: Running] = [:]
    private var instances: [String: ConnectorRun] = [:]
    private var statuses = StatusView()
    // Requests
    private var checkedOffsets: Set<RequestID> = []
    private var openRequests: Set<RequestID> = []
    private var requestCount = 0
    private var isStopping = false
    private(set) var isFinished = false
    private(set) var actionCount = 0

    private var violation: String?

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let settings = HerderSettings(
            logPrefix: "", configTopic: "configs", gracefulShutdownMilliseconds: Self.graceMilliseconds,
            pluginCallMilliseconds: Self.callMilliseconds, sessionKeyLifetimeMilliseconds: 20_000)
        machine = HerderMachine(settings, view: ConfigView())
    }

    // MARK: Running

    /// Returns the first violation; nil if there is none.
    mutating func run() -> String? {
        deliver(.assigned(assignment))
        while now < 20_000, violation == nil {
            if chance(0.03) { disturb() }
            step()
        }
        // Nothing fails from now on, and all connectors that failed are restarted.
        isCalm = true
        if !isMember { regainMembership() }
        (isLeader, ownsEverything) = (true, true)
        deliver(.assigned(assignment))
        advance(by: 10_000)
        for name in Self.names { request(.restartConnector(name)) }
        advance(by: 5000)
        for (id, task) in tasks where task.hasFailed { request(.restartTask(id)) }
        advance(by: 5000)
        if violation == nil { checkConvergence() }
        if violation == nil, !openRequests.isEmpty { violation = "requests \(openRequests.sorted()) are not answered" }
        if violation == nil { shutDown() }
        return violation.map { "after \(now) ms: \($0)" }
    }

    private mutating func shutDown() {
        isCalm = chance(0.5)
        isStopping = true
        request(.restartConnector("a"))
        deliver(.stop(deadline: instant(now + Self.graceMilliseconds)))
        advance(by: Self.graceMilliseconds + 100)
        if !isFinished { violation = "the herder does not finish within its deadline" }
        if !tasks.values.allSatisfy(\.hasFailed) { violation = violation ?? "tasks run after the end" }
        if !openRequests.isEmpty { violation = violation ?? "requests \(openRequests.sorted()) are not answered at the end" }
    }

    private mutating func advance(by milliseconds: Int) {
        let end = now + milliseconds
        while now < end, violation == nil { step() }
    }

    private mutating func step() {
        now += 10
        if let deadline = machine.nextDeadline, deadline <= instant(now) { deliver(.timePassed) }
        while violation == nil, let index = queue.indices.filter({ queue[$0].at <= now })
            .min(by: { (queue[$0].at, queue[$0].order) < (queue[$1].at, queue[$1].order) }) {
            happen(queue.remove(at: index).event)
        }
    }

    private func instant(_ milliseconds: Int) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 0).advanced(byMilliseconds: milliseconds)
    }

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    private mutating func later(_ event: Pending, from earliest: Int = 0, within milliseconds: Int) {
        order += 1
        queue.append(
            Due(at: now + Int.random(in: earliest...milliseconds, using: &random), order: order, event: event))
    }

    private mutating func deliver(_ event: HerderEvent) {
        guard !isFinished else { return }
        let time = HerderTime(monotonic: instant(now), epochMilliseconds: Int64(now))
        for action in machine.handle(event, at: time) { perform(action) }
    }

    // MARK: Disturbances

    private mutating func disturb() {
        guard let name = Self.names.randomElement(using: &random) else { return }
        let task = TaskID(connector: name, task: Int.random(in: 0...2, using: &random))
        switch Int.random(in: 0..<15, using: &random) {
        case 0, 1, 2: request(.change(.putConnector(name, config(name), initialState: nil, mayReplace: chance(0.7))))
        case 3: request(.change(.deleteConnector(name)))
        case 4: request(.change(.setTargetState(name, chance(0.4) ? .paused : .started)))
        case 5: request(.change(.stopConnector(name)))
        case 6:
            let restart = RestartRequest(connector: name, includesTasks: chance(0.7), onlyFailed: chance(0.5))
            request(.change(.restart(restart, statuses)))
        case 7: request(.restartConnector(name))
        case 8: request(.restartTask(task))
        case 9: request(.changeOffsets(name, nil))
        case 10: if isMember { loseMembership() } else { regainMembership() }
        case 11: if let run = instances[name] { deliver(.reconfigurationRequested(run)) }
        case 12:
            if let running = tasks[task], !running.hasFailed, !running.isStopping {
                tasks[task]?.hasFailed = true
                deliver(.taskEnded(running.run, hasFailed: true))
            }
        case 13:
            (isLeader, ownsEverything, generation) = (chance(0.7), chance(0.7), generation + 1)
            if isMember { deliver(.assigned(assignment)) }
        default:
            if let run = instances[name] { deliver(.connectorFailed(run, trace: "raised")) }
        }
    }

    private mutating func config(_ name: String) -> ConnectorConfig {
        ConnectorConfig([
            (name: "tasks.max", value: "\(Int.random(in: 1...3, using: &random))"),
            (name: "version", value: "\(Int.random(in: 0...3, using: &random))"),
        ])
    }

    private mutating func request(_ request: HerderRequest) {
        requestCount += 1
        openRequests.insert(requestCount)
        deliver(.request(requestCount, request))
    }

    private mutating func loseMembership() {
        isMember = false
        deliver(.membershipLost(reason: "away", revoked: revokeSome()))
    }

    private mutating func regainMembership() {
        isMember = true
        generation += 1
        deliver(.membershipRegained(revoked: revokeSome()))
        deliver(.assigned(assignment))
    }

    /// The tasks that end because of a change of the membership.
    private mutating func revokeSome() -> [TaskRun] {
        var revoked: [TaskRun] = []
        for (id, task) in tasks.sorted(by: { $0.value.run.number < $1.value.run.number })
        where !task.hasFailed && !task.isStopping && chance(0.6) {
            tasks[id]?.isStopping = true
            revoked.append(task.run)
            endLater(task.run)
        }
        return revoked
    }

    private var assignment: WorkAssignment {
        let names = ownsEverything ? view.connectors.names : view.connectors.names.filter { $0 != "b" }
        let ids = names.flatMap { view.tasks(of: $0) }
        return WorkAssignment(
            generation: generation, isLeader: isLeader, leaderURL: "http://leader/",
            connectors: Set(names.map { ExactName($0) }), tasks: Set(ids))
    }

    // MARK: The environment

    private mutating func happen(_ pending: Pending) {
        switch pending {
        case .event(let event):
            if case .taskEnded(let run, _) = event {
                guard tasks[run.id]?.run == run else { return }
                tasks[run.id] = nil
            }
            if case .connectorStopped(let run) = event, instances[run.name] == run { instances[run.name] = nil }
            deliver(event)
        case .write(let records, let count, let failure):
            isWriting = false
            topic += records.prefix(count)
            if failure == nil { readAll(startedAt: now) }
            deliver(.written(failure: failure))
        case .read(let startedAt, let fails):
            if fails {
                // Some records were applied before the failure.
                applyRecords(upTo: Int.random(in: readCount...topic.count, using: &random))
                deliver(.configReadFailed("unreachable"))
            } else {
                readAll(startedAt: startedAt)
            }
        }
    }

    private mutating func applyRecords(upTo end: Int) {
        while readCount < end {
            let record = topic[readCount]
            let value = record.value.map { JSONValue.object($0).encoded() }
            changes.append(view.apply(StoreRecord(offset: Int64(readCount), key: Array(record.key.utf8), value: value)))
            readCount += 1
        }
    }

    private mutating func readAll(startedAt: Int) {
        applyRecords(upTo: topic.count)
        let taken = changes
        changes = []
        deliver(.configsRead(view, taken, statuses, startedAt: instant(startedAt)))
        if isMember { deliver(.assigned(assignment)) }
    }

    private mutating func perform(_ action: HerderAction) {
        actionCount += 1
        switch action {
        case .startConnector(let run, _): startConnector(run)
        case .configureTasks(let run, let tasksMax): configureTasks(run, tasksMax)
        case .stopConnector(let run): if isCalm || chance(0.8) { later(.event(.connectorStopped(run)), within: 200) }
        case .releaseConnector(let run): if instances[run.name] == run { instances[run.name] = nil }
        case .startTask(let run, _, let config, let isPaused): startTask(run, config, isPaused)
        case .stopTask(let run):
            if tasks[run.id]?.run != run { fail("stop of \(run), which does not run") }
            tasks[run.id]?.isStopping = true
            endLater(run)
        case .abandonTask(let run):
            if tasks[run.id]?.run != run { fail("\(run) is abandoned, but does not run") }
            tasks[run.id] = nil
        case .pauseTask(let run): if tasks[run.id]?.run == run { tasks[run.id]?.isPaused = true }
        case .resumeTask(let run): if tasks[run.id]?.run == run { tasks[run.id]?.isPaused = false }
        case .write(let records): write(records)
        case .readConfigs:
            later(.read(startedAt: now, fails: !isCalm && chance(0.3)), within: 100)
        case .createSessionKey:
            let key = SessionKey(keyBase64: "k\(now)", algorithm: "HmacSHA256", createdMilliseconds: Int64(now))
            deliver(.sessionKeyCreated(key))
        case .checkOffsets(let id, let name, _): checkOffsets(id, name)
        case .writeOffsets(let id, let name, _):
            if !checkedOffsets.contains(id) { fail("offsets of \(name) are written without a check") }
            if hasRunningTasks(name) { fail("offsets of \(name) are written while tasks run") }
            later(.event(.offsetsWritten(id, failure: !isCalm && chance(0.2) ? "unreachable" : nil)), within: 300)
        case .showConnector(let name, let state, let trace):
            apply(StatusKey.connector(name), StatusRecord(state: state, trace: trace, workerID: "w", generation: 1, version: nil))
        case .showTask(let id, let state):
            apply(StatusKey.task(id), StatusRecord(state: state, workerID: "w", generation: 1, version: nil))
        case .removeConnectorStatus(let name): apply(StatusKey.connector(name), nil)
        case .removeTaskStatus(let id): removeTaskStatus(id)
        case .removeTaskStatuses(let name, let kept):
            for (id, _) in statuses.tasks(of: name) where !kept.contains(id) { removeTaskStatus(id) }
        case .removeTopics, .setLoggerLevel, .log: break
        case .complete(let id, _):
            if openRequests.remove(id) == nil { fail("request \(id) is answered twice") }
        case .finish: isFinished = true
        }
    }

    private func hasRunningTasks(_ name: String) -> Bool {
        tasks.contains { $0.key.connector == name && !$0.value.hasFailed }
    }

    /// The plugin accepts or refuses the offsets, returns after its deadline, or never.
    private mutating func checkOffsets(_ id: RequestID, _ name: String) {
        if hasRunningTasks(name) { fail("offsets of \(name) are checked while tasks run") }
        let success = HerderEvent.offsetsChecked(id, .success(OffsetCheck(changes: .source([]), isComplete: true)))
        if isCalm || chance(0.6) {
            checkedOffsets.insert(id)
            later(.event(success), within: 300)
        } else if chance(0.5) {
            later(.event(.offsetsChecked(id, .failure(.failed("unreachable")))), within: 300)
        } else if chance(0.5) {
            later(.event(success), from: Self.callMilliseconds + 20, within: 2 * Self.callMilliseconds)
        }
    }

    private mutating func fail(_ text: String) { violation = violation ?? text }

    private mutating func startConnector(_ run: ConnectorRun) {
        if let other = instances[run.name] { fail("\(run) is started while \(other) exists") }
        instances[run.name] = run
        if isCalm || chance(0.6) {
            later(.event(.connectorStarted(run, failure: nil)), within: 300)
        } else if chance(0.5) {
            later(.event(.connectorStarted(run, failure: "refused")), within: 300)
        } else if chance(0.5) {
            // A result after the deadline.
            later(.event(.connectorStarted(run, failure: nil)), within: 3 * Self.callMilliseconds)
        }
    }

    private mutating func configureTasks(_ run: ConnectorRun, _ tasksMax: Int) {
        let version = view.connectors[run.name]?["version"] ?? ""
        let configs = (0..<tasksMax).map { ConnectorConfig([(name: "part", value: "\($0) of version \(version)")]) }
        if isCalm || chance(0.7) {
            later(.event(.tasksConfigured(run, .success(configs))), within: 300)
        } else if chance(0.5) {
            struct Refused: Error {}
            later(.event(.tasksConfigured(run, .failure(PluginError(Refused())))), within: 300)
        }
    }

    private mutating func startTask(_ run: TaskRun, _ config: ConnectorConfig, _ isPaused: Bool) {
        if let other = tasks[run.id], !other.hasFailed { fail("\(run) starts while \(other.run) runs") }
        if !isMember { return fail("\(run) starts outside of the group") }
        if isStopping { fail("\(run) starts while the worker stops") }
        tasks[run.id] = Running(run: run, config: config, isPaused: isPaused)
        apply(StatusKey.task(run.id), StatusRecord(state: .running, workerID: "w", generation: 1, version: nil))
    }

    private mutating func endLater(_ run: TaskRun) {
        // Some tasks do not end, and have to be abandoned.
        guard isCalm || chance(0.8) else { return }
        later(.event(.taskEnded(run, hasFailed: false)), within: 2 * Self.graceMilliseconds / 3)
    }

    private mutating func write(_ records: [ConfigRecord]) {
        if isWriting { fail("two writes at a time") }
        isWriting = true
        let fails = !isCalm && chance(0.1)
        // The records of a write that fails may be stored nevertheless.
        let count = fails ? Int.random(in: 0...records.count, using: &random) : records.count
        later(.write(records, storedCount: count, failure: fails ? "timed out" : nil), within: 100)
    }

    private mutating func removeTaskStatus(_ id: TaskID) {
        if let task = tasks[id], !task.isStopping, !task.hasFailed { fail("the status of \(id), which runs, is removed") }
        apply(StatusKey.task(id), nil)
    }

    private mutating func apply(_ key: String, _ status: StatusRecord?) {
        do throws(UnreadableRecordError) { try statuses.apply(key: key, status?.json) } catch { fail("\(error)") }
    }

    // MARK: The model

    /// What must run according to the configuration.
    private mutating func checkConvergence() {
        if readCount != topic.count { return fail("the config topic is not read to its end") }
        var expected: Set<TaskID> = []
        for name in view.connectors.names {
            let target = view.targetState(of: name)
            let state = statuses.connectors[name]?.state
            if state != Self.connectorStates[target] {
                fail("connector \(name) is \(state?.rawValue ?? "not shown") and should be \(target)")
            }
            if (instances[name] != nil) != (target == .started) { fail("\(name) has an instance: \(instances[name] != nil)") }
            guard target != .stopped else { continue }
            for id in view.tasks(of: name) {
                expected.insert(id)
                if tasks[id]?.config != view.taskConfig(id) { fail("\(id) runs with other configurations than committed") }
                if tasks[id]?.isPaused != (target == .paused) { fail("\(id) is paused: \(tasks[id]?.isPaused ?? false)") }
            }
            guard target == .started, let config = view.connectors[name] else { continue }
            let count = TaskConfigUpdate.tasksMax(config)
            if view.tasks(of: name).count != count { fail("\(name) has \(view.tasks(of: name).count) tasks and not \(count)") }
        }
        let running = Set(tasks.filter { !$0.value.hasFailed }.keys)
        if running != expected { fail("\(running.map(\.description).sorted()) run and not \(expected)") }
        if let id = tasks.first(where: { $0.value.isStopping })?.key { fail("\(id) does not run") }
        if Set(statuses.tasks.keys) != expected { fail("statuses of \(statuses.tasks.keys.map(\.description).sorted())") }
        for name in statuses.connectors.names where view.connectors[name] == nil { fail("\(name) was deleted and has a status") }
    }
}
