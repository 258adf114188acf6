import ConnectData
import DebeziumPlugins
import Testing
import WireCore

@testable import BinlogSource
@testable import MySQLWire

/// A streaming task that reads a scenario, with history and records in memory. It can be ended at any step; the next
/// run starts from what a worker would have stored by then.
final class CrashingTask {
    struct Setting: Hashable, CustomTestStringConvertible {
        var generation: DebeziumGeneration
        var server: BinlogScenario.Server
        var includesSchemaChanges: Bool

        static let all: [Setting] = [true, false].flatMap { includesSchemaChanges in
            servers.flatMap { server in
                [DebeziumGeneration.v36, .v19].map { generation in
                    Setting(generation: generation, server: server, includesSchemaChanges: includesSchemaChanges)
                }
            }
        }
        /// All servers and both generations, for tests that end a task at every step.
        static let essential = all.filter { setting in
            let isV36 = setting.generation == .v36
            return setting.includesSchemaChanges && (isV36 || setting.server == .init(usesGTIDs: true))
        }
        static let ofEachProtocol = essential.filter { $0.generation == .v36 && !$0.server.excludesOtherSource }

        /// Without GTIDs, transactions of MySQL have no source to exclude.
        private static let servers: [BinlogScenario.Server] = [
            .init(usesGTIDs: true), .init(usesGTIDs: false), .init(usesGTIDs: true, excludesOtherSource: true),
            .init(flavor: .mariaDB, usesGTIDs: true), .init(flavor: .mariaDB, usesGTIDs: false),
            .init(flavor: .mariaDB, usesGTIDs: true, excludesOtherSource: true),
        ]

        var testDescription: String {
            "\(server.flavor), \(generation), GTIDs \(server.usesGTIDs), "
                + "other source \(server.excludesOtherSource ? "excluded" : "included"), "
                + "schema changes \(includesSchemaChanges)"
        }
    }

    /// How a run ends.
    enum End: Equatable {
        /// The run reads everything.
        case complete
        /// The process is killed after this step: an event, a record, an append to the history, an offset.
        case killed(step: Int)
        /// The task is stopped cleanly after this event.
        case stopped(event: Int)
    }

    /// The stored state, which is all that a new run starts with.
    struct Stored: Hashable {
        var offset: JSONObject
        var history: [[UInt8]]
    }

    struct Outcome {
        /// Every record that was emitted.
        var records: [String] = []
        /// The offsets in the order in which they were emitted, each with the number of records before it.
        var checkpoints: [(recordCount: Int, offset: JSONObject)] = []
        var history: [[UInt8]] = []
        /// The number of records, offsets and history records after each step.
        var steps: [(checkpointCount: Int, historyCount: Int)] = []
        var events = 0
    }

    private struct Crash: Error {}

    private final class Steps {
        private let limit: Int?
        private(set) var all: [(checkpointCount: Int, historyCount: Int)] = []
        var checkpointCount = 0
        var historyCount = 0

        init(limit: Int?) { self.limit = limit }

        func done() throws {
            all.append((checkpointCount, historyCount))
            if all.count == limit { throw Crash() }
        }
    }

    private final class Log: HistoryLog {
        var records: [[UInt8]]
        private let steps: Steps

        init(_ records: [[UInt8]], _ steps: Steps) {
            self.records = records
            self.steps = steps
            steps.historyCount = records.count
        }

        func exists() -> Bool { true }
        func create() {}
        func append(chunks next: () throws -> [[UInt8]]?) throws {
            while let records = try next() {
                for record in records {
                    self.records.append(record)
                    steps.historyCount += 1
                    try steps.done()
                }
            }
        }
        func replay(_ body: ([UInt8]) throws -> Void) throws { for record in records { try body(record) } }
        func close() {}
        var cancel: @Sendable () -> Void { {} }
    }

    private final class Sink: RecordSink {
        var outcome = Outcome()
        private let steps: Steps

        init(_ steps: Steps) { self.steps = steps }

        func emit(_ record: consuming ConnectRecord) throws -> Bool {
            outcome.records.append(CrashingTask.text(record))
            try steps.done()
            return true
        }

        func checkpoint(partition: JSONObject, offset: JSONObject) throws {
            outcome.checkpoints.append((outcome.records.count, offset))
            steps.checkpointCount += 1
            try steps.done()
        }

        func awaitDelivery() throws {}
    }

    let scenario: BinlogScenario
    private let setting: Setting
    private let configuration: MySQLConnectorConfig

    init(_ scenario: BinlogScenario, _ setting: Setting) throws {
        self.scenario = scenario
        self.setting = setting
        let isModern = setting.generation == .v36
        let history = isModern ? "schema.history.internal." : "database.history."
        var options = [
            isModern ? "topic.prefix" : "database.server.name": "s", "database.hostname": "127.0.0.1",
            "database.user": "root", "database.server.id": "1", "database.include.list": "db",
            history + "kafka.topic": "h", history + "kafka.bootstrap.servers": "b:9092",
            "include.schema.changes": "\(setting.includesSchemaChanges)",
        ]
        if setting.server.excludesOtherSource {
            options["gtid.source.excludes"] = ScriptedBinlog.Source.other.name(setting.server.flavor)
        }
        var configuration = try MySQLConnectorConfig(configuration: options)
        configuration.flavor = setting.server.flavor
        self.configuration = configuration
    }

    private var rules: SchemaRules { SchemaRules(profile: configuration.profile) }

    /// What a finished snapshot stores.
    func snapshot() throws -> Stored {
        let log = Log([], Steps(limit: nil))
        let recorder = SchemaRecorder(configuration: configuration, history: log, clock: { 0 })
        var schema = DatabaseSchema(rules: rules)
        for text in scenario.firstTables {
            try recorder.appendToHistory(try schema.apply(text, defaultDatabase: "db"), at: scenario.firstOffset)
        }
        var offset = scenario.firstOffset
        offset.phase = .snapshotFinished
        return Stored(offset: offset.encoded(for: configuration.profile), history: log.records)
    }

