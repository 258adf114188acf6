import MySQLWire

/// The tables that change together with other tables, as the server defines them: by triggers, by the actions of
/// foreign keys, through updatable views.
struct TableDependencies: Equatable, Sendable {
    struct Trigger: Equatable, Sendable {
        var id: TableID
        var body: String
        var sqlMode: SQLMode
    }

    struct View: Equatable, Sendable {
        /// Empty if the account may not read it.
        var definition: String
        var isUpdatable: Bool
    }

    /// The reason why a change cannot be skipped.
    enum Conflict: Equatable, Sendable {
        /// A captured table may change; describes the path, starting with the statement.
        case captured(TableID, path: [String])
        /// A stored routine is called, which may change any table.
        case routine(TableID, path: [String])
        /// A name that is not a known table or view.
        case unknown(TableID, path: [String])
        /// Required information is hidden from the account.
        case missing(privilege: String, what: String)
        /// A definition that cannot be parsed.
        case unreadable(String)
    }

    var grants = Grants(statements: [])
    /// By the table whose changes run the triggers.
    var triggers: [TableID: [Trigger]] = [:]
    /// By the referenced table: the tables whose rows are deleted or updated together with its rows.
    var cascades: [TableID: [TableID]] = [:]
    var views: [TableID: View] = [:]
    var baseTables: Set<TableID> = []
    /// Stored functions and procedures, their names in lower case.
    var routines: Set<TableID> = []
    /// Whether names of tables are compared in lower case (`lower_case_table_names`).
    var lowersNames = false

    /// The first reason why a captured table may change, starting from these tables and routines; nil if there is none.
    ///
    /// - Parameters:
    ///   - tables: resolved names of tables and views.
    ///   - routines: resolved names of called routines; those that are not stored routines are the server's own.
    func conflict(
        tables: [TableID], routines: [TableID], isKnown: (TableID) -> Bool, isCaptured: (TableID) -> Bool
    ) -> Conflict? {
        if let conflict = conflict(calling: routines, path: []) { return conflict }
        var seen: Set<TableID> = []
        var pending = tables.map { (table: key($0), path: [String]()) }[...]
        while let (table, path) = pending.popFirst() {
            guard seen.insert(table).inserted else { continue }
            if isCaptured(table) { return .captured(table, path: path) }
            switch changes(with: table) {
            case .failure(let conflict): return conflict
            case .success(let steps):
                let isThere = views[table] != nil || baseTables.contains(table) || isKnown(table)
                // Bodies of triggers also name aliases and cursors.
                if path.isEmpty, !isThere { return .unknown(table, path: path) }
                for step in steps {
                    let path = path + [step.description]
                    if let conflict = conflict(calling: step.routines, path: path) { return conflict }
                    pending += step.tables.map { (key($0), path) }
                }
            }
        }
        return nil
    }

    private func key(_ id: TableID) -> TableID {
        lowersNames ? TableID(database: id.database.lowercased(), table: id.table.lowercased()) : id
    }

    private func conflict(calling called: [TableID], path: [String]) -> Conflict? {
        if let routine = called.first(where: { routines.contains($0.loweredName) }) {
            return .routine(routine, path: path)
        }
        let seesRoutines = ["SELECT", "SHOW_ROUTINE", "EXECUTE"].contains { grants.hasGlobal($0) }
        return called.isEmpty || seesRoutines ? nil : .missing(privilege: "SHOW_ROUTINE", what: "stored routines")
    }

    /// The tables that change together with a table, and the cause.
    private struct Step {
        var description: String
        var tables: [TableID]
        var routines: [TableID] = []

        init(_ description: String, tables: [TableID]) {
            self.description = description
            self.tables = tables
        }

        init(_ description: String, _ found: StatementReferences, in database: String) {
            self.init(description, tables: found.tables.map { $0.resolved(database) })
            routines = found.routines.map { $0.resolved(database) }
        }
    }

    private enum Changes {
        case success([Step])
        case failure(Conflict)
    }

