/// The tables and databases at one position of the binlog.
public struct DatabaseSchema: Sendable {
    public let rules: SchemaRules
    var catalog = SchemaCatalog()
    /// Variables that statements set: `character_set_server`, `character_set_database` and others, in lower case.
    var sessionVariables: [String: String] = [:]
    var globalVariables: [String: String] = [:]
    var notices: [SchemaNotice] = []

    public init(rules: SchemaRules) { self.rules = rules }

    /// What the statements since the last call leave uncertain.
    public mutating func takeNotices() -> [SchemaNotice] {
        defer { notices = [] }
        return notices
    }

    /// All tables that are known, sorted by name.
    public var tables: [TableDefinition] { catalog.tables.sorted { $0.id < $1.id } }

    /// The definition of this table, found by the server's rules of case.
    public func table(_ id: TableID) -> TableDefinition? { catalog[key(id)] }

    func key(_ id: TableID) -> TableID {
        guard rules.tableNameCase != .sensitive else { return id }
        return TableID(database: id.database.lowercased(), table: id.table.lowercased())
    }

    func databaseKey(_ name: String) -> String { rules.tableNameCase == .sensitive ? name : name.lowercased() }

    var profile: DebeziumProfile { rules.profile }

    /// Applies a text of one or more statements and returns what Debezium would record of it.
    ///
    /// The text may be anything that a QUERY event has: transactions and rows give no change. If it throws, the schema
    /// is as it was.
    ///
    /// Throws if the text cannot be read, or does not fit the schema, and could change a captured table.
    public mutating func apply(
        _ text: String, defaultDatabase: String, sqlMode: SQLMode = []
    ) throws(DDLError) -> [SchemaChange] {
        let statement = LoggedStatement(text, sqlMode: sqlMode)
        return try apply(statement, parsed: parse(statement), defaultDatabase: defaultDatabase)
    }

    /// The statements of a text, as this generation reads it; empty if it is ignored.
    func parse(_ statement: LoggedStatement) -> [ParsedStatement] {
        if statement.filter.isIgnored { return [] }
        return DDLParser.parse(profile.normalizesQuotes ? statement.normalizingQuotes() : statement.lexed)
    }

    /// The same with a text that is classified and parsed already.
    mutating func apply(
        _ statement: LoggedStatement, parsed: [ParsedStatement], defaultDatabase: String
    ) throws(DDLError) -> [SchemaChange] {
        if statement.filter.isIgnored { return [] }
        let variables = (session: sessionVariables, global: globalVariables)
        let noticeCount = notices.count
        catalog.begin()
        var events: [SchemaEvent] = []
        do throws(DDLError) {
            for statement in parsed { events += try follow(statement, defaultDatabase: defaultDatabase) }
        } catch {
            catalog.revert()
            (sessionVariables, globalVariables) = variables
            notices.removeSubrange(noticeCount...)
            throw error
        }
        catalog.commit()
        if statement.filter.dropsRecord(profile) { return [] }
        return changes(of: events, text: statement.text, defaultDatabase: defaultDatabase)
    }

    // MARK: Telling

    private func changes(of events: [SchemaEvent], text: String, defaultDatabase: String) -> [SchemaChange] {
        let isGlobalSet = defaultDatabase.isEmpty && text.asciiUppercased().hasPrefix("SET ")
        if rules.storesOnlyCapturedTables, !isGlobalSet, !events.contains(where: isAboutCaptured) { return [] }
        guard !events.isEmpty else {
            let change = SchemaChange(kind: .database, database: defaultDatabase, ddl: text, sourceTables: [""])
            return [settled(change, isGlobalSet: isGlobalSet)].filter(isPublished)
        }
        var result: [SchemaChange] = []
        var rest = events[...]
        while let first = rest.first {
            // Statements side by side about one database share the list of tables.
            let group = rest.prefix { $0.database == first.database }
            rest = rest.dropFirst(group.count)
            let isAcceptable = !rules.storesOnlyCapturedTables || first.database.isEmpty
                || rules.listsIncludeDatabase(first.database)
            guard isAcceptable else { continue }
            let names = JavaHashOrder.sorted(group.compactMap(\.table)).map(\.table)
            result += group.compactMap { event in
                change(of: event, sourceTables: names).map { settled($0, isGlobalSet: isGlobalSet, of: event) }
            }
        }
        return result.filter(isPublished)
    }

    private func isAboutCaptured(_ event: SchemaEvent) -> Bool {
        if let table = event.table { return rules.captures(table) }
        if case .database(let name) = event.kind { return rules.listsIncludeDatabase(name) }
        return false
    }

    private func change(of event: SchemaEvent, sourceTables: [String]) -> SchemaChange? {
        var change = SchemaChange(
            kind: .database, database: event.database, ddl: event.text, sourceTables: sourceTables)
        switch event.kind {
        case .tableCreated(let id):
            change.kind = .create
            change.tables = listed(.create, id)
        case .tableAltered(let id, let previous):
            change.kind = .alter
            change.tables = listed(.alter, id, previous: profile.tellsPreviousNames ? previous : nil)
        case .tableDropped(let id):
            change.kind = .drop
            if profile.listsDrops { change.tables = [TableChange(kind: .drop, id: id)] }
        case .tableTruncated where profile.truncatesAreEvents: change.kind = .truncate
        case .variable(_, let isFirst): guard isFirst else { return nil }
        case .tableTruncated, .database: break
        }
        return change
    }

    private func listed(_ kind: TableChange.Kind, _ id: TableID, previous: TableID? = nil) -> [TableChange] {
        guard let table = table(id), profile.listsUncapturedTables || rules.captures(id) else { return [] }
        return [TableChange(kind: kind, id: table.id, previousID: previous, definition: table)]
    }

    /// Decides whether the history gets a record of it.
    private func settled(_ change: SchemaChange, isGlobalSet: Bool, of event: SchemaEvent? = nil) -> SchemaChange {
        var change = change
        let isStored = !rules.storesOnlyCapturedTables || isGlobalSet
            || change.tables.contains { rules.captures($0.id) } || event?.table.map(isKnownAndCaptured) ?? false
        change.isRecorded = change.kind != .truncate && isStored
        return change
    }

    private func isKnownAndCaptured(_ id: TableID) -> Bool { table(id) != nil && rules.captures(id) }

    private func isPublished(_ change: SchemaChange) -> Bool {
        let keepsToCaptured = rules.storesOnlyCapturedDatabases || !profile.tellsUncapturedDatabases
        if keepsToCaptured, !change.database.isEmpty, !rules.listsIncludeDatabase(change.database) {
            return false
        }
        guard rules.storesOnlyCapturedTables, let table = change.tables.first else { return true }
        return rules.captures(table.id)
    }
}

extension String {
    /// Without blanks and control characters at both ends, as Java's `String.trim()` leaves it.
    func trimmed() -> String {
        let view = utf8
        guard let first = view.firstIndex(where: { $0 > 0x20 }), let last = view.lastIndex(where: { $0 > 0x20 }) else {
            return ""
        }
        return String(self[first...last])
    }
}
