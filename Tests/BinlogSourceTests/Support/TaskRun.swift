import ConnectData
import Synchronization
import WireCore
import WireStreams
import WireTestSupport

@testable import BinlogSource

/// A whole task against a fake server, from its start to the end of that server's binlog.
struct TaskRun {
    /// A table of the fake server.
    struct Table: Sendable {
        var database: String
        var name: String
        /// The result of SHOW CREATE TABLE.
        var definition: String
        /// By column.
        var row: [(column: String, value: String)]
    }

    /// What the task emitted, in order.
    var records: [ConnectRecord] = []
    /// The records that the task added to the history, in order.
    var history: [HistoryRecord] = []
    /// The location at which the history was opened.
    var historyLocation: HistoryLogLocation?
    /// What the server observed.
    var server = FakeMySQLServer.Observations()
    /// Why the task failed; nil if it read to the end of the binlog.
    var failure: String?
    /// The states that the task reported, in order.
    var conditions: [TaskControl.Condition] = []

    /// The topics of rows, in order and each once.
    var dataTopics: [String] {
        var seen: Set<String> = []
        return records.filter { $0.value.structValue?["op"] != nil }.map(\.topic).filter { seen.insert($0).inserted }
    }

    func statements(_ start: String) -> [String] { server.statements.map(\.text).filter { $0.hasPrefix(start) } }

    static let shop = [
        table("shop", "orders"), table("shop", "notes"), table("other", "things"),
    ]

    static func table(_ database: String, _ name: String) -> Table {
        Table(
            database: database, name: name,
            definition: "CREATE TABLE `\(name)` (`id` int NOT NULL COMMENT 'the key', `v` varchar(20), PRIMARY KEY (`id`))",
            row: [("id", "1"), ("v", "text")])
    }

    // MARK: Running

    /// - Parameters:
    ///   - recorded: the records of the history at the start.
    ///   - variables: server variables that differ from the defaults of this type.
    ///   - limitMilliseconds: the time after which the task is stopped.
    ///   - stopStatement: the task is stopped by the first statement that begins with this text, which gets no answer.
    ///   - adjustScript: changes the server's script.
    init(
        _ properties: [String: String], tables: [Table] = shop, events: [[UInt8]] = [], offset: JSONObject? = nil,
        recorded: [[UInt8]] = [], variables: [String: String] = [:], limitMilliseconds: Int = 20_000,
        stopStatement: String? = nil, adjustScript: (inout FakeMySQLServer.Script) -> Void = { _ in }
    ) throws {
        let reports = ConditionReports()
        let control = TaskControl { reports.add($0) }
        var script = Self.script(tables, events, variables)
        if let stopStatement {
            script.changingAnswer = { text in
                guard text.hasPrefix(stopStatement) else { return nil }
                control.stop()
                return .silence
            }
        }
        adjustScript(&script)
        let server = try FakeMySQLServer(script)
        var properties = properties
        properties["database.hostname"] = server.address.host
        properties["database.port"] = "\(server.address.port)"
        let history = MemoryHistory()
        history.records = recorded
        let openHistoryLog: HistoryLogOpener = { location, _ in
            history.location = location
            return history
        }
        let sink = CollectingSink()
        let isDone = ThreadCompletion()
        startThread(named: "task-run-limit") {
            if !isDone.wait(milliseconds: limitMilliseconds) { control.stop() }
        }
        defer { isDone.finish() }
        do {
            let task = try MySQLSourceConnector.makeTask(
                properties, context: Context(offset: offset), openHistoryLog: openHistoryLog)
            try task.run(sink: sink, control: control)
            failure = "the task did not read to the end of the binlog; unknown to the fake server: \(server.observations.unknown.sorted())"
        } catch {
            let text = "\(error)"
            failure = text.contains(FakeMySQLServer.endOfLog) ? nil : text
        }
        records = sink.records
        self.history = try history.records.dropFirst(recorded.count).map { try HistoryRecord(decoding: $0) }
        historyLocation = history.location
        conditions = reports.all
        self.server = server.observations
    }

    private final class ConditionReports: Sendable {
        private let conditions = Mutex<[TaskControl.Condition]>([])

        var all: [TaskControl.Condition] { conditions.withLock { $0 } }

        func add(_ condition: TaskControl.Condition) { conditions.withLock { $0.append(condition) } }
    }

    private struct Context: SourceTaskContext {
        let connectorName = "c"
        let taskID = 0
        let deliveryTimeoutMilliseconds: Int? = nil
        let offset: JSONObject?
        func storedOffset(for partition: JSONObject) throws -> JSONObject? { offset }
    }

    private final class MemoryHistory: HistoryLog, @unchecked Sendable {
        // Used from the task's thread only, which is the test's.
        var records: [[UInt8]] = []
        var location: HistoryLogLocation?

        func exists() -> Bool { !records.isEmpty }
        func create() {}
        func append(chunks next: () throws -> [[UInt8]]?) throws {
            while let records = try next() { self.records += records }
        }
        func replay(_ body: ([UInt8]) throws -> Void) throws { for record in records { try body(record) } }
        func close() {}
        var cancel: @Sendable () -> Void { {} }
    }

