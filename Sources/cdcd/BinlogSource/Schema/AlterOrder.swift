/// The order in which the actions of one ALTER TABLE take effect.
///
/// The server resolves the names of dropped and changed columns against the table before the statement, whatever the
/// order of the actions: `ADD a text, DROP a` replaces a column, and `RENAME COLUMN a TO b, RENAME COLUMN b TO a` swaps
/// two. Then it positions the columns by their new names. Source: MySQL's `prepare_fields_and_keys` (sql_table.cc).
enum AlterOrder {
    /// The actions in an order in which they can be applied one by one. Renamed columns get temporary names if a name
    /// would otherwise denote two columns.
    static func resolved(_ actions: [AlterTable.Action], in editor: inout TableEditor) -> [AlterTable.Action] {
        var actions = actions
        let (added, dropped) = (actions.firstIndex(where: addsPrimaryKey), actions.lastIndex(of: .dropPrimaryKey))
        if let added, let dropped, dropped > added {
            actions.removeAll { $0 == .dropPrimaryKey }
            actions.insert(.dropPrimaryKey, at: 0)
        }
        let former = Set(editor.table.columns.map { $0.name.lowercased() })
        guard !isInOrder(actions, former), formerNames(actions).allSatisfy(former.contains) else { return actions }
        var (drops, changes, places, others): Phases = ([], [], [], [])
        for (number, action) in actions.enumerated() {
            let between = "\u{0}\(number)"
            switch action {
            case .dropColumn: drops.append(action)
            case .addColumn, .modifyColumn(_, place: .some, _): places.append(action)
            case .modifyColumn(_, place: nil, _): changes.append(action)
            case .renameColumn(let old, let new):
                changes.append(editor.rename(old, to: between) ? .renameColumn(between, to: new) : action)
            case .changeColumn(let old, let column, let place, let ifExists):
                guard editor.rename(old, to: between) else { continue }
                changes.append(.changeColumn(between, column, place: nil, ifExists: ifExists))
                // Its new name applies from the beginning, its new position when the action is applied.
                if place != nil { places.append(.modifyColumn(column, place: place, ifExists: false)) }
            case .setDefault, .dropDefault, .addKey, .dropPrimaryKey, .dropKey, .rename, .options, .convertCharacterSet,
                .changeRows, .other:
                others.append(action)
            }
        }
        return drops + changes + places + others
    }

    private typealias Phases = (
        [AlterTable.Action], [AlterTable.Action], [AlterTable.Action], [AlterTable.Action]
    )

    private static func addsPrimaryKey(_ action: AlterTable.Action) -> Bool {
        switch action {
        case .addKey(let key): key.kind == .primary
        case .addColumn(let column, _, _), .modifyColumn(let column, _, _), .changeColumn(_, let column, _, _):
            column.attributes.contains(.primaryKey)
        default: false
        }
    }

    /// The columns that must exist before the statement, in lower case.
    private static func formerNames(_ actions: [AlterTable.Action]) -> [String] {
        actions.compactMap { action in
            switch action {
            case .renameColumn(let old, _), .changeColumn(let old, _, _, ifExists: false),
                .dropColumn(let old, ifExists: false):
                old.lowercased()
            case .modifyColumn(let column, _, ifExists: false): column.name.lowercased()
            default: nil
            }
        }
    }

    /// Whether each action can be applied to the result of the preceding ones, with the same meaning.
    ///
    /// - Parameter former: the columns before the statement, in lower case.
    private static func isInOrder(_ actions: [AlterTable.Action], _ former: Set<String>) -> Bool {
        var former = former
        var new: Set<String> = []
        /// Whether a former column gets a new name, or a new one its name, without a conflict with another column.
        func takes(_ old: String?, _ name: String, _ place: ColumnPosition?) -> Bool {
            if let old, former.remove(old.lowercased()) == nil { return false }
            guard !former.contains(name.lowercased()), new.insert(name.lowercased()).inserted else { return false }
            guard case .after(let other) = place else { return true }
            return former.contains(other.lowercased()) || new.contains(other.lowercased())
        }
        for action in actions {
            switch action {
            case .addColumn(let column, let place, let ifNotExists):
                if ifNotExists, former.contains(column.name.lowercased()) { continue }
                guard takes(nil, column.name, place) else { return false }
            case .modifyColumn(let column, let place, let ifExists):
                if ifExists, !former.contains(column.name.lowercased()) { continue }
                guard takes(column.name, column.name, place) else { return false }
            case .changeColumn(let old, let column, let place, let ifExists):
                if ifExists, !former.contains(old.lowercased()) { continue }
                guard takes(old, column.name, place) else { return false }
            case .renameColumn(let old, let name): guard takes(old, name, nil) else { return false }
            case .dropColumn(let name, _):
                guard !new.contains(name.lowercased()) else { return false }
                former.remove(name.lowercased())
            case .setDefault, .dropDefault, .addKey, .dropPrimaryKey, .dropKey, .rename, .options, .convertCharacterSet,
                .changeRows, .other:
                continue
            }
        }
        return true
    }
}
