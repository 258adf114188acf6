import MySQLWire
import WireCore
import WireStreams

/// Rebuilds the schema at an offset from the recorded history.
package enum SchemaHistory {
    /// The result of replaying a history.
    package struct Recovery: Sendable {
        package var schema: DatabaseSchema
        /// The number of records of this connector, before or after the offset.
        package var recordCount: Int
        /// The number of records that were applied.
        package var appliedCount: Int
    }

    /// The size of the chunks of documents that other threads decode, and how many of them are kept in memory.
    static let chunkBytesMax = 128 << 10
    private static let chunksMax = 16

    /// Replays the log over `schema` (an empty one with the connector's rules): every record with this `source` whose
    /// position is before `offset`.
    ///
    /// 3.6 uses the tables of the records and parses only statements that list none; 1.9 parses every statement again.
    /// Either reads the other's records. A statement that was recorded twice (it was read again after a restart, or two
    /// workers ran the task) is applied once.
    ///
    /// Throws `HistoryError` for a document that is not a history record, `DDLError` for a statement that cannot be
    /// applied, and the log's errors.
    static func recover(
        from log: any HistoryLog, source: JSONObject, until offset: JSONObject, comparing rules: RecoveryPoint.Rules,
        into schema: DatabaseSchema
    ) throws -> Recovery {
        var recovery = Recovery(schema: schema, recordCount: 0, appliedCount: 0)
        var point = try RecoveryPoint(offset, rules)
        var statements = StatementGroups()
        func apply(_ records: [HistoryRecord]) throws {
            for record in records where try point.includes(HistoryPosition(document: record.position)) {
                try recovery.schema.replay(record)
                recovery.appliedCount += 1
            }
        }
        func add(_ records: [HistoryRecord]) throws {
            recovery.recordCount += records.count
            for record in records { try apply(statements.add(record)) }
        }
        let decode: @Sendable ([[UInt8]]) throws -> [HistoryRecord] = { documents in
            try documents.map { try HistoryRecord(decoding: $0) }.filter { $0.source == source }
        }
        let decoder = OrderedParallelMap(named: "history-decoder", decode)
        defer { decoder.close() }
        var chunk: [[UInt8]] = []
        var chunkBytes = 0
        try log.replay { bytes in
            if bytes.isEmpty { return }
            chunk.append(bytes)
            chunkBytes += bytes.count
            guard chunkBytes >= Self.chunkBytesMax else { return }
            decoder.add(chunk)
            (chunk, chunkBytes) = ([], 0)
            while let records = try decoder.next(whileMoreThan: Self.chunksMax) { try add(records) }
        }
        while let records = try decoder.next(whileMoreThan: 0) { try add(records) }
        // All of a short history.
        try add(decode(chunk))
        try apply(statements.finish())
        // Their warnings were logged when they were read from the binlog.
        _ = recovery.schema.takeWarnings()
        return recovery
    }
}

extension DatabaseSchema {
    /// Applies one record of the history.
    mutating func replay(_ record: HistoryRecord) throws(DDLError) {
        if profile.history.recoversFromTableChanges, !record.tableChanges.isEmpty {
            for change in record.tableChanges { replay(change, ddl: record.ddl) }
        } else if let ddl = record.ddl {
            _ = try apply(ddl, defaultDatabase: record.databaseName ?? "")
            for change in record.tableChanges where differs(change) { catalog[key(change.id)] = change.definition }
        }
    }

    /// Whether the statement, parsed again, did not give the table that was recorded: one that is renamed out of a
    /// database whose history is not kept, or `CREATE TABLE a.t LIKE u`, since the record names the database of the new
    /// table and not that of the session.
    private func differs(_ change: TableChange) -> Bool {
        guard let table = table(change.id) else { return true }
        return change.kind == .create && change.definition.map { $0.columns.map(\.name) } != table.columns.map(\.name)
    }

    private mutating func replay(_ change: TableChange, ddl: String?) {
        if change.kind == .alter, let previous = change.previousID ?? renamed(to: change.id, by: ddl) {
            catalog[key(previous)] = nil
        }
        catalog[key(change.id)] = change.definition
    }

    /// The former name of a renamed table if the record does not contain it: after `ALTER TABLE … RENAME`, and in all
    /// records of 1.9.
    private func renamed(to new: TableID, by ddl: String?) -> TableID? {
        var renames: [(old: ObjectName, new: ObjectName)] = []
        for statement in ddl.map({ DDLParser.parse($0) }) ?? [] {
            switch statement.kind {
            case .renameTables(let tables): renames += tables.map { ($0.from, $0.to) }
            case .alterTable(let alter):
                for case .rename(let name) in alter.actions { renames.append((alter.name, name)) }
            default: break
            }
        }
        guard let rename = renames.first(where: { $0.new.name == new.table }) else { return nil }
        let old = TableID(database: rename.old.database ?? new.database, table: rename.old.name)
        return old == new ? nil : old
    }
}
