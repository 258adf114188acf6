import WireCore

/// Writing of `tableChanges`.
extension HistoryRecord {
    private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

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
}
