import ConnectData
import WireCore

/// The current time, by both clocks that the herder uses.
struct HerderTime: Sendable {
    var monotonic: MonotonicInstant
    /// Milliseconds since the epoch.
    var epochMilliseconds: Int64

    static var now: HerderTime { HerderTime(monotonic: .now, epochMilliseconds: WallTime.now.epochMilliseconds) }
}

/// Identifies a REST request to the herder.
typealias RequestID = Int

/// A request to the herder. Each is answered exactly once.
enum HerderRequest: Sendable {
    /// Writes to the config topic.
    case change(ConfigRequest)
    /// Restarts the connector, not its tasks.
    case restartConnector(String)
    case restartTask(TaskID)
    /// Writes offsets of a stopped connector; nil removes all of them.
    case changeOffsets(String, [RequestedOffset]?)
    /// Checks that the herder handles requests.
    case ping
}

/// A request that is carried out by writing to the config topic. What the records cause happens after the answer.
enum ConfigRequest: Sendable {
    /// Stores a validated configuration.
    case putConnector(String, ConnectorConfig, initialState: TargetState?, mayReplace: Bool)
    case deleteConnector(String)
    case setTargetState(String, TargetState)
    case stopConnector(String)
    /// Sets the level of loggers on all workers of the group.
    case setLoggerLevel(String, LogLevel)
    /// A restart of what the request selects, by the statuses at the time of the request.
    case restart(RestartRequest, StatusView)
}

/// The answer to a request.
enum HerderAnswer: Equatable, Sendable {
    case done
    case stored(isNew: Bool, tasks: [TaskID])
    case restarting(RestartPlan)
    /// - Parameter isComplete: whether the connector has no offsets elsewhere.
    case offsetsChanged(isComplete: Bool)
}

/// An event that the herder handles.
enum HerderEvent: Sendable {
    /// The worker joined a generation of its group. `assigned` follows.
    case groupJoined
    /// The group's leader assigned connectors and tasks to this worker.
    case assigned(WorkAssignment)
    /// The session has ended. The revoked runs end without a last commit; the others wait.
    case membershipLost(reason: String, revoked: [TaskRun])
    /// The worker is a member again; the revoked runs end, because another worker may have run the tasks.
    case membershipRegained(revoked: [TaskRun])
    /// The config topic was read to its end, which began at `startedAt`.
    case configsRead(ConfigView, [ConfigChange], StatusView, startedAt: MonotonicInstant)
    case configReadFailed(String)
    /// The end of the write in progress. After a success, `configsRead` with what was written came before.
    case written(failure: String?)
    case request(RequestID, HerderRequest)
    case sessionKeyCreated(SessionKey)
    case offsetsChecked(RequestID, Result<OffsetCheck, HerderError>)
    case offsetsWritten(RequestID, failure: String?)
    case connectorStarted(ConnectorRun, failure: String?)
    case tasksConfigured(ConnectorRun, Result<[ConnectorConfig], PluginError>)
    case connectorStopped(ConnectorRun)
    /// The connector has requested another call of `taskConfigurations`.
    case reconfigurationRequested(ConnectorRun)
    /// The connector raised an error outside of a call.
    case connectorFailed(ConnectorRun, trace: String)
    case taskEnded(TaskRun, hasFailed: Bool)
    /// The task was not started, because the worker is not a member of its group.
    case taskRefused(TaskRun)
    /// The worker shuts down; everything has to end by the deadline.
    case stop(deadline: MonotonicInstant)
    case timePassed
}

/// An action that `HerderExecutor` carries out without waiting for its end.
enum HerderAction: Equatable, Sendable {
    case startConnector(ConnectorRun, ConnectorConfig)
    case configureTasks(ConnectorRun, tasksMax: Int)
    case stopConnector(ConnectorRun)
    /// The instance was not started, or did not respond in time: its results are ignored from now on.
    case releaseConnector(ConnectorRun)
    case startTask(TaskRun, connector: ConnectorConfig, task: ConnectorConfig, isPaused: Bool)
    case stopTask(TaskRun)
    /// The task did not end in time: it must not emit or commit any more.
    case abandonTask(TaskRun)
    case pauseTask(TaskRun)
    case resumeTask(TaskRun)
    /// Writes records to the config topic and reads it to its end. One write is in progress at a time.
    case write([ConfigRecord])
    case readConfigs
    case createSessionKey
    /// Passes the changes, or the removal of all stored offsets, to the connector's `alterOffsets`.
    case checkOffsets(RequestID, connector: String, [RequestedOffset]?)
    case writeOffsets(RequestID, connector: String, OffsetCheck.Changes)
    case showConnector(String, StatusRecord.State, trace: String?)
    case showTask(TaskID, StatusRecord.State)
    case removeConnectorStatus(String)
    case removeTaskStatus(TaskID)
    case removeTaskStatuses(of: String, except: [TaskID])
    case removeTopics(of: String)
    /// Applies to this worker.
    case setLoggerLevel(String, LogLevel)
    case complete(RequestID, Result<HerderAnswer, HerderError>)
    /// - Parameter connector: the connector that the line is about; nil: the herder itself.
    case log(LogLevel, String, connector: String?)
    /// Everything has ended after `stop`.
    case finish
}
