import ConnectData
import MySQLTestSupport
import WireCore
import WireTestSupport

@testable import BinlogSource
@testable import MySQLWire

/// The tables of a captured binlog: their definitions by its own statements, and their rows.
struct CapturedTables {
    private(set) var schema: DatabaseSchema
    private var maps: [String: TableMap] = [:]
    /// The row events of each table, and the decoder with their table maps.
    private var rowEvents: [String: [UInt8]] = [:]
    private var decoder = BinlogDecoder(hasChecksums: true)
    private let configuration: MySQLConnectorConfig

    /// - Parameter name: a folder below `Fixtures`.
    init(_ name: String, _ properties: [String: String] = [:], profile: String = "3.6") throws {
        let all = AllTypesFixture.properties(profile, "p", [:]).merging(properties) { $1 }
        configuration = try MySQLConnectorConfig(configuration: all)
        schema = DatabaseSchema(rules: SchemaRules(profile: configuration.profile))
        for event in try Self.events(name) {
            try event.withUnsafeBytes { bytes in
                switch try decoder.decodeOne(bytes).body {
                case .query(let query):
                    _ = try schema.apply(query.statement, defaultDatabase: query.database)
                case .tableMap(let map): maps[map.table] = map
                case .rows(let rows):
                    guard let map = decoder.tableMap(rows.tableID), rowEvents[map.table] == nil else { return }
                    rowEvents[map.table] = event
                default: break
                }
            }
        }
    }

    var tables: [String] { maps.keys.sorted() }

    func definition(_ table: String) throws -> TableDefinition {
        guard let definition = schema.table(TableID(database: "wire", table: table)) else {
            throw DataError("no definition of \(table)")
        }
        return definition
    }

    func map(_ table: String) throws -> TableMap {
        guard let map = maps[table] else { throw DataError("no table map of \(table)") }
        return map
    }

    /// The decoder for a table whose definition in the schema history differs.
    func rowDecoder(
        _ table: String, _ change: (inout TableDefinition) -> Void = { _ in }
    ) throws -> BinlogRowDecoder {
        var definition = try definition(table)
        change(&definition)
        return try TablePlan(definition, configuration: configuration).binlogDecoder(for: try map(table))
    }

    /// The fields of a table's first rows.
    func rows(
        _ table: String, _ change: (inout TableDefinition) -> Void = { _ in }
    ) throws -> [ContiguousArray<ConnectValue>] {
        let rowDecoder = try rowDecoder(table, change)
        var copy = decoder
        var values: [ContiguousArray<ConnectValue>] = []
        try (rowEvents[table] ?? []).withUnsafeBytes { bytes in
            guard case .rows(let event) = try copy.decodeOne(bytes).body else { return }
            var (images, image) = (event.makeRows(), RowImage())
            var context = CellContext()
            while !images.isAtEnd {
                try images.next(into: &image, columns: rowDecoder.storage)
                values.append(try rowDecoder.values(image, &context))
            }
        }
        return values
    }

    /// The events of a captured COM_BINLOG_DUMP: packets of length u24, number u8, 0 and an event with its length.
    private static func events(_ name: String) throws -> [[UInt8]] {
        let bytes = try Conversation(name).fromServer
        var events: [[UInt8]] = []
        var offset = 0
        while offset + 4 <= bytes.count {
            let length = (0..<3).reduce(0) { $0 | Int(bytes[offset + $1]) << ($1 * 8) }
            let packet = bytes[(offset + 4)..<min(bytes.count, offset + 4 + length)]
            offset += 4 + length
            guard packet.first == 0, packet.count > EventHeader.bytes else { continue }
            let event = Array(packet.dropFirst())
            let eventBytes = (0..<4).reduce(0) { $0 | Int(event[9 + $1]) << ($1 * 8) }
            if eventBytes == event.count { events.append(event) }
        }
        return events
    }
}
