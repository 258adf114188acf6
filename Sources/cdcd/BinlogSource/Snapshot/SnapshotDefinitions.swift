import ConnectData
import MySQLWire
import WireCore

/// The definitions of a snapshot's tables at the position of the snapshot.
///
/// Reading many definitions takes seconds, in which a lock would block all writers. They are read before the lock, and
/// at the position only those that may have changed in the meantime are read again. Changes are found in two ways. The
/// binlog has all statements between the two, except for those of sessions with `sql_log_bin=0`; these change the
/// time that MySQL's list of tables shows.
final class SnapshotDefinitions {
    private let configuration: MySQLConnectorConfig
    private let reader: DefinitionReader
    private let nameCase: SchemaRules.TableNameCase
    private let logger: Logger
    private var texts: [TableID: String] = [:]
    private var changeTimes: [TableID: String] = [:]
    private var log: DefinitionLog?

    /// The number of tables from which on definitions are read before the lock.
    static let readAheadMin = 200

    init(_ configuration: MySQLConnectorConfig, nameCase: SchemaRules.TableNameCase, reader: DefinitionReader) {
        self.configuration = configuration
        self.nameCase = nameCase
        self.reader = reader
        logger = reader.logger
    }

    /// Whether definitions were read before the lock.
    var isReadAhead: Bool { log != nil }

    /// Reads the definitions that are missing or may have changed, without a lock, if there are many tables.
    func readAhead(on connection: MySQLConnection) throws {
        let start = try BinlogStatus(reading: connection)
        let listing = try TableListing(reading: connection)
        let tables = SnapshotTables(all: listing.tables, configuration: configuration)
        guard isReadAhead || tables.all.count >= Self.readAheadMin else { return }
        let log = self.log ?? DefinitionLog(
            from: start, nameCase: nameCase, configuration, reader.control, serverUUID: reader.serverUUID,
            logger: logger)
        self.log = log
        try read(stale(tables, listing), listing, on: connection)
        // What is searched now is not searched under the lock.
        try log.follow(to: try BinlogStatus(reading: connection))
    }

    /// The tables at a position, and those whose definitions are missing or may have been changed before it.
    func tables(
        at position: BinlogStatus, on connection: MySQLConnection
    ) throws -> (listing: TableListing, selected: SnapshotTables, stale: [TableID]) {
        if let log {
            try log.follow(to: position)
            for (table, text) in texts where log.changes.mayAffect(table, definition: text) { texts[table] = nil }
            log.discardChanges()
        }
        let listing = try TableListing(reading: connection)
        let tables = SnapshotTables(all: listing.tables, configuration: configuration)
        return (listing, tables, stale(tables, listing))
    }

    private func stale(_ tables: SnapshotTables, _ listing: TableListing) -> [TableID] {
        tables.all.filter { table in
            guard isReadAhead, texts[table] != nil else { return true }
            guard listing.showsChangeTimes else { return false }
            return listing.changeTimes[table].map { $0 != changeTimes[table] } ?? true
        }
    }

    /// - Parameter listing: read before the definitions.
    func read(_ tables: [TableID], _ listing: TableListing, on connection: MySQLConnection) throws {
        let read = try reader.definitions(of: tables, on: connection)
        for table in tables {
            texts[table] = read[table]
            changeTimes[table] = listing.changeTimes[table]
        }
    }

    /// The texts of the tables that exist.
    func texts(of tables: SnapshotTables) -> [TableID: String] {
        let tables = Set(tables.all)
        return texts.filter { tables.contains($0.key) }
    }

    func close() { log?.close() }
}
