import BinlogSource
import ConnectData
import ConnectPlugins
import Foundation
import MySQLTestSupport
import WireCore
import WireTestSupport

@testable import MySQLWire

/// The rows and statements in `Fixtures/debezium/all-types`, and the records that Debezium wrote for them.
struct AllTypesFixture {
    static let folder = "debezium/all-types/"

    let version: String
    var configuration: MySQLConnectorConfig
    /// The last definition of every table.
    var definitions: [String: TableDefinition]
    /// What Debezium wrote, by topic.
    let expected: [String: [Record]]

    struct Record: Equatable {
        var keySchema: JSONValue
        var valueSchema: JSONValue
        var key: JSONValue
        var value: JSONValue
        var headers: JSONValue
    }

    init(_ version: String, _ variant: String) throws {
        self.version = version
        let lines = try Fixtures.text("\(Self.folder)records-\(version)-\(variant).jsonl")
            .split(separator: "\n").map { try JSONValue.parse(String($0)).objectValue ?? [:] }
        let head = lines[0]
        let prefix = head["prefix"]?.stringValue ?? ""
        configuration = try MySQLConnectorConfig(
            configuration: Self.properties(version, prefix, head["options"]?.objectValue ?? [:]))
        definitions = try Self.definitions(version)
        var expected: [String: [Record]] = [:]
        var schemas: JSONObject = [:]
        for line in lines.dropFirst() {
            let topic = line["topic"]?.stringValue ?? ""
            if line["keySchema"] != nil {
                schemas = line
                continue
            }
            let value = line["value"] ?? .null
            expected[topic, default: []].append(
                Record(
                    keySchema: schemas["keySchema"] ?? .null,
                    valueSchema: value.isNull ? .null : schemas["valueSchema"] ?? .null, key: line["key"] ?? .null,
                    value: Self.masked(value), headers: Self.maskedHeaders(line["headers"] ?? .null)))
        }
        self.expected = expected
    }

    static func properties(_ version: String, _ prefix: String, _ options: JSONObject) -> [String: String] {
        let history = version == "3.6" ? "schema.history.internal." : "database.history."
        var properties = [
            version == "3.6" ? "topic.prefix" : "database.server.name": prefix, "database.hostname": "127.0.0.1",
            "database.user": "root", "database.server.id": "1", "database.include.list": "alltypes",
            history + "kafka.topic": "h", history + "kafka.bootstrap.servers": "b:9092",
        ]
        for (name, value) in options.members { properties[name] = value.stringValue }
        return properties
    }

    /// Reads `tableChanges` of the history.
    static func definitions(_ version: String) throws -> [String: TableDefinition] {
        var definitions: [String: TableDefinition] = [:]
        for change in try JSONValue.parse(try Fixtures.bytes("\(folder)definitions-\(version).json")).arrayValue ?? [] {
            guard let object = change.objectValue, let table = object["table"]?.objectValue else { continue }
            let names = (object["id"]?.stringValue ?? "").split(separator: "\"")
            let id = TableID(database: String(names[0]), table: String(names[2]))
            definitions[id.table] = TableDefinition(
                id: id, columns: (table["columns"]?.arrayValue ?? []).map { column($0.objectValue ?? [:]) },
                primaryKeyColumnNames: (table["primaryKeyColumnNames"]?.arrayValue ?? []).compactMap(\.stringValue),
                defaultCharacterSet: table["defaultCharsetName"]?.stringValue,
                comment: object["comment"]?.stringValue)
        }
        return definitions
    }

    private static func column(_ object: JSONObject) -> ColumnDefinition {
        func number(_ name: String) -> Int? { object[name]?.integerValue.map { Int($0) } }
        return ColumnDefinition(
            name: object["name"]?.stringValue ?? "", typeName: object["typeName"]?.stringValue ?? "",
            jdbcType: number("jdbcType") ?? 0, characterSet: object["charsetName"]?.stringValue,
            length: number("length"), scale: number("scale"), isOptional: object["optional"]?.boolValue ?? true,
            isAutoIncremented: object["autoIncremented"]?.boolValue ?? false,
            isGenerated: object["generated"]?.boolValue ?? false, comment: object["comment"]?.stringValue,
            hasDefaultValue: object["hasDefaultValue"]?.boolValue ?? false,
            defaultValueExpression: object["defaultValueExpression"]?.stringValue,
            enumValues: (object["enumValues"]?.arrayValue ?? []).compactMap(\.stringValue))
    }

    // MARK: Emission

