/// A table's definition while a statement changes it. Columns are looked up case-insensitively.
struct TableEditor {
    var table: TableDefinition
    let model: ColumnModel

    private var profile: DebeziumProfile { model.profile }
    /// Whether the table has a key; if not, a new unique index may become it.
    var hasKey: Bool { !table.primaryKeyColumnNames.isEmpty }
    /// Columns that have the table's default character set, which may follow later in the text.
    private var inheriting: Set<String> = []

    init(table: TableDefinition, model: ColumnModel) {
        self.table = table
        self.model = model
    }

    private func index(_ name: String) -> Int? { table.index(ofColumn: name) }

    // MARK: Columns

    /// Adds a column at the end, or replaces the column with that name.
    mutating func add(_ written: ColumnSpecification, isNewTable: Bool) {
        let result = model.column(written)
        put(result, at: index(written.name))
        takeKeys(of: result, isNewTable: isNewTable)
    }

    private mutating func put(_ result: ColumnModel.Result, at index: Int?) {
        var column = result.column
        if !result.hasOwnCharacterSet, ColumnModel.isText(column) {
            column.characterSet = table.defaultCharacterSet
            inheriting.insert(column.name)
        }
        if let index { table.columns[index] = column } else { table.columns.append(column) }
    }

    private mutating func takeKeys(of result: ColumnModel.Result, isNewTable: Bool) {
        let standsIn = result.isUnique && !hasKey && (isNewTable || profile.columns.alteredColumnsBecomeKeys)
        if result.isPrimaryKey || standsIn { table.primaryKeyColumnNames = [result.column.name] }
    }

    /// Redefines a column, and renames it if its name is new.
    mutating func change(_ name: String, to written: ColumnSpecification, isChange: Bool) -> Bool {
        guard let index = index(name) else { return false }
        let old = table.columns[index].name
        let kept = profile.columns.attributesPreservedByModify(isChange: isChange)
        var result = model.column(written, over: table.columns[index], keeping: kept)
        let isSame = old.lowercased() == written.name.lowercased()
        if isSame, !profile.columns.followsCaseOfColumns { result.column.name = old }
        put(result, at: index)
        renameInKey(old, to: result.column.name)
        takeKeys(of: result, isNewTable: false)
        return true
    }

    mutating func rename(_ name: String, to new: String) -> Bool {
        guard let index = index(name) else { return false }
        let old = table.columns[index].name
        if old.lowercased() == new.lowercased(), !profile.columns.followsCaseOfColumns { return true }
        table.columns[index].name = new
        renameInKey(old, to: new)
        return true
    }

    private mutating func renameInKey(_ old: String, to new: String) {
        for index in table.primaryKeyColumnNames.indices
        where table.primaryKeyColumnNames[index].lowercased() == old.lowercased() {
            table.primaryKeyColumnNames[index] = new
        }
    }

    mutating func drop(_ name: String) {
        guard let index = index(name) else { return }
        table.columns.remove(at: index)
        table.primaryKeyColumnNames.removeAll { $0.lowercased() == name.lowercased() }
    }

    /// Moves a column; after a missing column it becomes the first, as in Debezium.
    mutating func move(_ name: String, to place: ColumnPosition?) {
        guard let place, let index = index(name) else { return }
        let column = table.columns.remove(at: index)
        switch place {
        case .first: table.columns.insert(column, at: 0)
        case .after(let other): table.columns.insert(column, at: self.index(other).map { $0 + 1 } ?? 0)
        }
    }

    mutating func setDefault(_ name: String, _ value: DefaultValue) {
        guard let index = index(name) else { return }
        var value = value
        if profile.columns.writesNullDefault, case .decorated(let text, _) = value { value = .string(text) }
        let isNull = switch value {
        case .null: true
        case .bits, .hexadecimal: profile.columns.writesNullDefault
        default: false
        }
        if isNull {
            guard profile.columns.writesNullDefault else { return }
            table.columns[index].defaultValueExpression = "null"
            table.columns[index].hasDefaultValue = true
            return
        }
        var hasDefault = table.columns[index].hasDefaultValue
        model.set(value, of: &table.columns[index], hasDefault: &hasDefault)
        table.columns[index].hasDefaultValue = hasDefault
    }

    mutating func dropDefault(_ name: String) {
        guard let index = index(name) else { return }
        table.columns[index].defaultValueExpression = nil
        table.columns[index].hasDefaultValue = table.columns[index].isOptional
    }

    // MARK: Keys

    mutating func add(_ key: KeySpecification) {
        switch key.kind {
        case .primary: setPrimaryKey(key.columns)
        case .unique:
            guard !hasKey else { return }
            if profile.columns.keysNeedNotNull {
                let columns = key.columns.map { name in index(name).map { table.columns[$0] } }
                guard columns.allSatisfy({ $0.map { !$0.isOptional } ?? false }) else { return }
                table.primaryKeyColumnNames = columns.compactMap { $0?.name }
            } else if !key.columns.contains(where: { $0.hasPrefix("(") }) {
                setPrimaryKey(key.columns)
            }
        case .other: break
        }
    }

    private mutating func setPrimaryKey(_ names: [String]) {
        table.primaryKeyColumnNames = names.map { name in
            guard let index = index(name) else { return name }
            var column = table.columns[index]
            if column.isOptional {
                column.isOptional = false
                if column.defaultValueExpression == nil { column.hasDefaultValue = false }
                table.columns[index] = column
            }
            return column.name
        }
    }

    mutating func dropPrimaryKey() { table.primaryKeyColumnNames = [] }

    // MARK: Character sets

    /// Sets the table's default character set, and that of all columns without their own.
    mutating func inheritCharacterSet(_ characterSet: String?) {
        table.defaultCharacterSet = characterSet
        for index in table.columns.indices where inheriting.contains(table.columns[index].name) {
            table.columns[index].characterSet = characterSet
        }
    }

    mutating func convert(to characterSet: String) {
        table.defaultCharacterSet = characterSet
        for index in table.columns.indices where ColumnModel.isText(table.columns[index]) {
            table.columns[index].characterSet = characterSet
        }
    }
}
