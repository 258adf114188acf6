import ConnectData

/// A field of a struct that is read by name, resolved once for each schema, with the errors of Java's `Struct`.
struct FieldAccess: Sendable {
    let name: String
    /// nil: the struct has no such field.
    let index: Int?
    /// Of the field.
    let schema: Schema?

    init(_ name: String, in schema: Schema?) {
        self.name = name
        index = schema?.index(of: name)
        self.schema = index.flatMap { schema?.fields[$0].schema }
    }

    /// `Struct.get`: the value, or the default in place of null.
    func value(in row: Struct) throws(DataError) -> ConnectValue {
        let value = row.values[try position()]
        return value.isNull ? schema?.defaultValue ?? .null : value
    }

    /// `Struct.getString`: nil is null, which no default replaces.
    func string(in row: Struct) throws(DataError) -> String? {
        switch row.values[try position(.string)] {
        case .string(let text): return text
        case .null: return nil
        case .boolean, .integer, .float32, .float64, .bytes, .array, .map, .structure, .instant: throw mismatch
        }
    }

    /// `Struct.getInt32` or `getInt64`: nil is null, which no default replaces.
    ///
    /// - Parameter type: `.int32` or `.int64`.
    func integer(_ type: SchemaType, in row: Struct) throws(DataError) -> Int64? {
        switch row.values[try position(type)] {
        case .integer(let number):
            // Java has a java.util.Date here, and fails to cast it.
            guard schema?.logicalType == nil else { throw mismatch }
            return number
        case .null: return nil
        case .boolean, .float32, .float64, .string, .bytes, .array, .map, .structure, .instant: throw mismatch
        }
    }

    private func position(_ type: SchemaType? = nil) throws(DataError) -> Int {
        guard let index else { throw DataError("\(name) is not a valid field name") }
        if let type, type != schema?.type { throw DataError("Field '\(name)' is not of type \(type.javaName)") }
        return index
    }

    private var mismatch: DataError {
        DataError("The value of field '\(name)' cannot be used as \(schema?.type.javaName ?? "its type")")
    }
}
