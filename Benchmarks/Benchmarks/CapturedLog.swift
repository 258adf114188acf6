import BinlogSource
import MySQLTestSupport
import MySQLWire
import WireTestSupport

/// The row events of `Fixtures/debezium/all-types`, and the tables that they change.
struct CapturedLog {
    /// A row event and the table map before it.
    struct Rows {
        let table: String
        let map: [UInt8]
        let event: [UInt8]
        let rowCount: Int
        let cellCount: Int
    }

    let rows: [Rows]

    struct Damaged: Error, CustomStringConvertible {
        let description: String
    }

    init() throws {
        let log = try Fixtures.bytes("debezium/all-types/binlog.bin")
        var decoder = BinlogDecoder(hasChecksums: true)
        var rows: [Rows] = []
        var map: [UInt8] = []
        var offset = 0
        while offset + EventHeader.bytes <= log.count {
            let length = (0..<4).reduce(0) { $0 | Int(log[offset + 9 + $1]) << ($1 * 8) }
            guard length >= EventHeader.bytes, offset + length <= log.count else {
                throw Damaged(description: "the captured log ends within an event")
            }
            let event = Array(log[offset..<offset + length])
            offset += length
            try event.withUnsafeBytes { bytes in
                switch try decoder.decodeOne(bytes).body {
                case .tableMap: map = event
                case .rows(let found):
                    guard let table = decoder.tableMap(found.tableID) else { return }
                    let count = try Self.count(found, table)
                    rows.append(
                        Rows(
                            table: table.table, map: map, event: event,
                            rowCount: found.kind == .update ? count / 2 : count, cellCount: count * table.columnCount))
                default: break
                }
            }
        }
        self.rows = rows
    }

    private static func count(_ rows: RowsEvent, _ table: TableMap) throws -> Int {
        var images = rows.makeRows()
        var image = RowImage()
        var count = 0
        while !images.isAtEnd {
            try images.next(into: &image, columns: table.columns)
            count += 1
        }
        return count
    }

    /// The event with the most rows of a table.
    func largest(of table: String) throws -> Rows {
        guard let found = rows.filter({ $0.table == table }).max(by: { $0.rowCount < $1.rowCount }) else {
            throw Damaged(description: "the captured log has no rows of \(table)")
        }
        return found
    }

    /// The definition of a table after the captured server's own statements.
    static func definition(of table: String, _ configuration: MySQLConnectorConfig) throws -> TableDefinition {
        var schema = DatabaseSchema(rules: SchemaRules(profile: configuration.profile))
        let script = try Fixtures.text("debezium/all-types/setup.sql")
        _ = try schema.apply(script, defaultDatabase: "alltypes")
        guard let definition = schema.table(TableID(database: "alltypes", table: table)) else {
            throw Damaged(description: "setup.sql creates no \(table)")
        }
        return definition
    }
}
