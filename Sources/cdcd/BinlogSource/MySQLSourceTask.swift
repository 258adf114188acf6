import ConnectData
import Foundation
import MySQLWire
import WireCore

/// The task of a MySQL connector: decides where to begin, takes a snapshot if one is due, and streams the binlog.
final class MySQLSourceTask: SourceTask {
    /// The maximum number of attempts at a snapshot that is interrupted.
    static let snapshotAttemptsMax = 5
    /// The pause before the task starts again: servers with the same name may contradict each other.
    private static let restartMilliseconds = 500
    /// The pause before the server is queried again for what it is committing.
    private static let pendingMilliseconds = 100
    /// Microseconds since the epoch.
    private static let clock: @Sendable () -> Int64 = { WallTime.now.epochMicroseconds }

    let configuration: MySQLConnectorConfig
    private let context: any SourceTaskContext
    private let openHistoryLog: HistoryLogOpener
    let logger: Logger
    private let runID = UUID().uuidString.lowercased()

    /// The values that every step of a run uses.
    private struct Run {
        let sink: any RecordSink
        let control: TaskControl
        let history: any HistoryLog
        let recorder: SchemaRecorder
    }

    /// The start of streaming.
    private struct Preparation {
        /// The first position; nil if nothing is to be streamed.
        var start: StreamingStart?
        /// The schema at that position.
        var schema: DatabaseSchema
        /// The server whose binlog has that position.
        var server: ServerInspection
    }

    init(
        configuration: MySQLConnectorConfig, context: any SourceTaskContext, openHistoryLog: @escaping HistoryLogOpener
    ) {
        self.configuration = configuration
        self.context = context
        self.openHistoryLog = openHistoryLog
        logger = Logger(
            configuration.flavor.taskLoggerName, context: "[\(context.connectorName)|task-\(context.taskID)] ")
    }

    func run(sink: any RecordSink, control: TaskControl) throws {
        do {
            try work(sink, control)
        } catch is CancellationError where control.isStopping {
            return
        } catch let failure as SessionError {
            if control.isStopping { return }
            throw failure.isConnecting
                ? ServerFailure.connecting(failure.error, configuration.connection)
                : ServerFailure.running("A statement", failure.error, configuration.connection)
        } catch let error as MySQLError {
            if control.isStopping { return }
            throw ServerFailure.running("A statement", error, configuration.connection)
        } catch let error as ServerMismatchError {
            throw error.failure
        }
    }

    private func work(_ sink: any RecordSink, _ control: TaskControl) throws {
        var stored = try context.storedOffset(for: SchemaRecorder.source(configuration)).map { try SourceOffset($0) }
        var server = try inspectServer(control)
        let history = try openHistoryLog(historyLocation) { control.report($0) }
        let cancelHistory = history.cancel
        let handler = control.onStop { cancelHistory() }
        defer {
            control.removeStopHandler(handler)
            history.close()
        }
        let recorder = SchemaRecorder(configuration: configuration, history: history, clock: Self.clock)
        let run = Run(sink: sink, control: control, history: history, recorder: recorder)
        while true {
            do {
                return try work(from: stored, server, run)
            } catch let unavailable as BinlogUnavailableError {
                guard configuration.snapshot.mode == .whenNeeded else {
                    throw BinlogAvailability.failure(
                        unavailable.offset, profile: configuration.profile, reason: unavailable.reason)
                }
                // Starts again at once: the next start finds the same, and takes a snapshot.
                logger.warn("The stream cannot be continued: \(unavailable.reason)")
                stored = unavailable.offset
                StopWaiter(control).wait(milliseconds: Self.restartMilliseconds)
                server = try inspectServer(control)
            }
        }
    }

    /// Takes a snapshot if one is due, and streams.
    private func work(from stored: SourceOffset?, _ server: ServerInspection, _ run: Run) throws {
        let control = run.control
        let preparation = try prepare(from: stored, server, run)
        guard let start = preparation.start else {
            StopWaiter(control).waitForStop()
            return
        }
        if configuration.snapshot.streamingDelayMilliseconds > 0 {
            StopWaiter(control).wait(milliseconds: configuration.snapshot.streamingDelayMilliseconds)
        }
        let connection = BinlogConnection(
            configuration: configuration, control: control, serverUUID: preparation.server.facts["server_uuid"],
            logger: logger)
        let metadata = ServerMetadata(configuration, control) { connection.serverUUID }
        let bindings = TableBindings(configuration: configuration, logger: logger) { try metadata.primaryKey(of: $0) }
        let rowStatements = RowStatementCheck(configuration, logger: logger) { try metadata.dependencies() }
        let eventHandler = BinlogEventHandler(
            configuration: configuration, emitter: RecordEmitter(output(run.sink)), recorder: run.recorder,
            sink: run.sink, schema: preparation.schema, bindings: bindings, rowStatements: rowStatements, start: start,
            logger: logger)
        try StreamingReader(control: control, connection: connection, handler: eventHandler).run()
    }

