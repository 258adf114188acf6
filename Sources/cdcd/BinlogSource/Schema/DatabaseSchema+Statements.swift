/// The effect of each kind of statement on the schema.
extension DatabaseSchema {
    mutating func follow(
        _ statement: ParsedStatement, defaultDatabase: String
    ) throws(DDLError) -> [SchemaEvent] {
        let text = profile.schemaChanges.showsExecutableComments ? statement.text : statement.plainText
        let id = { (name: ObjectName) in TableID(database: name.database ?? defaultDatabase, table: name.name) }
        func event(_ kind: SchemaEvent.Kind, _ text: String) -> [SchemaEvent] { [SchemaEvent(kind: kind, text: text)] }
        switch statement.kind {
        case .createTable(let create): return createTable(create, id(create.name), text)
        case .createTableLike(let like): return createTable(like, id(like.name), like: id(like.original), text)
        case .alterTable(let alter): return try alterTable(alter, defaultDatabase: defaultDatabase, text)
        case .dropTables(let drop):
            return drop.names.flatMap { name in
                if !drop.isTemporary { catalog[key(id(name))] = nil }
                return event(.tableDropped(id(name)), dropText(drop, id(name)))
            }
        case .renameTables(let renames):
            return renames.flatMap { rename in
                renameTable(id(rename.from), to: id(rename.to))
                return event(.tableAltered(id(rename.to), previous: id(rename.from)), rename.text)
            }
        case .truncateTable(let name): return event(.tableTruncated(id(name)), text)
        case .createIndex(let index): return createIndex(index, id(index.table), text)
        case .dropIndex(let index) where index.name.asciiUppercased() == "PRIMARY":
            guard let table = table(id(index.table)) else { return [] }
            edit(table.id) { $0.dropPrimaryKey() }
            return event(.tableAltered(table.id, previous: nil), text)
        case .createView(let name): return event(.tableCreated(id(name)), text)
        case .alterView(let name): return event(.tableAltered(id(name), previous: nil), text)
        case .createDatabase(let database):
            let name = database.name ?? defaultDatabase
            setCharacterSet(of: name, database)
            return event(.database(name), text)
        case .alterDatabase(let database):
            setCharacterSet(of: database.name ?? defaultDatabase, database)
            return []
        case .dropDatabase(let name):
            catalog.removeDatabase(databaseKey(name))
            return event(.database(name), text)
        case .setVariables(let assignments): return set(assignments, defaultDatabase, text)
        case .use(let name):
            sessionVariables["character_set_database"] =
                catalog.characterSet(ofDatabase: databaseKey(name)) ?? variable("character_set_server")
            return event(.database(name), text)
        case .dropIndex, .other: return []
        case .unparsable(let error, let touches):
            try invalidateTables(affectedBy: error, touches: touches?.map(id))
            return []
        }
    }

    /// An unparsable statement is not an error if it cannot touch a captured table; the tables that it touches are then
    /// unknown.
    private mutating func invalidateTables(affectedBy error: DDLError, touches: [TableID]?) throws(DDLError) {
        if rules.skipsUnparsable { return }
        guard let touches, !touches.contains(where: { rules.captures($0) }) else { throw error }
        for id in touches { catalog[key(id)] = nil }
    }

    private func dropText(_ drop: DropTables, _ id: TableID) -> String {
        let quote = { (name: String) in "`" + name.replacing("`", with: "``") + "`" }
        let name = id.database.isEmpty ? quote(id.table) : quote(id.database) + "." + quote(id.table)
        return drop.prefix + name + (drop.behaviour.map { " " + $0 } ?? "")
    }

    // MARK: Tables

    private var model: ColumnModel { ColumnModel(profile: profile, includesComments: rules.includesComments) }

    private mutating func createTable(_ create: CreateTable, _ id: TableID, _ text: String) -> [SchemaEvent] {
        let shown = profile.schemaChanges.showsStartTransaction ? text : create.textBeforeTransaction ?? text
        if create.isTemporary { return [SchemaEvent(kind: .tableCreated(id), text: shown)] }
        if table(id) != nil, !create.orReplace { return [] }
        if create.hasQuery, !profile.schemaChanges.createsFromQueries { return [] }
        var editor = TableEditor(table: TableDefinition(id: id), model: model)
        for element in create.elements {
            switch element {
            case .column(let column): editor.add(column, isNewTable: true)
            case .key(let key): editor.add(key)
            }
        }
        var given = create.options.characterSet.flatMap { $0.uppercased() == "DEFAULT" ? nil : $0 }
        if create.options.isCharacterSetInComment, !profile.columns.readsExecutableCharacterSets { given = nil }
        editor.inheritCharacterSet(given ?? defaultCharacterSet(ofDatabase: id.database))
        if rules.includesComments { editor.table.comment = create.options.comment }
        catalog[key(id)] = editor.table
        return [SchemaEvent(kind: .tableCreated(id), text: shown)]
    }

