/// `ALTER TABLE`, action by action.
extension DatabaseSchema {
    mutating func alterTable(
        _ alter: AlterTable, defaultDatabase: String, _ text: String
    ) throws(DDLError) -> [SchemaEvent] {
        let id = TableID(database: alter.name.database ?? defaultDatabase, table: alter.name.name)
        noteRowChanges(alter, of: id, defaultDatabase)
        guard let table = table(id) else {
            for case .rename(let name) in alter.actions {
                removeTarget(of: id, to: TableID(database: name.database ?? defaultDatabase, table: name.name))
            }
            return []
        }
        var editor = TableEditor(
            table: table, model: ColumnModel(profile: profile, includesComments: rules.includesComments))
        for action in AlterOrder.resolved(alter.actions, in: &editor) {
            if case .rename(let name) = action {
                editor.table.id = TableID(database: name.database ?? defaultDatabase, table: name.name)
            } else if let column = apply(action, to: &editor) {
                guard !rules.captures(id), !rules.captures(editor.table.id) else {
                    throw DDLError(.unknownColumn(column, table: id.description), statement: text)
                }
                catalog[key(id)] = nil
                return []
            }
        }
        catalog[key(id)] = nil
        catalog[key(editor.table.id)] = editor.table
        return [SchemaEvent(kind: .tableAltered(editor.table.id, previous: nil), text: text)]
    }

    private mutating func noteRowChanges(_ alter: AlterTable, of id: TableID, _ defaultDatabase: String) {
        for case .changeRows(let words, let other) in alter.actions {
            let otherID = other.map { TableID(database: $0.database ?? defaultDatabase, table: $0.name) }
            for changed in [id, otherID].compactMap({ $0 }) where rules.captures(changed) {
                warnings.append(.rowsChangedWithoutEvents(changed, by: words))
            }
        }
    }

    /// Returns the column that the action names and the table does not have.
    private func apply(_ action: AlterTable.Action, to editor: inout TableEditor) -> String? {
        switch action {
        case .addColumn(let column, let place, let ifNotExists):
            if ifNotExists, editor.table.index(ofColumn: column.name) != nil { return nil }
            editor.add(column, isNewTable: false)
            editor.move(column.name, to: place)
        case .modifyColumn(let column, let place, let ifExists):
            guard editor.change(column.name, to: column, isChange: false) else { return ifExists ? nil : column.name }
            editor.move(column.name, to: place)
        case .changeColumn(let old, let column, let place, let ifExists):
            guard editor.change(old, to: column, isChange: true) else { return ifExists ? nil : old }
            editor.move(column.name, to: place)
        case .renameColumn(let old, let new): return editor.rename(old, to: new) ? nil : old
        case .dropColumn(let name, _): editor.drop(name)
        case .setDefault(let name, let value): editor.setDefault(name, value)
        case .dropDefault(let name): editor.dropDefault(name)
        case .addKey(let key): editor.add(key)
        case .dropPrimaryKey: editor.dropPrimaryKey()
        case .convertCharacterSet(let name?, _) where profile.columns.followsConversions:
            // The database's default, which Debezium does not look up.
            if name.asciiUppercased() != "DEFAULT" { editor.convert(to: name) }
        case .options(let options):
            if rules.includesComments, let comment = options.comment { editor.table.comment = comment }
        case .dropKey(let name): if name.asciiUppercased() == "PRIMARY" { editor.dropPrimaryKey() }
        case .convertCharacterSet, .rename, .changeRows, .other: break
        }
        return nil
    }
}
