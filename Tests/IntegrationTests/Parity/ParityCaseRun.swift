import BinlogSource
import ConnectData
import MySQLWire
import RecordTestSupport
import Synchronization
import WireCore
import WireStreams

/// A run of the connector of a parity case on a real server. Each row is encoded on both paths, as bytes and as a
/// record of values.
///
/// A table of this type is captured also: a row in it that was emitted proves that everything before it was.
final class ParityCaseRun {
    struct StepError: Error, CustomStringConvertible {
        let description: String
    }

    private static let markerTable = "end_of_step"

    private let parityCase: ParityCase
    private let harness: ConnectorHarness
    /// The configuration without the properties of the case.
    private let commonConfiguration: [String: String]
    /// The case's statements may leave its own connection in any state.
    private let markers: MySQLConnection
    private var markerCount = 0
    private var task: ConnectorRun?
    private let results = Results()

    private final class Results: Sendable {
        let comparison = Mutex(EncodingSink.Comparison())
    }

    init(_ parityCase: ParityCase, server: SocketAddress) throws {
        self.parityCase = parityCase
        let name = "parity_" + String(parityCase.name.map { $0.isLetter || $0.isNumber ? $0 : "_" })
        harness = try ConnectorHarness(name, server: server, profile: parityCase.generation)
        markers = try MySQLConnection.connect(MySQLConfiguration(address: server, user: "root"))
        commonConfiguration = harness.configuration
        let results = results
        let rowsAreWritten = parityCase.canWriteRows
        harness.wrapSink = { sink, configuration in
            try BothPathsSink(
                configuration, markers: "\(name).\(name).\(Self.markerTable)", rowsAreWritten: rowsAreWritten,
                of: sink, results)
        }
        try dropDatabases()
        try harness.sql(
            "CREATE DATABASE \(name)", "USE \(name)", "CREATE TABLE \(Self.markerTable) (id int PRIMARY KEY)")
    }

    /// Carries out the steps.
    func run() throws -> EncodingSink.Comparison {
        defer { close() }
        configure([:])
        do {
            for step in parityCase.steps { try carryOut(step) }
            try stop()
            try execute(parityCase.cleanup)
        } catch {
            // What the case changed for all sessions must not outlive it.
            try? execute(parityCase.cleanup)
            throw error
        }
        return results.comparison.withLock { $0 }
    }

    private func close() {
        task?.stop()
        try? dropDatabases()
        harness.root.close()
        markers.close()
    }

    /// Those of this case: their names begin with that of the case.
    private func dropDatabases() throws {
        for row in try markers.queryText("SHOW DATABASES").rows {
            guard let database = row.first ?? nil, database.hasPrefix(harness.name) else { continue }
            try markers.execute("DROP DATABASE `\(database)`")
        }
    }

    // MARK: Steps

    private func carryOut(_ step: ParityCase.Step) throws {
        switch step.verb {
        case "setup": try execute(step.lines)
        case "sql":
            try execute(step.lines)
            try awaitMarker()
        case "start", "resume": try start()
        case "stop", "pause": try stop()
        case "restart": try restart()
        case "offline", "recreate": try restart { try self.execute(step.lines) }
        case "config-update":
            let wasRunning = task != nil
            try stop()
            configure(ParityCase.properties(step.lines))
            if wasRunning { try start() }
        case "rest":
            // A request that has an effect on the records resumes the connector.
            if step.arguments[0] == "PUT" { try launch() }
        case "expect": try awaitFailure()
        default: throw StepError(description: "unknown step \(step.verb)")
        }
    }

    /// Sets the configuration of the case, with the changes of a step.
    private func configure(_ changes: [String: String]) {
        var configuration = commonConfiguration
        for (key, value) in parityCase.configuration.merging(changes, uniquingKeysWith: { $1 }) {
            configuration[key] = value == "(unset)" ? nil : fill(value)
        }
        if let tables = configuration["table.include.list"] {
            configuration["table.include.list"] = "\(tables),\(harness.name).\(Self.markerTable)"
        }
        harness.configuration = configuration
    }

    private func fill(_ text: String) -> String {
        text.replacing("$NAME", with: harness.name).replacing("$DB", with: harness.name)
    }

    private func execute(_ lines: [String]) throws {
        for statement in ParityCase.statements(lines) {
            do { try harness.root.execute(Self.withUniqueGTID(fill(statement))) } catch {
                throw StepError(description: "\(error) in: \(statement.prefix(200))")
            }
        }
    }