    /// Recovers the schema or takes a snapshot, whatever the stored offset and the snapshot mode demand.
    private func prepare(from stored: SourceOffset?, _ server: ServerInspection, _ run: Run) throws -> Preparation {
        let history = run.history
        var server = server
        var decision = try StartDecision.make(
            offset: stored, historyExists: try history.exists(), mode: configuration.snapshot.mode,
            profile: configuration.profile, historyTopic: configuration.history.topic)
        if case .resume(let offset) = decision,
            let reason = try reasonForNotResuming(at: offset, &server, run.control) {
            decision = try StartDecision.whenUnavailable(
                offset, reason: reason, mode: configuration.snapshot.mode, profile: configuration.profile)
        }
        let rules = rules(for: server.facts)
        switch decision {
        case .nothing:
            logger.info("The snapshot was taken, and snapshot.mode=initial_only requests no streaming")
            return Preparation(schema: DatabaseSchema(rules: rules), server: server)
        case .streamFromTheBeginning:
            if try !history.exists() { try history.create() }
            let start = try server.beginning(configuration)
            return Preparation(start: start, schema: DatabaseSchema(rules: rules), server: server)
        case .resume(let offset):
            let start = try server.start(offset, configuration)
            let schema = try recover(from: history, until: offset, start, rules)
            return Preparation(start: start, schema: schema, server: server)
        case .snapshot(let readsRows, let reason):
            logger.info("A snapshot will be taken: \(reason)")
            if try !history.exists() { try history.create() }
            let (offset, schema, server) = try snapshot(of: server, readsRows: readsRows, run)
            let streams = configuration.snapshot.mode != .initialOnly
            let start = streams ? try server.start(offset, configuration) : nil
            return Preparation(start: start, schema: schema, server: server)
        }
    }

    /// The reason why the server cannot continue from an offset; nil if it can. Waits for what it is committing.
    private func reasonForNotResuming(
        at offset: SourceOffset, _ server: inout ServerInspection, _ control: TaskControl
    ) throws -> String? {
        var isWaiting = false
        while true {
            let availability = try server.availability(of: offset, configuration)
            guard case .pending(let reason) = availability else {
                control.report(.running)
                return if case .unavailable(let reason) = availability { reason } else { nil }
            }
            if !isWaiting { logger.warn("\(reason). Waiting for it.") }
            isWaiting = true
            control.report(.interrupted(reason: reason))
            StopWaiter(control).wait(milliseconds: Self.pendingMilliseconds)
            server = try inspectServer(control, endsInterruption: false)
        }
    }

    private func recover(
        from history: any HistoryLog, until offset: SourceOffset, _ start: StreamingStart, _ rules: SchemaRules
    ) throws -> DatabaseSchema {
        let sources = configuration.gtidSources
        let recovery = try SchemaHistory.recover(
            from: history, source: SchemaRecorder.source(configuration),
            until: offset.encoded(for: configuration.profile),
            comparing: RecoveryPoint.Rules(
                flavor: configuration.flavor, executed: start.point.gtids?.position,
                includesSource: { sources.includes($0) }),
            into: DatabaseSchema(rules: rules))
        guard recovery.recordCount > 0 || configuration.snapshot.mode == .never else {
            throw ConnectorError(
                "The schema history in the topic \(configuration.history.topic) holds nothing of this connector, and an offset "
                    + "is stored",
                cause: "the topic was emptied (its retention must be infinite) or another one was configured",
                remedy: "Restore the topic, or take a new snapshot: stop the connector, DELETE its offsets, and resume it.")
        }
        logger.info("Recovered the schema from \(recovery.appliedCount) of \(recovery.recordCount) history records")
        return recovery.schema
    }

