import ConnectData
import DebeziumPlugins
import Testing
import WireCore

@testable import BinlogSource
@testable import MySQLWire

/// The streaming of a task over a story, with history and records in memory. It can be made to end at any step; what a
/// worker would have stored then begins the next run.
final class CrashingTask {
    struct Setting: Hashable, CustomTestStringConvertible {
        var generation: DebeziumGeneration
        var usesGTIDs: Bool
        var includesSchemaChanges: Bool

        static let all: [Setting] = [true, false].flatMap { includesSchemaChanges in
            [true, false].flatMap { usesGTIDs in
                [DebeziumGeneration.v36, .v19].map { generation in
                    Setting(
                        generation: generation, usesGTIDs: usesGTIDs, includesSchemaChanges: includesSchemaChanges)
                }
            }
        }
        static let withSchemaChanges = all.filter(\.includesSchemaChanges)

        var testDescription: String {
            "\(generation), GTIDs \(usesGTIDs), schema changes \(includesSchemaChanges)"
        }
    }

    /// How a run ends.
    enum End: Equatable {
        /// It reads everything.
        case complete
        /// The process is killed after this step: an event, a record, an append to the history, an offset.
        case killed(step: Int)
        /// The task is stopped in order after this event.
        case stopped(event: Int)
    }

    /// What is stored: all that a new run knows.
    struct Stored: Hashable {
        var offset: JSONObject
        var history: [[UInt8]]
    }

    struct Outcome {
        /// Every record that was emitted.
        var records: [String] = []
        /// The offsets in the order in which they were handed over, each with the number of records before it.
        var checkpoints: [(recordCount: Int, offset: JSONObject)] = []
        var history: [[UInt8]] = []
        /// How much was there after each step.
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
        func append(_ records: [[UInt8]]) throws {
            for record in records {
                self.records.append(record)
                steps.historyCount += 1
                try steps.done()
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

        func emit(_ record: consuming ConnectRecord) throws {
            outcome.records.append(CrashingTask.text(record))
            try steps.done()
        }

        func checkpoint(partition: JSONObject, offset: JSONObject) throws {
            outcome.checkpoints.append((outcome.records.count, offset))
            steps.checkpointCount += 1
            try steps.done()
        }

        func awaitDelivery() throws {}
    }

    let story: BinlogScenario
    private let setting: Setting
    private let configuration: MySQLConnectorConfig

    init(_ story: BinlogScenario, _ setting: Setting) throws {
        self.story = story
        self.setting = setting
        let isModern = setting.generation == .v36
        let history = isModern ? "schema.history.internal." : "database.history."
        configuration = try MySQLConnectorConfig(configuration: [
            isModern ? "topic.prefix" : "database.server.name": "s", "database.hostname": "127.0.0.1",
            "database.user": "root", "database.server.id": "1", "database.include.list": "db",
            history + "kafka.topic": "h", history + "kafka.bootstrap.servers": "b:9092",
            "include.schema.changes": "\(setting.includesSchemaChanges)",
        ])
    }

    private var rules: SchemaRules { SchemaRules(profile: configuration.profile) }

    /// What a finished snapshot stores.
    func snapshot() throws -> Stored {
        let log = Log([], Steps(limit: nil))
        let recorder = SchemaRecorder(configuration: configuration, history: log, clock: { 0 })
        var schema = DatabaseSchema(rules: rules)
        for text in story.firstTables {
            try recorder.appendToHistory(try schema.apply(text, defaultDatabase: "db"), at: story.firstOffset)
        }
        var offset = story.firstOffset
        offset.phase = .snapshotFinished
        return Stored(offset: offset.encoded(for: configuration.profile), history: log.records)
    }

    func recoveredTables(_ stored: Stored) throws -> [String: [String]] {
        let tables = try recovery(stored, Log(stored.history, Steps(limit: nil))).schema.tables
        return Dictionary(uniqueKeysWithValues: tables.map { ($0.id.table, $0.columns.map(\.name)) })
    }

    private func recovery(_ stored: Stored, _ log: Log) throws -> SchemaHistory.Recovery {
        try SchemaHistory.recover(
            from: log, source: SchemaRecorder.source(configuration), until: stored.offset,
            comparing: .init(executed: setting.usesGTIDs ? .mySQL(GTIDSet()) : nil), into: DatabaseSchema(rules: rules))
    }

    /// Streams from what is stored.
    ///
    /// - Parameters:
    ///   - isDrained: whether the input is drained before this event, so that an offset is handed over.
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
        let offset = try SourceOffset(stored.offset)
        let executed = setting.usesGTIDs ? GTIDSet(offset.gtids ?? "").map { GTIDPosition.mySQL($0) } : nil
        let logger = Logger("test")
        let emitter = RecordEmitter(configuration: configuration, taskID: 0, runID: "run", sink: sink, clock: { 0 })
        return BinlogEventHandler(
            configuration: configuration, emitter: emitter,
            recorder: SchemaRecorder(configuration: configuration, history: log, clock: { 0 }), sink: sink,
            schema: try recovery(stored, log).schema,
            bindings: TableBindings(configuration: configuration, logger: logger, primaryKey: { _ in [] }),
            rowStatements: RowStatementCheck(configuration, logger: logger) { TableDependencies() },
            start: StreamingStart(offset, executed: executed), logger: logger, now: { [unowned self] in clock })
    }

    /// Reads over one connection.
    ///
    /// - Returns: whether the connection was lost and the next is due.
    private func read(
        _ handler: BinlogEventHandler, _ steps: Steps, _ event: inout Int, until end: End, _ isDrained: (Int) -> Bool,
        _ losesConnection: (Int) -> Bool
    ) throws -> Bool {
        let request = handler.resumeRequest
        let events =
            if case .mySQL(let gtids)? = request.point.gtids?.position {
                try story.binlog.dump(after: gtids)
            } else {
                story.binlog.dump(file: request.point.file, position: request.position)
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
        let place = ["file", "pos", "row", "gtid", "thread"].map { "\(source?[$0] ?? .null)" }.joined(separator: " ")
        return "\(row(record)) at \(place)"
    }

    private static func row(_ record: borrowing ConnectRecord) -> String {
        guard let after = record.value.structValue?["after"]?.structValue else { return "no row" }
        let cells = zip(after.schema.fields, after.values).map { "\($0.name):\($1.integerValue ?? -1)" }
        return "\(record.topic.split(separator: ".").last ?? "") {\(cells.joined(separator: ","))}"
    }
}
