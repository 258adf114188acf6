import MySQLWire
import WireCore

/// Determines whether a row change that was logged as a statement can be skipped: only if it certainly changed no
/// captured table, since its rows are not in the binlog.
///
/// It is certain if the statement names no captured table, and either none of the databases that the server lists as
/// touched has captured tables, or the server has no trigger, foreign key, view or function by which the named tables
/// lead to one. The server returns the current definitions, not those at the time of the statement.
struct RowStatementCheck {
    private let configuration: MySQLConnectorConfig
    private let logger: Logger
    private let readDependencies: () throws -> TableDependencies
    /// Valid until the next statement that may change them.
    private var dependencies: TableDependencies?
    /// In lower case; valid until the next statement that may change them.
    private var capturedDatabases: Set<String>?
    /// The temporary tables of sessions that log statements.
    private var temporaryTables: Set<TemporaryTable> = []

    private struct TemporaryTable: Hashable {
        var thread: UInt32
        var id: TableID
    }

    /// The maximum number of entries; beyond it they are dropped, and their sessions' statements name unknown tables.
    private static let temporaryTablesMax = 10_000

    /// - Parameter readDependencies: queries the server.
    init(
        _ configuration: MySQLConnectorConfig, logger: Logger,
        readDependencies: @escaping () throws -> TableDependencies
    ) {
        self.configuration = configuration
        self.logger = logger
        self.readDependencies = readDependencies
    }

    /// A statement that may change tables, triggers, views, routines or privileges is about to be applied.
    ///
    /// Throws a `ConnectorError` if it fills a captured table with the rows of a query, which are not in the binlog.
    mutating func willApply(
        _ statements: [ParsedStatement], _ query: QueryEvent, in schema: DatabaseSchema,
        at place: (file: String, position: Int64)
    ) throws {
        dependencies = nil
        capturedDatabases = nil
        for statement in statements {
            switch statement.kind {
            case .createTable(let table) where table.isTemporary: add(table.name, query, schema)
            case .createTableLike(let table) where table.isTemporary: add(table.name, query, schema)
            case .createTable(let table) where table.hasQuery && table.textBeforeTransaction == nil:
                let id = schema.key(table.name.resolved(query.database))
                guard configuration.filter.includes(id), !(table.ifNotExists && schema.table(id) != nil) else { break }
                throw failure(.captured(id, path: []), query, place)
            case .dropTables(let tables):
                for name in tables.names {
                    temporaryTables.remove(
                        TemporaryTable(thread: query.threadID, id: schema.key(name.resolved(query.database))))
                }
            default: break
            }
        }
    }

    private mutating func add(_ name: ObjectName, _ query: QueryEvent, _ schema: DatabaseSchema) {
        if temporaryTables.count >= Self.temporaryTablesMax { temporaryTables = [] }
        temporaryTables.insert(
            TemporaryTable(thread: query.threadID, id: schema.key(name.resolved(query.database))))
    }

    /// Throws a `ConnectorError` if the statement changed a captured table, or may have changed one.
    mutating func check(
        _ statement: LoggedStatement, _ query: QueryEvent, in schema: DatabaseSchema,
        at place: (file: String, position: Int64)
    ) throws {
        if let conflict = try conflict(statement, query, schema) { throw failure(conflict, query, place) }
        logger.warn(
            "Received DML '\(RedactedStatement.text(query.statement))' for processing, binlog probably contains events generated with "
                + "statement or mixed based replication format; it changes no captured table and is skipped.")
    }

    private mutating func conflict(
        _ statement: LoggedStatement, _ query: QueryEvent, _ schema: DatabaseSchema
    ) throws -> TableDependencies.Conflict? {
        guard let names = StatementReferences(statement.lexed) else { return .unreadable("the statement") }
        let tables = names.tables.map { schema.key($0.resolved(query.database)) }
            .filter { !temporaryTables.contains(TemporaryTable(thread: query.threadID, id: $0)) }
        let filter = configuration.filter
        if let table = tables.first(where: { filter.includes($0) }) { return .captured(table, path: []) }
        if let databases = query.session.updatedDatabases {
            let captured = capturedDatabases ?? Self.databases(of: schema, filter)
            capturedDatabases = captured
            if !databases.contains(where: { captured.contains($0.lowercased()) }) { return nil }
        }
        let found = try dependencies ?? readDependencies()
        dependencies = found
        return found.conflict(
            tables: tables, routines: names.routines.map { $0.resolved(query.database) },
            isKnown: { schema.table($0) != nil }, isCaptured: { filter.includes($0) })
    }

    private static func databases(of schema: DatabaseSchema, _ filter: TableFilter) -> Set<String> {
        Set(schema.tables.filter { filter.includes($0.id) }.map { $0.id.database.lowercased() })
    }

    // MARK: Failures

    private func failure(
        _ conflict: TableDependencies.Conflict, _ query: QueryEvent, _ place: (file: String, position: Int64)
    ) -> ConnectorError {
        let summary = "The binlog at \(place.file):\(place.position) holds a change of rows as a statement, and "
        let statement = ": \(RedactedStatement.text(query.statement))"
        let cause = "a session wrote with binlog_format STATEMENT or MIXED, so the changed rows are not in the binlog"
        let snapshot =
            "SET PERSIST binlog_format = 'ROW', make sure that no session sets another format, and take a new snapshot: stop "
            + "the connector, DELETE its offsets, and resume it."
        switch conflict {
        case .captured(let table, path: []):
            return ConnectorError(summary + "it names the captured table \(table)" + statement, cause: cause, remedy: snapshot)
        case .captured(let table, let path):
            return ConnectorError(
                summary + "it may change the captured table \(table) through \(path.joined(separator: ", then "))"
                    + statement, cause: cause, remedy: snapshot)
        case .routine(let routine, let path):
            return ConnectorError(
                summary + "it calls the stored routine \(routine), which may change captured tables"
                    + (path.isEmpty ? "" : ", through \(path.joined(separator: ", then "))") + statement,
                cause: cause, remedy: snapshot)
        case .unknown(let table, _):
            return ConnectorError(
                summary + "it names \(table), which exists neither in the schema history nor on the server" + statement,
                cause: cause, remedy: snapshot)
        case .missing(let privilege, let what):
            let account = dependencies?.grants.account ?? ""
            return ConnectorError(
                summary + "whether it changes captured tables cannot be determined" + statement,
                cause: cause + "; the account \(account) lacks the privilege \(privilege), without which the server does "
                    + "not show \(what)",
                remedy: "GRANT \(privilege) ON *.* TO \(account); then restart the task. Or SET PERSIST binlog_format = 'ROW' "
                    + "and take a new snapshot: stop the connector, DELETE its offsets, and resume it.")
        case .unreadable(let what):
            return ConnectorError(
                summary + "whether it changes captured tables cannot be determined" + statement,
                cause: cause + "; \(what) cannot be read", remedy: snapshot)
        }
    }
}