    /// Takes the snapshot, again from its beginning if it is interrupted.
    ///
    /// - Returns: the offset at which streaming begins, the schema there, and the server that was read.
    private func snapshot(
        of server: ServerInspection, readsRows: Bool, _ run: Run
    ) throws -> (SourceOffset, DatabaseSchema, ServerInspection) {
        let control = run.control
        if configuration.snapshot.delayMilliseconds > 0 {
            StopWaiter(control).wait(milliseconds: configuration.snapshot.delayMilliseconds)
        }
        var (attempt, server) = (1, server)
        while true {
            if control.isStopping { throw CancellationError() }
            let reader = SnapshotReader(
                configuration: configuration, control: control, facts: server.facts, privileges: server.privileges,
                rules: rules(for: server.facts), recorder: run.recorder, emitter: SnapshotEmitter(output(run.sink)),
                sink: run.sink, logger: logger, clock: Self.clock, readsRows: readsRows)
            do {
                let (offset, schema) = try reader.run()
                control.report(.running)
                return (offset, schema, server)
            } catch {
                guard attempt < Self.snapshotAttemptsMax, let reason = SnapshotRestartReason.reason(of: error) else {
                    throw error
                }
                server = try again(after: reason, attempt, control)
            }
            attempt += 1
        }
    }

    /// - Returns: the server to be read by the next attempt.
    private func again(after reason: String, _ attempt: Int, _ control: TaskControl) throws -> ServerInspection {
        let text = "The snapshot was interrupted (\(reason)) and starts again, attempt \(attempt + 1) of "
            + "\(Self.snapshotAttemptsMax)"
        logger.warn(text)
        control.report(.interrupted(reason: text))
        return try inspectServer(control)
    }

    // MARK: Parts

    /// Connects and inspects the server. Retries if it cannot be reached, as after a lost connection.
    ///
    /// - Parameter endsInterruption: whether the task is running again when the server is reached; false if the task
    ///   waits for the server.
    private func inspectServer(_ control: TaskControl, endsInterruption: Bool = true) throws -> ServerInspection {
        var policy = ReconnectPolicy()
        while true {
            if control.isStopping { throw CancellationError() }
            do {
                let limit = policy.attemptMilliseconds(
                    at: .now, configured: configuration.connection.connectTimeoutMilliseconds)
                let server = try ServerInspection(configuration, control, connectMilliseconds: limit)
                if endsInterruption { control.report(.running) }
                return server
            } catch let failure as SessionError where failure.error.isRetriable {
                let reason = ServerFailure.connecting(failure.error, configuration.connection)
                guard let retry = policy.failed(at: .now) else { throw reason }
                if retry.isReportDue { logger.warn("\(reason)\nConnecting again.") }
                control.report(.interrupted(reason: reason.description))
                StopWaiter(control).wait(milliseconds: retry.delayMilliseconds)
            }
        }
    }

    private func output(_ sink: any RecordSink) -> RecordOutput {
        RecordOutput(
            configuration: configuration, taskID: context.taskID, runID: runID, sink: sink, clock: Self.clock,
            logger: logger)
    }

    private func rules(for facts: ServerProperties) -> SchemaRules {
        let filter = configuration.filter
        let history = configuration.history
        return SchemaRules(
            profile: configuration.profile,
            tableNameCase: facts["lower_case_table_names"].flatMap { Int($0) }.flatMap { .init(rawValue: $0) } ?? .sensitive,
            includesComments: configuration.includesSchemaComments, skipsUnparsable: history.skipsUnparseableDDL,
            storesOnlyCapturedTables: history.storesOnlyCapturedTables,
            storesOnlyCapturedDatabases: history.storesOnlyCapturedDatabases,
            captures: { filter.includes($0) }, listsIncludeDatabase: { filter.listsInclude(database: $0) })
    }

    private var historyLocation: HistoryLogLocation {
        let history = configuration.history
        var location = HistoryLogLocation(
            topic: history.topic, bootstrapServers: history.bootstrapServers,
            clientID: configuration.logicalName + configuration.profile.history.clientSuffix,
            queryTimeoutMilliseconds: history.queryTimeoutMilliseconds,
            createTimeoutMilliseconds: history.createTimeoutMilliseconds,
            deliveryTimeoutMilliseconds: context.deliveryTimeoutMilliseconds)
        location.bootstrapServersProperty = configuration.profile.historyServersProperty
        location.clientPrefix = configuration.profile.historyClientPrefix
        let clients = [("producer.", history.producerProperties), ("consumer.", history.consumerProperties)]
        for (client, properties) in clients {
            for (name, value) in properties { location.clientProperties[location.clientPrefix + client + name] = value }
        }
        return location
    }
}