    // MARK: The server's script

    /// The UUID of the server that wrote `Fixtures/workloads`.
    static let uuid = "ada43d10-0000-0000-0000-000000000001"

    private static func script(
        _ tables: [Table], _ events: [[UInt8]], _ changedVariables: [String: String]
    ) -> FakeMySQLServer.Script {
        var script = FakeMySQLServer.Script()
        script.variables = [
            "server_uuid": uuid, "master_binlog_checksum": "CRC32", "gtid_mode": "OFF", "log_bin": "ON",
            "binlog_format": "ROW", "binlog_row_image": "FULL", "binlog_row_metadata": "MINIMAL",
            "character_set_server": "utf8mb4", "collation_server": "utf8mb4_0900_ai_ci", "lower_case_table_names": "0",
            "sql_mode": "", "time_zone": "SYSTEM", "gtid_executed": "", "gtid_purged": "", "gtid_owned": "",
        ]
        script.variables.merge(changedVariables) { $1 }
        let variables = script.variables.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
        script.answers = [
            ("SHOW GLOBAL VARIABLES", .rows(["Variable_name", "Value"], variables)),
            ("SHOW VARIABLES", .rows(["Variable_name", "Value"], variables)),
            ("SHOW GRANTS", .rows(["Grants"], [["GRANT ALL PRIVILEGES ON *.* TO `u`@`%`"]])),
            ("SHOW BINARY LOGS", .rows(["Log_name", "File_size"], [["binlog.000001", "1000"]])),
            ("SHOW BINARY LOG STATUS", .rows(
                ["File", "Position", "Binlog_Do_DB", "Binlog_Ignore_DB", "Executed_Gtid_Set"],
                [["binlog.000001", "4", "", "", ""]])),
            ("SELECT UNIX_TIMESTAMP()", .rows(["UNIX_TIMESTAMP()"], [["1767323045"]])),
            ("SELECT SCHEMA_NAME", .rows(
                ["SCHEMA_NAME", "DEFAULT_CHARACTER_SET_NAME", "DEFAULT_COLLATION_NAME"],
                Set(tables.map(\.database)).sorted().map { [$0, "utf8mb4", "utf8mb4_0900_ai_ci"] })),
            ("SELECT TABLE_SCHEMA, TABLE_NAME", .rows(
                ["TABLE_SCHEMA", "TABLE_NAME", "time"], tables.map { [$0.database, $0.name, "2026-01-01 00:00:00"] })),
        ]
        for table in tables {
            let name = "`\(table.database)`.`\(table.name)`"
            script.answers.append(("SHOW CREATE TABLE \(name)", .rows(["Table", "Create"], [[table.name, table.definition]])))
            script.answers.append(("SELECT 1 FROM \(name)", .rows(["1"], [])))
            // The column lists that occur: all, or all but the last.
            for count in 1...table.row.count {
                let cells = table.row[..<count]
                let list = cells.map { "`\($0.column)`" }.joined(separator: ", ")
                script.answers.append(
                    ("SELECT \(list) FROM \(name)", .rows(cells.map(\.column), [cells.map(\.value)])))
            }
        }
        script.events = events
        return script
    }

    // MARK: Events

    /// The events of a captured binlog of `Fixtures/workloads`, after the rotation that begins a dump.
    static func events(_ table: String) throws -> [[UInt8]] {
        let log = try Fixtures.bytes("workloads/\(table)/binlog.bin")
        var events = [rotation]
        var offset = 0
        while offset < log.count {
            let length = (0..<4).reduce(0) { $0 | Int(log[offset + 9 + $1]) << ($1 * 8) }
            events.append(Array(log[offset..<offset + length]))
            offset += length
        }
        return events
    }

    /// The events of a captured dump: what the server sent after the client's last command.
    static func capturedEvents(_ conversation: String) throws -> [[UInt8]] {
        let turns = try Conversation(conversation).turns
        let bytes = turns.reversed().prefix { $0.isFromServer }.reversed().flatMap(\.bytes)
        var events: [[UInt8]] = []
        var offset = 0
        while offset + 4 < bytes.count {
            let length = Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2]) << 16
            let packet = bytes[(offset + 4)..<(offset + 4 + length)]
            // The stream ends with EOF.
            if packet.first == 0 { events.append(Array(packet.dropFirst())) }
            offset += 4 + length
        }
        return events
    }

    /// ROTATE_EVENT, made by the server for the client: timestamp, type, server id, size, position, flags (artificial)
    /// | position u64 | file name | checksum.
    private static var rotation: [UInt8] {
        let name = Array("binlog.000001".utf8)
        var event: [UInt8] = [0, 0, 0, 0, 4, 1, 0, 0, 0, UInt8(19 + 8 + name.count + 4), 0, 0, 0, 0, 0, 0, 0, 0x20, 0]
        event += [4, 0, 0, 0, 0, 0, 0, 0] + name
        let checksum = event.withUnsafeBytes { CRC32.checksum($0) }
        return event + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> ($0 * 8)) }
    }
}
