import WireCore

/// Reads the document member by member: recovery reads a record for each table, whose columns are most of the document.
/// Members of an unexpected type count as absent.
extension HistoryRecord {
    static func decode(_ bytes: UnsafeRawBufferPointer) throws(HistoryError) -> HistoryRecord {
        var reader = JSONReader(bytes)
        do {
            guard let record = try decode(&reader) else { throw HistoryError.malformed("it is not a JSON object") }
            try reader.finish()
            return try record.record()
        } catch let error as HistoryError {
            throw error
        } catch {
            throw .malformed("\(error)")
        }
    }

    /// What was read of a document whose defects are reported when the whole of it is known to be JSON.
    private struct Draft {
        var source: JSONObject?
        var position: JSONObject?
        var timestampMilliseconds: Int64?
        var databaseName: String?
        var schemaName: String?
        var ddl: String?
        var tableChanges: [TableChangeDraft] = []

        func record() throws(HistoryError) -> HistoryRecord {
            guard let source, let position else { throw .malformed("it lacks source or position") }
            var changes: [TableChange] = []
            changes.reserveCapacity(tableChanges.count)
            for change in tableChanges { changes.append(try change.change()) }
            return HistoryRecord(
                source: source, position: position, timestampMilliseconds: timestampMilliseconds,
                databaseName: databaseName, schemaName: schemaName, ddl: ddl, tableChanges: changes)
        }
    }

    /// - Returns: nil if the document is not an object.
    private static func decode(_ reader: inout JSONReader) throws(JSONError) -> Draft? {
        guard try reader.beginObject() else { return nil }
        var draft = Draft()
        while let name = try reader.nextMember() {
            switch name {
            case "source": draft.source = try reader.value().objectValue
            case "position": draft.position = try reader.value().objectValue
            case "ts_ms": draft.timestampMilliseconds = try reader.value().integerValue
            case "databaseName": draft.databaseName = try reader.value().stringValue
            case "schemaName": draft.schemaName = try reader.value().stringValue
            case "ddl": draft.ddl = try reader.value().stringValue
            case "tableChanges":
                draft.tableChanges = []
                guard try reader.beginArray() else { continue }
                while try reader.nextItem() { draft.tableChanges.append(try TableChangeDraft(&reader)) }
            default: try reader.skip()
            }
        }
        return draft
    }
}

/// An element of `tableChanges`, as it was read.
private struct TableChangeDraft {
    private var type: String?
    private var id: String?
    private var previousID: String?
    private var comment: String?
    private var table: TableDefinition?
    /// Whether a column lacks its name or type.
    private var hasIncompleteColumn = false

    init(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.beginObject() else { return }
        while let name = try reader.nextMember() {
            switch name {
            case "type": type = try reader.value().stringValue
            case "id": id = try reader.value().stringValue
            case "previousId": previousID = try reader.value().stringValue
            case "comment": comment = try reader.value().stringValue
            case "table": try readTable(&reader)
            default: try reader.skip()
            }
        }
    }

    func change() throws(HistoryError) -> TableChange {
        guard let type, let kind = TableChange.Kind(rawValue: type), let id = id.flatMap(Self.tableID) else {
            throw .malformed("an element of tableChanges lacks type or id")
        }
        var change = TableChange(kind: kind, id: id)
        change.previousID = previousID.flatMap(Self.tableID)
        if kind == .drop { return change }
        guard var table else { throw .malformed("table \(id) has no definition") }
        if hasIncompleteColumn { throw .malformed("a column of \(id) lacks its name or type") }
        table.id = id
        table.comment = comment ?? table.comment
        change.definition = table
        return change
    }

    /// Parses `"database"."table"`, in which nothing is escaped.
    private static func tableID(_ text: String) -> TableID? {
        let quote = UInt8(ascii: "\"")
        let bytes = Array(text.utf8)
        guard bytes.count >= 2, bytes.first == quote, bytes.last == quote else { return nil }
        let end = bytes.count - 1
        let dot = (1..<end).first { index in
            index + 2 < end && bytes[index] == quote && bytes[index + 1] == UInt8(ascii: ".") && bytes[index + 2] == quote
        }
        func name(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        guard let dot else { return TableID(database: "", table: name(1..<end)) }
        return TableID(database: name(1..<dot), table: name((dot + 3)..<end))
    }

    // MARK: Tables

    private mutating func readTable(_ reader: inout JSONReader) throws(JSONError) {
        table = nil
        hasIncompleteColumn = false
        guard try reader.beginObject() else { return }
        var table = TableDefinition(id: TableID(database: "", table: ""))
        while let name = try reader.nextMember() {
            switch name {
            case "defaultCharsetName": table.defaultCharacterSet = try reader.value().stringValue
            case "primaryKeyColumnNames": table.primaryKeyColumnNames = try Self.strings(&reader)
            case "comment": table.comment = try reader.value().stringValue
            case "columns":
                table.columns = []
                guard try reader.beginArray() else { continue }
                while try reader.nextItem() {
                    if let column = try Self.column(&reader) { table.columns.append(column) }
                    else { hasIncompleteColumn = true }
                }
            default: try reader.skip()
            }
        }
        self.table = table
    }

    private static func strings(_ reader: inout JSONReader) throws(JSONError) -> [String] {
        guard try reader.beginArray() else { return [] }
        var strings: [String] = []
        while try reader.nextItem() { if let text = try reader.value().stringValue { strings.append(text) } }
        return strings
    }

    /// - Returns: nil if name or type are missing.
    private static func column(_ reader: inout JSONReader) throws(JSONError) -> ColumnDefinition? {
        guard try reader.beginObject() else { return nil }
        var column = ColumnDefinition(name: "", typeName: "", jdbcType: 0, isOptional: false)
        var columnName: String?
        var typeName: String?
        var jdbcType: Int?
        var hasDefaultValue: Bool?
        while let name = try reader.nextMember() {
            switch name {
            case "name": columnName = try reader.value().stringValue
            case "jdbcType": jdbcType = number(try reader.value())
            case "typeName": typeName = try reader.value().stringValue
            case "charsetName": column.characterSet = try reader.value().stringValue
            case "length": column.length = number(try reader.value())
            case "scale": column.scale = number(try reader.value())
            case "optional": column.isOptional = try reader.value().boolValue ?? false
            case "autoIncremented": column.isAutoIncremented = try reader.value().boolValue ?? false
            case "generated": column.isGenerated = try reader.value().boolValue ?? false
            case "comment": column.comment = try reader.value().stringValue
            case "hasDefaultValue": hasDefaultValue = try reader.value().boolValue
            case "defaultValueExpression": column.defaultValueExpression = try reader.value().stringValue
            case "enumValues": column.enumValues = try strings(&reader)
            default: try reader.skip()
            }
        }
        guard let columnName, let typeName, let jdbcType else { return nil }
        column.name = columnName
        column.typeName = typeName
        column.jdbcType = jdbcType
        column.hasDefaultValue = hasDefaultValue ?? (column.defaultValueExpression != nil)
        return column
    }

    private static func number(_ value: JSONValue) -> Int? {
        value.integerValue.flatMap { Int32(exactly: $0) }.map { Int($0) }
    }
}
