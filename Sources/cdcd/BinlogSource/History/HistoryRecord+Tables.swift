import WireCore

/// `tableChanges` of a history record.
extension HistoryRecord {
    private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    // MARK: Writing

    static func document(_ change: TableChange, _ profile: DebeziumProfile) -> JSONObject {
        var document: JSONObject = ["type": .string(change.kind.rawValue), "id": .string(change.id.quoted)]
        if let previous = change.previousID { document["previousId"] = .string(previous.quoted) }
        if let table = change.definition {
            document["table"] = .object(Self.document(table, profile))
            document["comment"] = text(table.comment)
        }
        return document
    }

    private static func document(_ table: TableDefinition, _ profile: DebeziumProfile) -> JSONObject {
        var document: JSONObject = [
            "defaultCharsetName": text(table.defaultCharacterSet),
            "primaryKeyColumnNames": .array(table.primaryKeyColumnNames.map { .string($0) }),
            "columns": .array(
                table.columns.enumerated().map { .object(Self.document($0.element, position: $0.offset + 1)) }),
        ]
        if profile.history.hasAttributes { document["attributes"] = .array([]) }
        return document
    }

    private static func document(_ column: ColumnDefinition, position: Int) -> JSONObject {
        var document: JSONObject = [
            "name": .string(column.name), "jdbcType": .integer(Int64(column.jdbcType)),
            "typeName": .string(column.typeName), "typeExpression": .string(column.typeName),
            "charsetName": text(column.characterSet),
        ]
        if let length = column.length { document["length"] = .integer(Int64(length)) }
        if let scale = column.scale { document["scale"] = .integer(Int64(scale)) }
        document["position"] = .integer(Int64(position))
        document["optional"] = .bool(column.isOptional)
        document["autoIncremented"] = .bool(column.isAutoIncremented)
        document["generated"] = .bool(column.isGenerated)
        document["comment"] = text(column.comment)
        document["hasDefaultValue"] = .bool(column.hasDefaultValue)
        if let expression = column.defaultValueExpression { document["defaultValueExpression"] = .string(expression) }
        document["enumValues"] = .array(column.enumValues.map { .string($0) })
        return document
    }

    // MARK: Reading

    static func tableChange(_ value: JSONValue) throws(HistoryError) -> TableChange {
        guard let document = value.objectValue, let type = document["type"]?.stringValue,
            let kind = TableChange.Kind(rawValue: type), let id = document["id"]?.stringValue.flatMap(tableID)
        else { throw .malformed("an element of tableChanges lacks type or id") }
        var change = TableChange(kind: kind, id: id)
        change.previousID = document["previousId"]?.stringValue.flatMap(tableID)
        if kind != .drop {
            guard let table = document["table"]?.objectValue else { throw .malformed("table \(id) has no definition") }
            change.definition = try definition(table, id)
            change.definition?.comment = document["comment"]?.stringValue ?? table["comment"]?.stringValue
        }
        return change
    }

    private static func definition(_ document: JSONObject, _ id: TableID) throws(HistoryError) -> TableDefinition {
        var table = TableDefinition(id: id, defaultCharacterSet: document["defaultCharsetName"]?.stringValue)
        table.primaryKeyColumnNames = (document["primaryKeyColumnNames"]?.arrayValue ?? []).compactMap(\.stringValue)
        for value in document["columns"]?.arrayValue ?? [] {
            guard let column = value.objectValue.flatMap(column) else {
                throw .malformed("a column of \(id) lacks its name or type")
            }
            table.columns.append(column)
        }
        return table
    }

    private static func column(_ document: JSONObject) -> ColumnDefinition? {
        guard let name = document["name"]?.stringValue, let typeName = document["typeName"]?.stringValue,
            let jdbcType = document["jdbcType"]?.integerValue.flatMap({ Int32(exactly: $0) })
        else { return nil }
        func number(_ name: String) -> Int? {
            document[name]?.integerValue.flatMap { Int32(exactly: $0) }.map { Int($0) }
        }
        func flag(_ name: String) -> Bool { document[name]?.boolValue ?? false }
        let expression = document["defaultValueExpression"]?.stringValue
        return ColumnDefinition(
            name: name, typeName: typeName, jdbcType: Int(jdbcType),
            characterSet: document["charsetName"]?.stringValue, length: number("length"), scale: number("scale"),
            isOptional: flag("optional"), isAutoIncremented: flag("autoIncremented"), isGenerated: flag("generated"),
            comment: document["comment"]?.stringValue,
            hasDefaultValue: document["hasDefaultValue"]?.boolValue ?? (expression != nil),
            defaultValueExpression: expression,
            enumValues: (document["enumValues"]?.arrayValue ?? []).compactMap(\.stringValue))
    }

    /// Parses `"database"."table"`, in which nothing is escaped.
    private static func tableID(_ text: String) -> TableID? {
        guard text.hasPrefix("\""), text.hasSuffix("\""), text.count >= 2 else { return nil }
        let inner = text.dropFirst().dropLast()
        guard let dot = inner.firstRange(of: "\".\"") else { return TableID(database: "", table: String(inner)) }
        return TableID(database: String(inner[..<dot.lowerBound]), table: String(inner[dot.upperBound...]))
    }
}
