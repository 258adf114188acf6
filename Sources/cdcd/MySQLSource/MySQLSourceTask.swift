import ConnectData
import Foundation
import MySQLWire
import WireCore

/// The task of a MySQL connector: decides where to begin, takes a snapshot where one is due, and streams the binlog.
final class MySQLSourceTask: SourceTask {
    /// How often a snapshot that lost its connection is begun anew.
    static let snapshotAttemptsMax = 5
    /// Microseconds since the epoch.
    private static let clock: @Sendable () -> Int64 = { WallTime.now.epochMicroseconds }

    let configuration: MySQLConnectorConfig
    private let context: any SourceTaskContext
    private let openHistoryLog: HistoryLogOpener
    let logger: Logger
    private let runID = UUID().uuidString.lowercased()

    init(
        configuration: MySQLConnectorConfig, context: any SourceTaskContext, openHistoryLog: @escaping HistoryLogOpener
    ) {
        self.configuration = configuration
        self.context = context
        self.openHistoryLog = openHistoryLog
        logger = Logger(
            "io.debezium.connector.mysql.MySqlConnectorTask", context: "[\(context.connectorName)|task-\(context.taskID)] ")
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
        }
    }

    private func work(_ sink: any RecordSink, _ control: TaskControl) throws {
        let stored = try context.storedOffset(for: SchemaRecorder.source(configuration)).map { try SourceOffset($0) }
        let server = try reachServer(control)
        let history = try openHistoryLog(historyLocation)
        let cancelHistory = history.cancel
        let handler = control.onStop { cancelHistory() }
        defer {
            control.removeStopHandler(handler)
            history.close()
        }
        let rules = rules(for: server.facts)
        let recorder = SchemaRecorder(configuration: configuration, history: history, clock: Self.clock)
        let (begin, schema) = try prepare(stored, server, history, recorder, rules, sink, control)
        guard let begin else {
            StopWaiter(control).waitForStop()
            return
        }
        if configuration.snapshot.streamingDelayMilliseconds > 0 {
            StopWaiter(control).wait(milliseconds: configuration.snapshot.streamingDelayMilliseconds)
        }
        let reader = StreamingReader(
            configuration: configuration, control: control, emitter: emitter(sink), recorder: recorder, sink: sink,
            schema: schema, start: begin, serverUUID: server.facts["server_uuid"], logger: logger)
        try reader.run()
    }

    /// Does what comes before streaming. No start: nothing is to be streamed.
    private func prepare(
        _ stored: SourceOffset?, _ server: ReachedServer, _ history: any HistoryLog, _ recorder: SchemaRecorder,
        _ rules: SchemaRules, _ sink: any RecordSink, _ control: TaskControl
    ) throws -> (StreamingStart?, DatabaseSchema) {
        var decision = try StartDecision.make(
            offset: stored, historyExists: try history.exists(), mode: configuration.snapshot.mode,
            profile: configuration.profile, historyTopic: configuration.history.topic)
        if case .resume(let offset) = decision,
            case .gone(let reason) = try server.availability(of: offset, configuration) {
            decision = try StartDecision.whenGone(
                offset, reason: reason, mode: configuration.snapshot.mode, profile: configuration.profile)
        }
        switch decision {
        case .nothing:
            logger.info("The snapshot was taken, and snapshot.mode=initial_only asks for no more")
            return (nil, DatabaseSchema(rules: rules))
        case .streamFromTheBeginning:
            if try !history.exists() { try history.create() }
            return (try server.beginning(configuration), DatabaseSchema(rules: rules))
        case .resume(let offset):
            let schema = try recover(from: history, until: offset, rules)
            return (try server.start(offset, configuration), schema)
        case .snapshot(let readsRows, let reason):
            logger.info("A snapshot will be taken: \(reason)")
            if try !history.exists() { try history.create() }
            let (offset, schema) = try snapshot(readsRows, server, recorder, rules, sink, control)
            guard configuration.snapshot.mode != .initialOnly else { return (nil, schema) }
            return (try server.start(offset, configuration), schema)
        }
    }

    private func recover(
        from history: any HistoryLog, until offset: SourceOffset, _ rules: SchemaRules
    ) throws -> DatabaseSchema {
        let sources = configuration.gtidSources
        let recovery = try SchemaHistory.recover(
            from: history, source: SchemaRecorder.source(configuration),
            until: offset.encoded(for: configuration.profile),
            gtidSourceFilter: { sources.includes($0.description) }, into: DatabaseSchema(rules: rules))
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

    /// Takes the snapshot, again from its beginning where the connection is lost on the way.
    private func snapshot(
        _ readsRows: Bool, _ server: ReachedServer, _ recorder: SchemaRecorder, _ rules: SchemaRules,
        _ sink: any RecordSink, _ control: TaskControl
    ) throws -> (SourceOffset, DatabaseSchema) {
        if configuration.snapshot.delayMilliseconds > 0 {
            StopWaiter(control).wait(milliseconds: configuration.snapshot.delayMilliseconds)
        }
        var attempt = 1
        while true {
            if control.isStopping { throw CancellationError() }
            let reader = SnapshotReader(
                configuration: configuration, control: control, facts: server.facts, privileges: server.privileges,
                rules: rules, recorder: recorder, emitter: emitter(sink), sink: sink, logger: logger,
                clock: Self.clock, readsRows: readsRows)
            do {
                let result = try reader.run()
                control.report(.running)
                return result
            } catch {
                guard attempt < Self.snapshotAttemptsMax, let cause = Self.causeForAnotherSnapshot(error) else {
                    throw error
                }
                try again(after: cause, attempt, control)
            }
            attempt += 1
        }
    }

    private func again(after error: MySQLError, _ attempt: Int, _ control: TaskControl) throws {
        let reason = "The snapshot was interrupted (\(error)) and begins anew, attempt \(attempt + 1) of "
            + "\(Self.snapshotAttemptsMax)"
        logger.warn(reason)
        control.report(.interrupted(reason: reason))
        // Until the server is there again.
        _ = try reachServer(control)
    }

    /// What the server says of a table that was altered (1412) or went (1146, 1049) before its rows were read.
    private static let changedTableCodes: Set<UInt16> = [1049, 1146, 1412]

    /// A lost connection, or a table that changed before its rows were read.
    private static func causeForAnotherSnapshot(_ error: any Error) -> MySQLError? {
        guard let cause = error as? MySQLError ?? (error as? SessionError)?.error else { return nil }
        if case .server(let answer) = cause, changedTableCodes.contains(answer.code) { return cause }
        return cause.isConnectionLoss ? cause : nil
    }

    // MARK: Parts

    /// Connects and looks at the server; tries again for a while where nobody answers.
    private func reachServer(_ control: TaskControl) throws -> ReachedServer {
        var policy = ReconnectPolicy(awayMillisecondsMax: ReconnectPolicy.firstContactMillisecondsMax)
        while true {
            if control.isStopping { throw CancellationError() }
            do {
                let server = try ReachedServer(configuration, control)
                control.report(.running)
                return server
            } catch let failure as SessionError where failure.error.isConnectionLoss {
                let reason = ServerFailure.connecting(failure.error, configuration.connection)
                guard let delay = policy.failed(at: .now) else { throw reason }
                if policy.attemptCount == 1 { logger.warn("\(reason)") }
                control.report(.interrupted(reason: reason.description))
                StopWaiter(control).wait(milliseconds: delay)
            }
        }
    }

    private func emitter(_ sink: any RecordSink) -> RecordEmitter {
        RecordEmitter(
            configuration: configuration, taskID: context.taskID, runID: runID, sink: sink, clock: Self.clock,
            logger: logger)
    }

    private func rules(for facts: ServerFacts) -> SchemaRules {
        let filter = configuration.filter
        let history = configuration.history
        return SchemaRules(
            profile: configuration.profile,
            tableNameCase: facts["lower_case_table_names"].flatMap { Int($0) }.flatMap { .init(rawValue: $0) } ?? .sensitive,
            includesComments: configuration.includesSchemaComments, skipsUnparsable: history.skipsUnparseableDDL,
            storesOnlyCapturedTables: history.storesOnlyCapturedTables,
            storesOnlyCapturedDatabases: history.storesOnlyCapturedDatabases,
            captures: { filter.includes($0) }, capturesDatabase: { filter.includesDatabase($0) })
    }

    private var historyLocation: HistoryLogLocation {
        let history = configuration.history
        return HistoryLogLocation(
            topic: history.topic, bootstrapServers: history.bootstrapServers,
            clientID: configuration.logicalName + configuration.profile.historyClientSuffix,
            recoveryPollIntervalMilliseconds: history.recoveryPollMilliseconds,
            recoveryAttemptsMax: history.recoveryAttempts, queryTimeoutMilliseconds: history.queryTimeoutMilliseconds,
            createTimeoutMilliseconds: history.createTimeoutMilliseconds)
    }
}
