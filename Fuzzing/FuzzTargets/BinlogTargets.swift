import BinlogSource
import ConnectData
import ConnectPlugins
import MySQLTestSupport
import MySQLWire
import WireCore
import WireTestSupport

extension FuzzTarget {
    /// Every kind of event, one after another as in a log file, without checksums.
    static let binlogEvents = FuzzTarget("binlog-events") {
        // Whole logs, and each kind of event separately.
        let logs = try CapturedStreams.binlogs()
        var byKind: [UInt8: [UInt8]] = [:]
        for event in logs.joined() { byKind[event[4]] = event }
        return logs.filter { $0.joined().count <= 4096 }.map { Array($0.joined()) } + byKind.values
    } decode: { input in
        var decoder = BinlogDecoder(hasChecksums: false)
        var image = RowImage()
        try eachEvent(of: input) { bytes in
            try decoder.feed(bytes)
            while let event = try decoder.next() {
                _ = "\(event.header.type) \(event.header.type.unsupportedReason)"
                if case .tableMap(let map) = event.body { _ = "\(try map.metadata()) \(map.columns)" }
                guard case .rows(let rows) = event.body, let map = decoder.tableMap(rows.tableID) else { continue }
                var images = rows.makeRows()
                while !images.isAtEnd {
                    try images.next(into: &image, columns: map.columns)
                    for index in 0..<image.count { _ = image[index]?.first }
                }
            }
        }
    }

    /// Row events of known tables through the whole path: cells, envelope, JSON, by sinks or by values.
    ///
    /// Input: profile and modes | events as in a log file, without checksums
    static let binlogRows = FuzzTarget("binlog-rows") {
        var seeds: [[UInt8]] = []
        for log in try CapturedStreams.binlogs() {
            var map: [UInt8] = []
            for event in log {
                switch EventType(rawValue: event[4]) {
                case .tableMap: map = event
                case .writeRows, .updateRows, .deleteRows: seeds.append([UInt8(seeds.count & 7)] + map + event)
                default: break
                }
            }
        }
        return seeds.filter { $0.count <= 4096 }
    } decode: { input in
        guard let options = input.first else { return }
        let tables = KnownTables.all[Int(options) % KnownTables.all.count]
        let writesSchemas = options & 0x80 != 0
        let sink = ConvertingSink(
            try JSONConverter(configuration: ["schemas.enable": "\(writesSchemas)"]), writesBytes: options & 0x40 == 0)
        let emitter = RecordEmitter(
            RecordOutput(configuration: tables.configuration, taskID: 0, runID: "run", sink: sink, clock: { 0 }))
        var decoder = BinlogDecoder(hasChecksums: false)
        try eachEvent(of: UnsafeRawBufferPointer(rebasing: input.dropFirst())) { bytes in
            guard case .rows(let rows) = try decoder.decodeOne(bytes).body, let map = decoder.tableMap(rows.tableID),
                let plan = tables.plans[map.table]
            else { return }
            let source = SourceInfo(timestampMicroseconds: 0, file: "f", position: 4)
            _ = try emitter.emit(rows, of: try plan.binlogDecoder(for: map), source: source)
        }
    }

    /// MySQL's binary JSON, as stored in cells.
    static let jsonBinary = FuzzTarget("json-binary") {
        var seeds: [[UInt8]] = []
        for log in try CapturedStreams.binlogs() {
            var decoder = BinlogDecoder(hasChecksums: false)
            var image = RowImage()
            for event in log {
                try event.withUnsafeBytes { bytes in
                    guard case .rows(let rows) = try decoder.decodeOne(bytes).body, rows.hasFullImages,
                        let map = decoder.tableMap(rows.tableID), map.unreadableColumn == nil
                    else { return }
                    var images = rows.makeRows()
                    while !images.isAtEnd {
                        try images.next(into: &image, columns: map.columns)
                        for (index, column) in map.columns.enumerated() where column.type == .json {
                            if let cell = image[index], cell.count <= 4096 { seeds.append(Array(cell)) }
                        }
                    }
                }
            }
        }
        return seeds
    } decode: { input in
        _ = try StreamedJSON.text(of: input)
    }