    /// The cases number their GTIDs by seconds. Two statements of one second would have the same one, and the server
    /// skips the second.
    private static func withUniqueGTID(_ statement: String) -> String {
        guard statement.contains("gtid_next") else { return statement }
        return statement.replacing(
            "UNIX_TIMESTAMP()", with: "CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS UNSIGNED)")
    }

    private func launch() throws { task = try harness.start() }

    private func start() throws {
        try launch()
        try wait("the snapshot") { $0.checkpoints.last.map { $0.offset["snapshot"] == nil } ?? false }
        try awaitMarker()
    }

    private func stop() throws {
        guard task != nil else { return }
        try awaitMarker()
        if let failure = task.take()?.stop() { throw StepError(description: failure) }
    }

    private func restart(_ meanwhile: () throws -> Void = {}) throws {
        try stop()
        try meanwhile()
        try start()
    }

    private func awaitFailure() throws {
        guard let task = task.take() else { throw StepError(description: "no task runs") }
        let text = task.waitForFailure()
        guard task.failureText != nil else { throw StepError(description: text) }
    }

    // MARK: Waiting

    /// Waits until all changes so far are emitted, if the connector runs.
    private func awaitMarker() throws {
        guard task != nil else { return }
        markerCount += 1
        try markers.execute("INSERT INTO \(harness.name).\(Self.markerTable) VALUES (\(markerCount))")
        let change = "c\(markerCount)"
        try wait("the rows") { $0.records.contains { ConnectorHarness.change($0) == change } }
    }

    private func wait(_ purpose: String, until isSo: (Recording.State) -> Bool) throws {
        guard let task else { return }
        let isDone = harness.recording.wait(seconds: 60) { isSo($0) || task.failureText != nil }
        if let failure = task.failureText { throw StepError(description: "the task fails: \(failure)") }
        if !isDone { throw StepError(description: "\(purpose) were not emitted within 60 s") }
    }

    // MARK: Sink

    /// Encodes the records of the case on both paths; passes the rows of the marker table and the offsets on.
    private final class BothPathsSink: RecordSink {
        private let encoding: EncodingSink
        private let markers: String
        private let rowsAreWritten: Bool
        private let toleratesErrors: Bool
        private let recording: RecordingSink
        private let results: Results

        /// - Parameters:
        ///   - markers: the topic of the marker table.
        ///   - rowsAreWritten: whether a row that is not written as bytes, though it could be, is a difference.
        init(
            _ configuration: [String: String], markers: String, rowsAreWritten: Bool, of recording: RecordingSink,
            _ results: Results
        ) throws {
            encoding = try EncodingSink(configuration, .both)
            self.markers = markers
            self.rowsAreWritten = rowsAreWritten
            toleratesErrors = configuration["errors.tolerance"] == "all"
            self.recording = recording
            self.results = results
        }

        func encoding(of shape: RecordShape) -> RecordEncoding {
            shape.topic == markers ? .records : encoding.encoding(of: shape)
        }

        func emit(_ record: consuming ConnectRecord) throws -> Bool {
            guard record.topic != markers else { return try recording.emit(record) }
            let topic = record.topic
            let isRow = rowsAreWritten && Self.isChangeOfRow(record) && !Self.changesKey(record)
            defer {
                var comparison = encoding.comparison
                encoding.comparison = EncodingSink.Comparison()
                if isRow, comparison.valuesOnlyCount > 0 {
                    comparison.differences.append("\(topic): a row was not written as bytes")
                }
                results.comparison.withLock { $0.add(comparison) }
            }
            do {
                return try encoding.emit(record)
            } catch where toleratesErrors {
                return false
            }
        }

        /// Whether it is neither a change of a schema nor a TRUNCATE.
        private static func isChangeOfRow(_ record: borrowing ConnectRecord) -> Bool {
            guard let value = record.value.structValue else { return true }
            return value["ddl"] == nil && value["op"] != .string("t")
        }

        /// Whether it is one of the records of an update that changes the key, which have headers with keys.
        private static func changesKey(_ record: borrowing ConnectRecord) -> Bool {
            record.headers.contains { $0.name == "__debezium.newkey" || $0.name == "__debezium.oldkey" }
        }

        func drop() throws { try encoding.drop() }

        func checkpoint(partition: JSONObject, offset: JSONObject) throws {
            try recording.checkpoint(partition: partition, offset: offset)
        }

        func awaitDelivery() throws {}
    }
}
