import ConnectData

/// The insertion of values into a struct and the structs within it, computed once for its schema
/// (`io.debezium.transforms.ConnectRecordUtil`).
///
/// A path of two names puts the value into that struct, which is created if it does not exist. Debezium compares names
/// of structs by their last part and level only, and so does this. As in Debezium, changed structs are not optional;
/// unlike there, they are if the struct of a record is null, which would be an error.
final class FieldInsertion {
    struct Entry {
        /// Names of fields, separated by dots.
        let path: String
        let schema: Schema?
        /// Identifies the value.
        let index: Int

        fileprivate var names: [String] { path.split(separator: ".", omittingEmptySubsequences: false).map(String.init) }
    }

    private enum Part {
        /// A field of the old struct; null becomes the default.
        case field(Int, default: ConnectValue?)
        case nested(Int, FieldInsertion)
        case entry(Int)
        /// Instead of a field of another type: an error unless it is null.
        case mismatch(Int, Schema?)
        /// A new struct with these entries.
        case structure(Schema, [Int?])
    }

    let schema: Schema
    private let parts: [Part]

    /// - Parameter keepsOptional: for records in which a struct that is changed is null.
    convenience init(into schema: Schema, _ entries: [Entry], keepsOptional: Bool = false) throws(DataError) {
        let nested = entries.map(\.names).filter { $0.count > 1 }
        for path in nested {
            var parent = schema
            for name in path.dropLast() {
                guard let index = parent.index(of: name) else { break }
                parent = parent.fields[index].schema
                guard parent.type == .structure || parent.type == .array || parent.type == .map else {
                    throw DataError(
                        "Field '\(name)' is a primitive type, not a struct. Cannot add nested field "
                            + "'\(path.joined(separator: "."))'.")
                }
            }
        }
        try self.init("payload", schema, entries, nested, level: 0, keepsOptional)
    }

    private init(
        _ name: String, _ source: Schema, _ entries: [Entry], _ nested: [[String]], level: Int, _ keepsOptional: Bool
    ) throws(DataError) {
        var fields: [Schema.Field] = []
        var parts: [Part] = []
        for (index, field) in source.fields.enumerated() {
            let isVisited = nested.contains { $0.joined(separator: ".").contains(field.name) }
            if field.schema.type == .structure, isVisited {
                let inner = try FieldInsertion(
                    field.name, field.schema, entries, nested, level: level + 1, keepsOptional)
                fields.append(.init(field.name, inner.schema))
                parts.append(.nested(index, inner))
            } else {
                fields.append(field)
                parts.append(.field(index, default: field.schema.defaultValue))
            }
        }
        for entry in entries {
            guard let added = Self.fieldName(entry.names, in: name, level) else { continue }
            if let index = fields.firstIndex(where: { $0.name == added }) {
                parts[index] = Self.accepts(fields[index].schema, entry.schema)
                    ? .entry(entry.index) : .mismatch(entry.index, entry.schema)
            } else {
                fields.append(.init(added, try Self.schema(of: entry, added)))
                parts.append(.entry(entry.index))
            }
        }
        for parent in Self.newParents(nested, in: name, source, level) {
            var inner: [Schema.Field] = []
            var indexes: [Int?] = []
            for entry in entries {
                let names = entry.names
                guard level == 0, names.count > 1, names[0] == parent else { continue }
                inner.append(.init(names[1], try Self.schema(of: entry, names[1])))
                indexes.append(entry.index)
            }
            let schema = Schema(.structure, isOptional: true, fields: try Schema.distinct(inner))
            fields.append(.init(parent, schema))
            parts.append(.structure(schema, indexes))
        }
        schema = source.copy(name: source.name, fields: try Schema.distinct(fields))
            .optional(keepsOptional && source.isOptional)
        self.parts = parts
    }

    /// The field that the path names in the struct of a name and level.
    private static func fieldName(_ path: [String], in name: String, _ level: Int) -> String? {
        if path.count == 1, name == "payload" { return path[0] }
        guard path.count == level + 1, path[max(level - 1, 0)] == name else { return nil }
        return path[level]
    }

    /// The structs of a level that have to be created.
    private static func newParents(_ nested: [[String]], in name: String, _ source: Schema, _ level: Int) -> [String] {
        var parents: [String] = []
        for path in nested where level < path.count - 1 {
            guard level == 0 ? name == "payload" : path[level - 1] == name else { continue }
            if source.index(of: path[level]) == nil, !parents.contains(path[level]) { parents.append(path[level]) }
        }
        return parents
    }