    /// Splits a log at the lengths in its headers; each event is in a block of its own size.
    private static func eachEvent(
        of log: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var rest = log
        while rest.count >= EventHeader.bytes {
            let length = Int(rest.loadUnaligned(fromByteOffset: 9, as: UInt32.self))
            guard length >= EventHeader.bytes, length <= rest.count else { return }
            try Array(rest.prefix(length)).withExactBytes(body)
            rest = UnsafeRawBufferPointer(rebasing: rest[length...])
        }
    }
}

/// The tables of `Fixtures/debezium/all-types`, with their plans for a configuration.
private struct KnownTables: Sendable {
    let configuration: MySQLConnectorConfig
    let plans: [String: TablePlan]

    /// One for each profile and mode for numbers and times.
    static let all: [KnownTables] = {
        let modern = [
            "topic.prefix": "p", "schema.history.internal.kafka.topic": "h",
            "schema.history.internal.kafka.bootstrap.servers": "b:9092",
        ]
        let old = [
            "database.server.name": "p", "database.history.kafka.topic": "h",
            "database.history.kafka.bootstrap.servers": "b:9092",
        ]
        let strings = ["decimal.handling.mode": "string", "bigint.unsigned.handling.mode": "precise"]
        let doubles = ["decimal.handling.mode": "double", "time.precision.mode": "connect"]
        return [modern, old].flatMap { names in [[:], strings, doubles].compactMap { make(names, $0) } }
    }()

    private static func make(_ names: [String: String], _ modes: [String: String]) -> KnownTables? {
        let account = ["database.hostname": "h", "database.user": "u", "database.server.id": "1"]
        let properties = account.merging(names) { $1 }.merging(modes) { $1 }
        guard let configuration = try? MySQLConnectorConfig(configuration: properties),
            let script = try? Fixtures.text("debezium/all-types/setup.sql")
        else { return nil }
        var schema = DatabaseSchema(rules: SchemaRules(profile: configuration.profile))
        var plans: [String: TablePlan] = [:]
        for change in (try? schema.apply(script, defaultDatabase: "alltypes")) ?? [] {
            for table in change.tables {
                guard let definition = schema.table(table.id) else { continue }
                plans[table.id.table] = try? TablePlan(definition, configuration: configuration)
            }
        }
        return plans.isEmpty ? nil : KnownTables(configuration: configuration, plans: plans)
    }
}

/// Encodes records as JSON and discards them.
private final class ConvertingSink: RecordSink, ByteTarget {
    private let converter: JSONConverter
    private let writesBytes: Bool
    private var writer = ByteWriter()

    init(_ converter: JSONConverter, writesBytes: Bool) {
        self.converter = converter
        self.writesBytes = writesBytes
    }

    func encoding(of shape: RecordShape) -> RecordEncoding {
        guard writesBytes, let schema = shape.valueSchema,
            let value = try? converter.sink(for: schema, topic: shape.topic)
        else { return .records }
        let key = shape.keySchema.flatMap { try? converter.sink(for: $0, topic: shape.topic) }
        return .bytes(
            ByteEncoding(
                shape: shape, key: key.map { .sink($0) } ?? .none, value: value, hasVariableHeaders: false,
                target: self))
    }

    func append(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headerValues: [ConnectValue]
    ) throws -> Bool { true }

    func emit(_ record: ConnectRecord) throws -> Bool {
        writer.reset()
        _ = try converter.convert(record.key, schema: record.keySchema, topic: record.topic, into: &writer)
        _ = try converter.convert(record.value, schema: record.valueSchema, topic: record.topic, into: &writer)
        return true
    }

    func checkpoint(partition: JSONObject, offset: JSONObject) throws {}
    func awaitDelivery() throws {}
}