    /// The records that cdcd emits for them, by topic.
    func emitted() throws -> [String: [Record]] {
        let sink = CollectingSink()
        let clock: () -> Int64 = { 1_700_000_000_123_456 }
        try emitSnapshot(
            to: SnapshotEmitter(RecordOutput(configuration, to: sink, clock: clock)))
        try emitStream(
            to: RecordEmitter(RecordOutput(configuration, to: sink, clock: clock)))
        return try sink.recordsByTopic()
    }

    func emitSnapshot(to emitter: SnapshotEmitter) throws {
        var rows: [(table: String, packets: [[UInt8]])] = []
        for line in try Fixtures.text("\(Self.folder)snapshot.jsonl").split(separator: "\n") {
            let object = try JSONValue.parse(String(line)).objectValue ?? [:]
            let table = object["table"]?.stringValue ?? ""
            if rows.last?.table != table { rows.append((table, [])) }
            rows[rows.count - 1].packets.append([UInt8](hex: object["row"]?.stringValue ?? "") ?? [])
        }
        let source = SourceInfo(timestampMicroseconds: 0, file: "f", position: 0)
        for (table, packets) in rows {
            guard let definition = definitions[table], configuration.filter.includes(definition.id) else { continue }
            let plan = try TablePlan(definition, configuration: configuration)
            try emitter.beginTable(plan, source: source)
            for packet in packets { try emitter.emitSelected(packet, plan, definition) }
        }
        try emitter.finish()
    }

    func emitStream(to emitter: RecordEmitter) throws {
        let log = try Fixtures.bytes("\(Self.folder)binlog.bin")
        var decoder = BinlogDecoder(hasChecksums: true)
        var plans: [String: TablePlan] = [:]
        var source = SourceInfo(timestampMicroseconds: 0, file: "", position: 0)
        try log.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let length = Int(bytes.loadUnaligned(fromByteOffset: offset + 9, as: UInt32.self))
                let event = try decoder.decodeOne(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
                offset += length
                switch event.body {
                case .rotate(let rotate): source.file = rotate.file
                case .gtid(let gtid):
                    source.gtid = gtid.gtid.map { "\($0)" }
                    source.timestampMicroseconds = Int64(gtid.originalCommitMicroseconds ?? 0)
                case .query(let query): source.thread = Int64(query.threadID)
                case .rows(let rows):
                    source.position = Int64(event.header.position)
                    source.serverID = Int64(event.header.serverID)
                    if version == "1.9" { source.timestampMicroseconds = Int64(event.header.timestampSeconds) * 1_000_000 }
                    guard let map = decoder.tableMap(rows.tableID), let definition = definitions[map.table] else {
                        throw DataError("no definition for the rows")
                    }
                    guard configuration.filter.includes(definition.id) else { continue }
                    let plan = try plans[map.table] ?? TablePlan(definition, configuration: configuration)
                    plans[map.table] = plan
                    _ = try emitter.emit(rows, of: try plan.binlogDecoder(for: map), source: source)
                default: break
                }
            }
        }
    }

    /// The row events of the stream with their table maps, each as the bytes of two events without checksums.
    static func rowEvents() throws -> [(map: [UInt8], rows: [UInt8])] {
        let log = try Fixtures.bytes("\(folder)binlog.bin")
        var found: [(map: [UInt8], rows: [UInt8])] = []
        var map: [UInt8] = []
        var offset = 0
        while offset < log.count {
            let length = (0..<4).reduce(0) { $0 | Int(log[offset + 9 + $1]) << ($1 * 8) }
            var event = Array(log[offset..<offset + length - 4])
            for index in 0..<4 { event[9 + index] = UInt8(event.count >> (index * 8) & 0xFF) }
            offset += length
            switch EventType(rawValue: event[4]) {
            case .tableMap: map = event
            case .writeRows, .updateRows, .deleteRows: found.append((map, event))
            default: break
            }
        }
        return found
    }

    // MARK: Schema changes

    func isSnapshot(_ record: Record) -> Bool { source(record)["snapshot"]?.stringValue != "false" }

    private func source(_ record: Record) -> JSONObject { record.value.objectValue?["source"]?.objectValue ?? [:] }

    /// The schema change that a record describes.
    func change(of record: Record) -> SchemaChange {
        let value = record.value.objectValue ?? [:]
        let tables = (value["tableChanges"]?.arrayValue ?? []).compactMap { change -> TableChange? in
            guard let object = change.objectValue,
                let kind = TableChange.Kind(rawValue: object["type"]?.stringValue ?? "")
            else { return nil }
            let names = (object["id"]?.stringValue ?? "").split(separator: "\"")
            let id = TableID(database: String(names[0]), table: String(names[2]))
            return TableChange(kind: kind, id: id, definition: kind == .drop ? nil : definitions[id.table])
        }
        let named = source(record)["table"]?.stringValue
        return SchemaChange(
            kind: .alter, database: value["databaseName"]?.stringValue ?? "", ddl: value["ddl"]?.stringValue ?? "",
            tables: tables, sourceTables: named.map { [$0] } ?? [])
    }

    func source(of record: Record) -> SourceInfo {
        let source = source(record)
        let milliseconds = source["ts_ms"]?.integerValue ?? 0
        var info = SourceInfo(
            timestampMicroseconds: source["ts_us"]?.integerValue ?? milliseconds * 1000,
            file: source["file"]?.stringValue ?? "", position: source["pos"]?.integerValue ?? 0,
            serverID: source["server_id"]?.integerValue ?? 0, gtid: source["gtid"]?.stringValue,
            thread: source["thread"]?.integerValue)
        info.row = Int(source["row"]?.integerValue ?? 0)
        return info
    }

    // MARK: Masked values

    /// Masks what differs between captures: processing times, and the position and time of the snapshot.
    static func masked(_ value: JSONValue) -> JSONValue {
        guard var envelope = value.objectValue, var source = envelope["source"]?.objectValue else { return value }
        for name in ["ts_ms", "ts_us", "ts_ns"] where envelope[name] != nil { envelope[name] = .string("masked") }
        if source["snapshot"]?.stringValue != "false" {
            for name in ["ts_ms", "ts_us", "ts_ns", "file", "pos"] where source[name] != nil {
                source[name] = .string("masked")
            }
        }
        envelope["source"] = .object(source)
        return .object(envelope)
    }

    static func maskedHeaders(_ value: JSONValue) -> JSONValue {
        guard var headers = value.objectValue else { return value }
        if headers["__debezium.context.runId"] != nil { headers["__debezium.context.runId"] = .string("run") }
        return .object(headers)
    }
}

