import BinlogSource
import ConnectData
import DebeziumPlugins
import Foundation
import MySQLWire
import Synchronization
import Testing
import WireCore
import WireStreams

/// Serialized, since some of the tests purge the server's binlog.
@Suite(.serialized, .enabled(if: RealServers.mysql != nil, "CDCD_TEST_MYSQL names no MySQL server"))
struct ConnectorTests {}

/// A connector on a real server: its database, its configuration, and its records so far.
final class ConnectorHarness {
    let name: String
    let recording = Recording()
    var configuration: [String: String]
    let root: MySQLConnection
    private static let serverIDs = Atomic<Int>(26_001)

    /// Creates an empty database of this name.
    init(_ name: String, server: SocketAddress, profile: DebeziumGeneration = .v36) throws {
        self.name = name
        root = try MySQLConnection.connect(MySQLConfiguration(address: server, user: "root"))
        let serverID = Self.serverIDs.add(1, ordering: .relaxed).newValue
        configuration = [
            "connector.class": MySQLSourceConnector.className, "tasks.max": "1",
            "database.hostname": server.host, "database.port": "\(server.port)", "database.user": "root",
            "database.password": "", "database.server.id": "\(serverID)", "database.include.list": name,
        ]
        let history =
            profile == .v36
            ? ["topic.prefix": name, "schema.history.internal.kafka.topic": "\(name)-history",
                "schema.history.internal.kafka.bootstrap.servers": "nowhere:9092"]
            : ["database.server.name": name, "database.history.kafka.topic": "\(name)-history",
                "database.history.kafka.bootstrap.servers": "nowhere:9092"]
        configuration.merge(history) { $1 }
        try sql("DROP DATABASE IF EXISTS \(name)", "CREATE DATABASE \(name)", "USE \(name)")
    }

    func sql(_ statements: String...) throws { for statement in statements { try root.execute(statement) } }

    private struct BinlogDumpError: Error {}

    /// Ends the server's threads that serve connections which the connector has closed. Such a thread notices that only
    /// when it sends something, and the server does not purge a file that it reads.
    func endBinlogDumps() throws {
        func threads() throws -> [String] {
            try root.queryText("SHOW PROCESSLIST").rows.filter { $0[4]?.hasPrefix("Binlog Dump") ?? false }
                .compactMap { $0[0] }
        }
        // A thread that has ended in the meantime is unknown.
        for id in try threads() { _ = try? root.execute("KILL \(id)") }
        for _ in 0..<1000 {
            if try threads().isEmpty { return }
            try root.execute("DO SLEEP(0.01)")
        }
        throw BinlogDumpError()
    }

    /// Makes the connector use an account with exactly these privileges.
    func useAccount(_ user: String, grants: [String]) throws {
        try sql("DROP USER IF EXISTS \(user)", "CREATE USER \(user) IDENTIFIED BY 'secret'")
        for grant in grants { try sql("GRANT \(grant) TO \(user)") }
        configuration["database.user"] = user
        configuration["database.password"] = "secret"
        configuration["database.allowPublicKeyRetrieval"] = "true"
    }

    /// Opens the schema history; in memory unless a test replaces it.
    lazy var openHistoryLog: HistoryLogOpener = { [recording] in
        { _, _ in MemoryHistoryLog(recording) }
    }()

    /// Makes the sink of a task with this configuration, on the task's thread.
    var wrapSink: @Sendable (RecordingSink, _ configuration: [String: String]) throws -> any RecordSink = { sink, _ in
        sink
    }

    /// Starts a task from the offset that was committed last.
    func start() throws -> ConnectorRun { try ConnectorRun(self) }

    /// The key and the operation of every record of a table's topic, for example `c1`, `d1`, `-1` (a tombstone).
    func changes(of table: String) -> [String] {
        recording.read { state in state.records.filter { $0.topic == "\(name).\(name).\(table)" }.map(Self.change) }
    }

    static func change(_ record: ConnectRecord) -> String {
        let key = record.key.structValue?.values.first?.integerValue.map { "\($0)" } ?? "?"
        return (record.value.structValue?["op"]?.stringValue ?? "-") + key
    }

    func waitForChanges(_ count: Int, of table: String = "t", seconds: Int = 20) -> Bool {
        let topic = "\(name).\(name).\(table)"
        return recording.wait(seconds: seconds) { state in
            state.records.reduce(0) { $0 + ($1.topic == topic ? 1 : 0) } >= count
        }
    }
}

/// One run of a task, on a thread of its own.
final class ConnectorRun: Sendable {
    private struct Context: SourceTaskContext {
        let connectorName: String
        let taskID = 0
        let offset: JSONObject?
        let deliveryTimeoutMilliseconds: Int? = nil
        func storedOffset(for partition: JSONObject) throws -> JSONObject? { offset }
    }

    let control: TaskControl
    private let completion = ThreadCompletion()
    private let failure = Mutex<String?>(nil)

    init(_ harness: ConnectorHarness) throws {
        let recording = harness.recording
        let control = TaskControl { condition in recording.change { $0.conditions.append(condition) } }
        self.control = control
        let (openHistoryLog, configuration) = (harness.openHistoryLog, harness.configuration)
        let wrapSink = harness.wrapSink
        let context = Context(connectorName: harness.name, offset: recording.storedOffset)
        let (completion, failure) = (completion, self)
        startThread(named: "task") {
            do {
                let task = try MySQLSourceConnector.makeTask(
                    configuration, context: context, openHistoryLog: openHistoryLog)
                try task.run(sink: wrapSink(RecordingSink(recording, control), configuration), control: control)
            } catch {
                failure.fail("\(error)")
            }
            completion.finish()
            recording.change { _ in }
        }
    }

    private func fail(_ text: String) { failure.withLock { $0 = text } }

    /// nil unless the task has failed.
    var failureText: String? { failure.withLock { $0 } }

    /// Stops the task; returns nil if it ended within five seconds without a failure.
    @discardableResult
    func stop() -> String? {
        control.stop()
        guard completion.wait(milliseconds: 5000) else { return "the task did not stop" }
        return failure.withLock { $0 }
    }

    /// Waits for the task to fail and returns the error's text.
    func waitForFailure(seconds: Int = 20) -> String {
        guard completion.wait(milliseconds: seconds * 1000) else {
            control.stop()
            return "the task did not fail"
        }
        return failure.withLock { $0 } ?? "the task ended without an error"
    }
}