    func recoveredTables(_ stored: Stored) throws -> [String: [String]] {
        let tables = try recovery(stored, Log(stored.history, Steps(limit: nil))).schema.tables
        return Dictionary(uniqueKeysWithValues: tables.map { ($0.id.table, $0.columns.map(\.name)) })
    }

    private func recovery(_ stored: Stored, _ log: Log) throws -> SchemaHistory.Recovery {
        let sources = configuration.gtidSources
        return try SchemaHistory.recover(
            from: log, source: SchemaRecorder.source(configuration), until: stored.offset,
            comparing: .init(
                flavor: configuration.flavor, executed: try start(stored).point.gtids?.position,
                includesSource: { sources.includes($0) }),
            into: DatabaseSchema(rules: rules))
    }

    /// The position at which a task starts, as `ServerInspection` decides for MySQL.
    private func start(_ stored: Stored) throws -> StreamingStart {
        let offset = try SourceOffset(stored.offset)
        guard setting.server.usesGTIDs else { return StreamingStart(offset, executed: nil) }
        switch configuration.flavor.position(offset.gtids ?? "") {
        case .mySQL(let delivered)?:
            let facts = ServerProperties(
                version: "9.7.4", variables: ["gtid_executed": scenario.binlog.executedGTIDs.position.description])
            let executed = try ServerInspection.executed(delivered, by: facts, configuration.gtidSources)
            return StreamingStart(offset, executed: .mySQL(executed))
        case let position: return StreamingStart(offset, executed: position)
        }
    }

    /// Streams from the stored state.
    ///
    /// - Parameters:
    ///   - isDrained: whether the input is drained before this event, so that an offset is emitted.
    ///   - losesConnection: whether the connection is lost before this event; a new one is made.
    func run(
        from stored: Stored, until end: End = .complete, isDrained: (Int) -> Bool = { _ in true },
        losesConnection: (Int) -> Bool = { _ in false }
    ) throws -> Outcome {
        let steps: Steps
        if case .killed(let step) = end { steps = Steps(limit: step) } else { steps = Steps(limit: nil) }
        let (log, sink) = (Log(stored.history, steps), Sink(steps))
        let handler = try handler(stored, log, sink)
        do {
            var event = 0
            while try read(handler, steps, &event, until: end, isDrained, losesConnection) {}
            try handler.checkpoint()
            sink.outcome.events = event
        } catch is Crash {}
        sink.outcome.history = log.records
        sink.outcome.steps = steps.all
        return sink.outcome
    }

    private var clock = MonotonicInstant.now

    private func handler(_ stored: Stored, _ log: Log, _ sink: Sink) throws -> BinlogEventHandler {
        let logger = Logger("test")
        let emitter = RecordEmitter(RecordOutput(configuration, to: sink))
        return BinlogEventHandler(
            configuration: configuration, emitter: emitter,
            recorder: SchemaRecorder(configuration: configuration, history: log, clock: { 0 }), sink: sink,
            schema: try recovery(stored, log).schema,
            bindings: TableBindings(configuration: configuration, logger: logger, primaryKey: { _ in [] }),
            rowStatements: RowStatementCheck(configuration, logger: logger) { TableDependencies() },
            start: try start(stored), logger: logger, now: { [unowned self] in clock })
    }

    /// Reads from one connection.
    ///
    /// - Returns: whether the connection was lost and the next is due.
    private func read(
        _ handler: BinlogEventHandler, _ steps: Steps, _ event: inout Int, until end: End, _ isDrained: (Int) -> Bool,
        _ losesConnection: (Int) -> Bool
    ) throws -> Bool {
        let request = handler.resumeRequest
        let events =
            if let gtids = request.point.gtids {
                scenario.binlog.dump(after: gtids.position)
            } else {
                scenario.binlog.dump(file: request.point.file, position: request.position)
            }
        handler.reconnect()
        var decoder = BinlogDecoder(hasChecksums: false)
        for bytes in events {
            event += 1
            if end == .stopped(event: event) { return false }
            if losesConnection(event) { return true }
            try handler.checkpointIfDue(isInputDrained: isDrained(event))
            try bytes.withUnsafeBytes { bytes in
                try decoder.feed(bytes)
                while let event = try decoder.next() {
                    if case .heartbeat = event.body { clock = clock.advanced(byMilliseconds: 61_000) }
                    try handler.handle(event, decoder)
                }
            }
            try steps.done()
        }
        return false
    }

    // MARK: Records

    static let schemaChangePrefix = "ddl "

    /// `t {id:1,a:2} at FILE:POSITION row ROW`, or `ddl TEXT` with the columns.
    private static func text(_ record: borrowing ConnectRecord) -> String {
        let value = record.value.structValue
        if let ddl = value?["ddl"]?.stringValue { return schemaChangePrefix + ddl }
        let source = value?["source"]?.structValue
        let place = ["file", "pos", "row", "gtid", "thread"].map { name in
            source?[name]?.stringValue ?? source?[name]?.integerValue.map { String($0) } ?? "null"
        }.joined(separator: " ")
        return "\(row(record)) at \(place)"
    }

    private static func row(_ record: borrowing ConnectRecord) -> String {
        guard let after = record.value.structValue?["after"]?.structValue else { return "no row" }
        let cells = zip(after.schema.fields, after.values).map { "\($0.name):\($1.integerValue ?? -1)" }
        return "\(record.topic.split(separator: ".").last ?? "") {\(cells.joined(separator: ","))}"
    }
}
