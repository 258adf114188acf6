import MySQLWire

/// The tables whose definitions may have been changed by statements of the binlog.
struct ChangedDefinitions: Equatable {
    /// In the case in which the server compares names.
    private(set) var tables: Set<TableID> = []
    /// Whether it is not known which tables were changed.
    private(set) var isUnknown = false
    let nameCase: SchemaRules.TableNameCase

    init(nameCase: SchemaRules.TableNameCase) { self.nameCase = nameCase }

    mutating func becomeUnknown() { isUnknown = true }

    /// Adds the tables that a statement names as created, altered, renamed or dropped.
    mutating func add(_ statement: LoggedStatement, defaultDatabase: String) {
        guard statement.kind == .definition else { return }
        for parsed in DDLParser.parse(statement.lexed) {
            guard let names = Self.names(changedBy: parsed) else {
                isUnknown = true
                continue
            }
            for name in names {
                tables.insert(nameCase.key(TableID(database: name.database ?? defaultDatabase, table: name.name)))
            }
        }
    }

    /// - Returns: nil if it could be any table.
    private static func names(changedBy statement: ParsedStatement) -> [ObjectName]? {
        switch statement.kind {
        case .createTable(let create): create.isTemporary ? [] : [create.name]
        case .createTableLike(let create): create.isTemporary ? [] : [create.name]
        case .alterTable(let alter):
            [alter.name]
                + alter.actions.compactMap { action in
                    switch action {
                    case .rename(let name): name
                    case .changeRows(_, let other): other
                    case .addColumn, .modifyColumn, .changeColumn, .renameColumn, .dropColumn, .setDefault,
                        .dropDefault, .addKey, .dropPrimaryKey, .dropKey, .options, .convertCharacterSet, .other: nil
                    }
                }
        case .dropTables(let drop): drop.isTemporary ? [] : drop.names
        case .renameTables(let renames): renames.flatMap { [$0.from, $0.to] }
        case .createIndex(let index): [index.table]
        case .dropIndex(let index): [index.table]
        case .unparsable(_, let touches): touches
        // Tables that are dropped with their database are missing in the list of tables; a later table with such a
        // name is named by its own statement.
        case .createDatabase, .alterDatabase, .dropDatabase: []
        case .truncateTable, .createView, .alterView, .setVariables, .use, .other: []
        }
    }

    /// Whether a definition that was read before the statements may be another one after them.
    ///
    /// A foreign key's definition names the table that it refers to, and changes with that table's names.
    func mayAffect(_ table: TableID, definition: String) -> Bool {
        if isUnknown { return true }
        if tables.isEmpty { return false }
        if tables.contains(nameCase.key(table)) { return true }
        guard definition.utf8.firstRange(of: " REFERENCES `".utf8) != nil else { return false }
        let text = nameCase == .sensitive ? definition : definition.lowercased()
        return tables.contains { text.utf8.firstRange(of: SQLText.quoted($0.table).utf8) != nil }
    }
}
