import MySQLWire
import WireCore

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
        func apply(_ group: StatementGroups.Group) throws {
            for record in group.records where try point.includes(HistoryPosition(document: record.position)) {
                try recovery.schema.replay(record)
                recovery.appliedCount += 1
            }
        }
        try log.replay { bytes in
            if bytes.isEmpty { return }
            let record = try HistoryRecord(decoding: bytes)
            guard record.source == source else { return }
            recovery.recordCount += 1
            if let group = statements.add(record) { try apply(group) }
        }
        if let group = statements.finish() { try apply(group) }
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