extension SnapshotEmitter {
    /// Emits a row of `SELECT *` with only the columns that the plan selects.
    func emitSelected(_ packet: [UInt8], _ plan: TablePlan, _ definition: TableDefinition) throws {
        let selected = plan.selectedColumns.compactMap { definition.index(ofColumn: $0) }
        try packet.withUnsafeBytes { bytes in
            let whole = try TextRow(bytes, columnCount: definition.columns.count, reusing: [])
            var reduced: [UInt8] = []
            for index in selected {
                guard let cell = whole.bytes(index) else {
                    reduced.append(0xFB)
                    continue
                }
                if cell.count < 251 {
                    reduced.append(UInt8(cell.count))
                } else {
                    reduced += [0xFC, UInt8(cell.count & 0xFF), UInt8(cell.count >> 8)]
                }
                reduced += cell
            }
            try reduced.withUnsafeBytes { bytes in
                let row = try TextRow(bytes, columnCount: selected.count, reusing: [])
                try emitRows { emit in try emit(row) }
            }
        }
    }
}

/// Collects records and renders them as JsonConverter does.
final class CollectingSink: RecordSink {
    private(set) var records: [ConnectRecord] = []

    func emit(_ record: consuming ConnectRecord) throws -> Bool {
        records.append(record)
        return true
    }
    func checkpoint(partition: JSONObject, offset: JSONObject) throws {}
    func awaitDelivery() throws {}

    func recordsByTopic() throws -> [String: [AllTypesFixture.Record]] {
        let converter = try JSONConverter(configuration: ["schemas.enable": "true"])
        func document(_ value: ConnectValue, _ schema: Schema?, _ topic: String) throws -> JSONObject {
            var writer = ByteWriter()
            guard try converter.convert(value, schema: schema, topic: topic, into: &writer) else { return [:] }
            return try JSONValue.parse(writer.array()).objectValue ?? [:]
        }
        var result: [String: [AllTypesFixture.Record]] = [:]
        for record in records {
            let key = try document(record.key, record.keySchema, record.topic)
            let value = try document(record.value, record.valueSchema, record.topic)
            var headers: JSONObject = [:]
            for header in record.headers {
                let text = header.value.stringValue
                let shown = try text ?? String(
                    decoding: document(header.value, header.schema, record.topic)["payload"]?.encoded() ?? [],
                    as: UTF8.self)
                headers[header.name] = .string(shown)
            }
            result[record.topic, default: []].append(
                AllTypesFixture.Record(
                    keySchema: key["schema"] ?? .null, valueSchema: value["schema"] ?? .null,
                    key: key["payload"] ?? .null, value: AllTypesFixture.masked(value["payload"] ?? .null),
                    headers: .object(headers)))
        }
        return result
    }
}
