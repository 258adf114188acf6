import ConnectData
/// Creates the changes that Debezium records and publishes for a text of statements.
struct SchemaChangeBuilder {
    /// The schema after the statements.
    let schema: DatabaseSchema
    let text: String
    let defaultDatabase: String

    private var rules: SchemaRules { schema.rules }
    private var profile: DebeziumProfile { rules.profile }

    func changes(of events: [SchemaEvent]) -> [SchemaChange] {
        let isGlobalSet = defaultDatabase.isEmpty && text.asciiUppercased().hasPrefix("SET ")
        if rules.storesOnlyCapturedTables, !isGlobalSet, !events.contains(where: isAboutCaptured) { return [] }
        guard !events.isEmpty else {
            let change = SchemaChange(kind: .database, database: defaultDatabase, ddl: text, sourceTables: [""])
            return [settled(change, isGlobalSet: isGlobalSet)].filter(isPublished)
        }
        var result: [SchemaChange] = []
        var rest = events[...]
        while let first = rest.first {
            // Consecutive statements about one database share the list of tables.
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
            change.tables = listed(.alter, id, previous: profile.schemaChanges.recordsPreviousNames ? previous : nil)
        case .tableDropped(let id):
            change.kind = .drop
            if profile.schemaChanges.listsDrops { change.tables = [TableChange(kind: .drop, id: id)] }
        case .tableTruncated where profile.schemaChanges.truncatesAreEvents: change.kind = .truncate
        case .variable(_, let isFirst): guard isFirst else { return nil }
        case .tableTruncated, .database: break
        }
        return change
    }

    private func listed(_ kind: TableChange.Kind, _ id: TableID, previous: TableID? = nil) -> [TableChange] {
        guard let table = schema.table(id), profile.schemaChanges.listsUncapturedTables || rules.captures(id)
        else { return [] }
        return [TableChange(kind: kind, id: table.id, previousID: previous, definition: table)]
    }

    /// Determines whether it is recorded in the history.
    private func settled(_ change: SchemaChange, isGlobalSet: Bool, of event: SchemaEvent? = nil) -> SchemaChange {
        var change = change
        let isStored = !rules.storesOnlyCapturedTables || isGlobalSet
            || change.tables.contains { rules.captures($0.id) } || event?.table.map(isKnownAndCaptured) ?? false
        change.isRecorded = change.kind != .truncate && isStored
        return change
    }

    private func isKnownAndCaptured(_ id: TableID) -> Bool { schema.table(id) != nil && rules.captures(id) }

    private func isPublished(_ change: SchemaChange) -> Bool {
        let keepsToCaptured = rules.storesOnlyCapturedDatabases || !profile.schemaChanges.recordsUncapturedDatabases
        if keepsToCaptured, !change.database.isEmpty, !rules.listsIncludeDatabase(change.database) {
            return false
        }
        guard rules.storesOnlyCapturedTables, let table = change.tables.first else { return true }
        return rules.captures(table.id)
    }
}