    private mutating func createTable(
        _ statement: CreateTableLike, _ id: TableID, like original: TableID, _ text: String
    ) -> [SchemaEvent] {
        guard var table = table(original) else { return [] }
        table.id = id
        table.comment = nil
        let isNew = self.table(id) == nil || !statement.ifNotExists
        if !statement.isTemporary, isNew { catalog[key(id)] = table }
        return [SchemaEvent(kind: .tableCreated(id), text: text)]
    }

    private mutating func renameTable(_ old: TableID, to new: TableID) {
        guard var table = table(old) else { return removeTarget(of: old, to: new) }
        table.id = new
        catalog[key(old)] = nil
        catalog[key(new)] = table
    }

    /// An unknown table was renamed: the definition under its new name was another table's.
    mutating func removeTarget(of old: TableID, to new: TableID) {
        catalog[key(new)] = nil
        if rules.captures(new) { warnings.append(.unknownTableRenamed(old, to: new)) }
    }

    private mutating func edit(_ id: TableID, _ body: (inout TableEditor) -> Void) {
        guard let table = table(id) else { return }
        var editor = TableEditor(table: table, model: model)
        body(&editor)
        catalog[key(id)] = editor.table
    }

    private mutating func createIndex(_ index: CreateIndex, _ id: TableID, _ text: String) -> [SchemaEvent] {
        guard index.key.kind == .unique, let table = table(id) else { return [] }
        guard !TableEditor(table: table, model: model).hasKey else { return [] }
        edit(id) { $0.add(index.key) }
        let shown = profile.schemaChanges.showsIndexesFromUnique ? index.textFromUnique ?? text : text
        return [SchemaEvent(kind: .tableAltered(table.id, previous: nil), text: shown)]
    }

    // MARK: Databases and variables

    /// A collation is used only if no character set of the database is known yet, so with Debezium 3.6 `ALTER DATABASE
    /// … COLLATE` has no effect.
    private mutating func setCharacterSet(of name: String, _ statement: DatabaseStatement) {
        if statement.isCharacterSetInComment, !profile.columns.readsExecutableCharacterSets { return }
        if let characterSet = statement.characterSet {
            let isDefault = characterSet.asciiUppercased() == "DEFAULT"
            guard let set = isDefault ? variable("character_set_server") : characterSet else { return }
            catalog.setCharacterSet(set, ofDatabase: databaseKey(name))
        } else if let set = statement.collation.flatMap(profile.columns.characterSet(ofDatabaseCollation:)),
            catalog.characterSet(ofDatabase: databaseKey(name)) == nil
        {
            catalog.setCharacterSet(set, ofDatabase: databaseKey(name))
        }
    }

    private func defaultCharacterSet(ofDatabase name: String) -> String? {
        if let characterSet = catalog.characterSet(ofDatabase: databaseKey(name)) { return characterSet }
        let current = variable("character_set_database")
        return current.flatMap { $0.uppercased() == "DEFAULT" ? nil : $0 } ?? variable("character_set_server")
    }

    private func variable(_ name: String) -> String? { sessionVariables[name] ?? globalVariables[name] }

    private mutating func set(
        _ assignments: [VariableAssignment], _ database: String, _ text: String
    ) -> [SchemaEvent] {
        var events: [SchemaEvent] = []
        for assignment in assignments where assignment.scope != .user && assignment.name != "names" {
            let name = assignment.name.lowercased()
            if assignment.value.asciiUppercased() == "DEFAULT" {
                // The text does not contain the server's default: the last known value is kept.
            } else if assignment.scope == .global {
                globalVariables[name] = assignment.value
            } else {
                sessionVariables[name] = assignment.value
            }
            events.append(SchemaEvent(kind: .variable(database: database, isFirst: events.isEmpty), text: text))
        }
        return events
    }
}
