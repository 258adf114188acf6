extension ConnectValue {
    /// The name of the Java class that has the value, as `Class.getName` gives it, for messages; `null` for null.
    ///
    /// - Parameter schema: of the value. Integers without a schema are those that converters create: `Long`.
    package func javaClassName(_ schema: Schema?) -> String {
        switch schema?.logicalType {
        case .date, .time, .timestamp: if integerValue != nil { return "java.util.Date" }
        case .decimal: if case .bytes = self { return "java.math.BigDecimal" }
        case nil: break
        }
        switch self {
        case .null: return "null"
        case .boolean: return "java.lang.Boolean"
        case .integer:
            switch schema?.type {
            case .int8: return "java.lang.Byte"
            case .int16: return "java.lang.Short"
            case .int32: return "java.lang.Integer"
            case .int64, .boolean, .string, .bytes, .array, .map, .float32, .float64, .structure, nil:
                return "java.lang.Long"
            }
        case .float32: return "java.lang.Float"
        case .float64: return "java.lang.Double"
        case .string: return "java.lang.String"
        case .bytes: return "[B"
        case .array: return "java.util.ArrayList"
        case .map: return "java.util.HashMap"
        case .structure: return "org.apache.kafka.connect.data.Struct"
        case .instant: return "java.util.Date"
        }
    }

    /// The struct, if the value is one.
    ///
    /// - Parameter purpose: of the transform, for the error, as Java's class `Requirements` has it.
    package func requiringStruct(_ schema: Schema?, for purpose: String) throws(DataError) -> Struct {
        if case .structure(let value) = self { return value }
        throw DataError("Only Struct objects supported for [\(purpose)], found: \(javaClassName(schema))")
    }
}

extension SchemaType {
    /// The constant of Java's `Schema.Type`.
    package var javaName: String {
        switch self {
        case .int8: "INT8"
        case .int16: "INT16"
        case .int32: "INT32"
        case .int64: "INT64"
        case .float32: "FLOAT32"
        case .float64: "FLOAT64"
        case .boolean: "BOOLEAN"
        case .string: "STRING"
        case .bytes: "BYTES"
        case .array: "ARRAY"
        case .map: "MAP"
        case .structure: "STRUCT"
        }
    }
}