    private static func schema(of entry: Entry, _ field: String) throws(DataError) -> Schema {
        if let schema = entry.schema { return schema }
        throw DataError("fieldSchema for field \(field) cannot be null.")
    }

    /// Whether a field, which keeps its schema, accepts values of another one.
    private static func accepts(_ field: Schema, _ other: Schema?) -> Bool {
        field.type == other?.type && field.logicalType == other?.logicalType
    }

    private static func mismatch(_ value: ConnectValue, _ schema: Schema?, _ field: Schema.Field) -> DataError {
        let name = field.schema.name.map { " \"\($0)\"" } ?? ""
        return DataError(
            "Invalid Java object for schema\(name) with type \(field.schema.type.javaName): class "
                + "\(value.javaClassName(schema)) for field: \"\(field.name)\"")
    }

    /// Whether a struct that is changed is null.
    func hasNullStruct(_ row: Struct) -> Bool {
        parts.contains { part in
            guard case .nested(let index, let plan) = part else { return false }
            return row.values[index].structValue.map(plan.hasNullStruct) ?? true
        }
    }

    /// Whether a struct that is changed is null.
    func hasNullStruct(_ fields: [ValueShape]) -> Bool {
        parts.contains { part in
            guard case .nested(let index, let plan) = part else { return false }
            return fields[index].fields.map(plan.hasNullStruct) ?? (fields[index] == .null)
        }
    }

    /// - Parameter entry: the value of an entry.
    func apply(_ row: Struct, entry: (Int) -> ConnectValue) throws(DataError) -> Struct {
        var values = ContiguousArray<ConnectValue>()
        values.reserveCapacity(parts.count)
        for (part, field) in zip(parts, schema.fields) {
            switch part {
            case .field(let index, let replacement):
                values.append(row.values[index].isNull ? replacement ?? .null : row.values[index])
            case .nested(let index, let plan):
                guard case .structure(let inner) = row.values[index] else {
                    values.append(.null)
                    continue
                }
                values.append(.structure(try plan.apply(inner, entry: entry)))
            case .entry(let index):
                let value = entry(index)
                if value.isNull { try Self.checkNull(field) }
                values.append(value)
            case .mismatch(let index, let schema):
                guard entry(index).isNull else { throw Self.mismatch(entry(index), schema, field) }
                try Self.checkNull(field)
                values.append(.null)
            case .structure(let schema, let indexes):
                let inner = ContiguousArray(indexes.map { $0.map(entry) ?? .null })
                for (value, field) in zip(inner, schema.fields) where value.isNull { try Self.checkNull(field) }
                values.append(.structure(Struct(schema: schema, values: inner)))
            }
        }
        return Struct(schema: schema, values: values)
    }

    /// - Parameter entry: the shape of an entry.
    /// - Returns: nil if it depends on values whether the fields can be inserted.
    func apply(_ fields: [ValueShape], entry: (Int) -> ValueShape) throws(DataError) -> ValueShape? {
        var shapes: [ValueShape] = []
        for (part, field) in zip(parts, schema.fields) {
            switch part {
            case .field(let index, let replacement):
                shapes.append(replacement.map { fields[index].replacingNull(by: $0) } ?? fields[index])
            case .nested(let index, let plan):
                guard let inner = fields[index].fields else {
                    guard fields[index] == .null else { return nil }
                    shapes.append(.null)
                    continue
                }
                guard let inserted = try plan.apply(inner, entry: entry) else { return nil }
                shapes.append(inserted)
            case .entry(let index):
                guard Self.isAccepted(entry(index), by: field) else { return nil }
                shapes.append(entry(index))
            case .mismatch: return nil
            case .structure(let schema, let indexes):
                let inner = indexes.map { $0.map(entry) ?? .null }
                guard zip(inner, schema.fields).allSatisfy(Self.isAccepted) else { return nil }
                shapes.append(.structure(inner))
            }
        }
        return .structure(shapes)
    }

    private static func isAccepted(_ shape: ValueShape, by field: Schema.Field) -> Bool {
        if field.schema.isOptional { return true }
        switch shape {
        case .constant(let value): return !value.isNull
        case .structure: return true
        case .input: return false
        }
    }

    private static func checkNull(_ field: Schema.Field) throws(DataError) {
        if field.schema.isOptional || field.schema.defaultValue != nil { return }
        throw DataError(
            "Invalid value: null used for required field: \"\(field.name)\", schema type: \(field.schema.type.javaName)")
    }
}