    private func changes(with table: TableID) -> Changes {
        if let view = views[table] {
            guard !view.definition.isEmpty else {
                return .failure(.missing(privilege: "SHOW VIEW", what: "the definition of the view \(table)"))
            }
            guard let found = StatementReferences(view.definition, sqlMode: []) else {
                return .failure(.unreadable("the view \(table)"))
            }
            var step = Step("the view \(table)", found, in: table.database)
            if !view.isUpdatable { step.tables = [] }
            return .success([step])
        }
        guard grants.has("TRIGGER", on: table) else {
            return .failure(.missing(privilege: "TRIGGER", what: "the triggers of \(table)"))
        }
        var steps: [Step] = []
        for trigger in triggers[table] ?? [] {
            let description = "the trigger \(trigger.id) of \(table)"
            guard let found = StatementReferences(trigger.body, sqlMode: trigger.sqlMode) else {
                return .failure(.unreadable(description))
            }
            steps.append(Step(description, found, in: trigger.id.database))
        }
        if let children = cascades[table] {
            steps.append(Step("a foreign key that references \(table)", tables: children))
        }
        return .success(steps)
    }
}

extension TableID {
    /// Names of routines are compared case-insensitively.
    fileprivate var loweredName: TableID { TableID(database: database, table: table.lowercased()) }
}

extension ObjectName {
    /// With the default database if the text names none.
    func resolved(_ defaultDatabase: String) -> TableID { TableID(database: database ?? defaultDatabase, table: name) }
}

extension TableDependencies {
    /// Reads the definitions that the account may see.
    init(reading connection: MySQLConnection) throws(MySQLError) {
        // Names are in backquotes, whatever the server's own mode.
        try connection.execute("SET SESSION sql_mode = ''")
        grants = Grants(statements: try connection.queryText("SHOW GRANTS").rows.compactMap { $0.first ?? nil })
        lowersNames = try connection.queryText("SELECT @@lower_case_table_names").scalar != "0"
        for row in try Self.rows(
            connection, "EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_SCHEMA, TRIGGER_NAME, ACTION_STATEMENT, SQL_MODE",
            "TRIGGERS")
        {
            let id = key(TableID(database: row[0], table: row[1]))
            triggers[id, default: []].append(
                Trigger(
                    id: TableID(database: row[2], table: row[3]), body: row[4], sqlMode: SQLMode(text: row[5])))
        }
        for row in try Self.rows(
            connection, "UNIQUE_CONSTRAINT_SCHEMA, REFERENCED_TABLE_NAME, CONSTRAINT_SCHEMA, TABLE_NAME",
            "REFERENTIAL_CONSTRAINTS WHERE UPDATE_RULE NOT IN ('NO ACTION', 'RESTRICT') "
                + "OR DELETE_RULE NOT IN ('NO ACTION', 'RESTRICT')")
        {
            let id = key(TableID(database: row[0], table: row[1]))
            cascades[id, default: []].append(TableID(database: row[2], table: row[3]))
        }
        for row in try Self.rows(connection, "TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION, IS_UPDATABLE", "VIEWS") {
            let id = key(TableID(database: row[0], table: row[1]))
            views[id] = View(definition: row[2], isUpdatable: row[3] != "NO")
        }
        for row in try Self.rows(connection, "TABLE_SCHEMA, TABLE_NAME", "TABLES WHERE TABLE_TYPE = 'BASE TABLE'") {
            baseTables.insert(key(TableID(database: row[0], table: row[1])))
        }
        for row in try Self.rows(connection, "ROUTINE_SCHEMA, ROUTINE_NAME", "ROUTINES") {
            routines.insert(TableID(database: row[0], table: row[1]).loweredName)
        }
    }

    private static func rows(
        _ connection: MySQLConnection, _ columns: String, _ table: String
    ) throws(MySQLError) -> [[String]] {
        let count = columns.split(separator: ",").count
        return try connection.queryText("SELECT \(columns) FROM information_schema.\(table)").rows
            .filter { $0.count == count }.map { $0.map { $0 ?? "" } }
    }
}
